"""Colours of the parts of a face and of what is beside it, from one camera picture: what the screen-light challenge looks at."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.face.landmarks import Points
from drivers.face.screen_light import linear
from drivers.face.types import FaceBox
from drivers.types import Image

_FACE_PX = 96
"""The face is shrunk to this width first: averages need no more."""
_AROUND = 0.9
"""How far to look beside the face, as a share of its width."""
_LEAST_PIXELS = 12
_CLIPPED = 250

Rgb = NDArray[np.float64]
"""Linear light, red, green, blue, 0 to 1."""


@dataclass(frozen=True, slots=True)
class FaceColours:
    """Mean linear light of some places of one picture."""

    face: Rgb = field(repr=False)
    parts: Mapping[str, Rgb] = field(repr=False)
    """``centre`` (nose and inner cheeks: what looks at the screen), ``sides`` (temples and outer cheeks: what looks past it),
    ``forehead``, ``chin`` and ``surround`` (beside the head); without those that are not in the picture."""
    clipped: float
    """Share of the face that is too bright for the camera."""


def read_colours(image: Image, box: FaceBox, points: Points) -> FaceColours | None:
    """Of the face with these landmarks in a BGR picture; ``None`` when too little of it is in the picture."""
    width = max(1, box.right - box.left)
    margin = round(width * _AROUND)
    left, top = max(0, box.left - margin), max(0, box.top - margin // 3)
    piece = image[top : box.bottom + margin // 6, left : box.right + margin]
    scale = min(1.0, _FACE_PX / width)
    if min(piece.shape[:2]) * scale < _LEAST_PIXELS:
        return None
    small = cv2.resize(piece, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    light = _LINEAR[small][:, :, ::-1]
    moved = (points - (left, top)) * scale
    face_mask = _mask(small.shape[:2], [moved[:27]])
    for hole in (moved[36:42], moved[42:48], moved[48:60]):
        cv2.fillConvexPoly(face_mask, _hull(hole), 0)
    face = _mean(light, face_mask)
    if face is None:
        return None
    shape = small.shape[:2]
    masks = {name: _mask(shape, pieces) for name, pieces in _pieces(moved).items()} | {"surround": _beside(shape, moved)}
    means = {name: _mean(light, mask) for name, mask in masks.items()}
    return FaceColours(
        face=face,
        parts={name: mean for name, mean in means.items() if mean is not None},
        clipped=float((small[face_mask > 0].max(axis=1) >= _CLIPPED).mean()),
    )


def _pieces(points: Points) -> dict[str, list[Points]]:
    """Outlines of the parts of a face. The sides are bands along the jaw, from the edge inwards."""
    up = np.array([0.0, -0.35 * float(np.linalg.norm(points[45] - points[36]))])
    nose = points[30]
    bands = [np.vstack((jaw + 0.04 * (nose - jaw), jaw + 0.25 * (nose - jaw))) for jaw in (points[1:5], points[12:16])]
    return {
        "centre": [points[27:36], points[[41, 40, 31, 48]], points[[46, 47, 35, 54]]],
        "sides": bands,
        "forehead": [np.vstack((points[19:25], points[19:25] + up))],
        "chin": [np.vstack((points[6:11], points[[48, 54]] * 0.4 + points[[7, 9]] * 0.6))],
    }


def _beside(shape: tuple[int, ...], points: Points) -> Image:
    mask = np.zeros(shape, np.uint8)
    jaw_left, jaw_right = float(points[:17, 0].min()), float(points[:17, 0].max())
    gap = 0.3 * (jaw_right - jaw_left)
    bottom = max(1, int(points[2, 1]))
    mask[:bottom, : max(0, int(jaw_left - gap))] = 255
    mask[:bottom, max(0, int(jaw_right + gap)) :] = 255
    return mask


def _mask(shape: tuple[int, ...], pieces: list[Points]) -> Image:
    mask = np.zeros(shape, np.uint8)
    for piece in pieces:
        cv2.fillConvexPoly(mask, _hull(piece), 255)
    return mask


def _hull(points: Points) -> NDArray[np.int32]:
    return np.asarray(cv2.convexHull(points.astype(np.float32)).round(), np.int32)


def _mean(light: NDArray[np.float32], mask: Image) -> Rgb | None:
    chosen = light[mask > 0]
    return np.asarray(chosen.mean(axis=0), np.float64) if len(chosen) >= _LEAST_PIXELS else None


@functools.cache
def _table() -> NDArray[np.float32]:
    return np.asarray(linear(np.arange(256, dtype=np.float64)), np.float32)


_LINEAR = _table()
