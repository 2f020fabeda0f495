"""Colours of the parts of a face and of what is beside it, from one camera picture: what the screen-light challenge looks at."""

from __future__ import annotations

import functools
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
    """Mean linear light of some places of one picture; ``None`` where a place was not in the picture."""

    face: Rgb = field(repr=False)
    centre: Rgb | None = field(repr=False)
    """Nose, inner cheeks, forehead: what looks at the screen."""
    sides: Rgb | None = field(repr=False)
    """Temples and outer cheeks: what looks past it."""
    surround: Rgb | None = field(repr=False)
    """What is beside the head."""
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
    return FaceColours(
        face=face,
        centre=_mean(light, _mask(small.shape[:2], _centre(moved)) & face_mask),
        sides=_mean(light, _mask(small.shape[:2], _sides(moved))),
        surround=_mean(light, _beside(small.shape[:2], moved)),
        clipped=float((small[face_mask > 0].max(axis=1) >= _CLIPPED).mean()),
    )


def _centre(points: Points) -> list[Points]:
    up = np.array([0.0, -0.35 * float(np.linalg.norm(points[45] - points[36]))])
    forehead = np.vstack((points[19:25], points[19:25] + up))
    return [points[27:36], points[[41, 40, 31, 48]], points[[46, 47, 35, 54]], forehead]


def _sides(points: Points) -> list[Points]:
    """Bands along the jaw, from the edge inwards by 0.3 of the way to the nose."""
    bands = []
    for jaw in (points[1:5], points[12:16]):
        inner = jaw + 0.3 * (points[30] - jaw)
        bands.append(np.vstack((jaw + 0.06 * (points[30] - jaw), inner)))
    return bands


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
