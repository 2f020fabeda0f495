"""Warps that move eyelids and jaw of a portrait: pure functions of picture, landmarks and a strength from 0 to 1.

All of them describe where each pixel of the new picture comes from, so nothing ever tears.
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.portrait import Points
from drivers.types import Image

Field = NDArray[np.float32]
"""For each pixel a number: a source coordinate, a shift in pixels, or a brightness factor."""

_EYES = ((36, (37, 38), 39, (41, 40), range(17, 22)), (42, (43, 44), 45, (47, 46), range(22, 27)))
"""Outer corner, upper lid, other corner, lower lid and brow of each eye, as landmark numbers."""

_LID_OF_BROW = 0.62
"""How far up towards the brow the skin of the lid reaches that stretches."""
_LASHES_OF_EYE = 0.10
_OVERLAP_OF_EYE = 0.05
"""How far below the lower lid's landmarks the closed lid goes; they tend to lie inside the opening."""
_JAW_DROP_OF_MOUTH_WIDTH = 0.30
_INSIDE_OF_MOUTH_BGR = (38.0, 28.0, 62.0)
_TONGUE_BGR = (70.0, 62.0, 120.0)


def close_eyes(picture: Image, landmarks: Points, strength: float) -> None:
    """Draw the upper lids down over both eyes, in place: the skin of the lid stretches, the lashes keep their breadth."""
    for outer, upper, inner, lower, brow in _EYES:
        corners = landmarks[[outer, inner]]
        eye_px = float(np.linalg.norm(corners[0] - corners[1]))
        upper_lid = _curve(np.vstack((corners, landmarks[list(upper)])))
        lower_lid = _curve(np.vstack((corners, landmarks[list(lower)])))
        brow_y = float(landmarks[list(brow), 1].mean())
        left, right = int(corners[:, 0].min()) - 1, int(corners[:, 0].max()) + 2
        top, bottom = int(brow_y) - 2, int(landmarks[list(lower), 1].max() + eye_px * 0.2) + 3
        x, y = _grid(left, top, right, bottom)
        # Towards the corners the lid has nowhere to go.
        inside = np.clip(1.0 - (2 * (x - corners[:, 0].mean()) / (eye_px * 1.06)) ** 2, 0.0, 1.0) ** 0.5
        lid_y, lash_px = upper_lid(x), _LASHES_OF_EYE * eye_px
        end_y = np.maximum(lower_lid(x), lid_y) + (_OVERLAP_OF_EYE * eye_px + 0.5) * inside
        closed_y = lid_y + strength * (end_y - lid_y)
        skin_y, fold_y = lid_y - lash_px, lid_y - _LID_OF_BROW * (lid_y - brow_y)
        lash_from_y = closed_y - lash_px
        lid = fold_y + np.clip((y - fold_y) / np.maximum(lash_from_y - fold_y, 1.0), 0.0, 1.0) * (skin_y - fold_y)
        moved = np.where(y <= lash_from_y, lid, y - closed_y + lid_y)
        source_y = np.where((y > fold_y) & (y <= closed_y), moved, y)
        picture[top:bottom, left:right] = cv2.remap(picture, x, source_y.astype(np.float32), cv2.INTER_LINEAR)


def open_mouth(picture: Image, landmarks: Points, strength: float) -> None:
    """Drop the jaw in place: teeth stay with the upper lip, lower lip and chin move down, the gap shows the mouth."""
    jaw = float(landmarks[16, 0] - landmarks[0, 0])
    mouth_left, mouth_right = landmarks[60], landmarks[64]
    half_width = float(mouth_right[0] - mouth_left[0]) / 2
    drop = strength * _JAW_DROP_OF_MOUTH_WIDTH * half_width * 2
    chin_y = float(landmarks[8, 1])
    left, right = int(max(0, landmarks[0, 0])), int(min(picture.shape[1], landmarks[16, 0]))
    top, bottom = int(mouth_left[1]) - 4, int(min(picture.shape[0], chin_y + jaw * 0.28))
    x, y = _grid(left, top, right, bottom)
    across = (x - (mouth_left[0] + mouth_right[0]) / 2) / half_width
    lens = np.clip(1.0 - across**2, 0.0, None) ** 0.85
    lip_y = _curve(landmarks[[60, 64, 65, 66, 67]])(np.clip(x, mouth_left[0], mouth_right[0]))
    gap = (drop * lens).astype(np.float32)
    jaw_shift = drop * np.exp(-((across / 1.8) ** 4))
    lip_end, chin_end, neck_end = lip_y + gap, chin_y + jaw_shift, float(bottom)
    to_chin = np.clip((y - lip_end) / np.maximum(chin_end - lip_end, 1.0), 0.0, 1.0)
    to_neck = np.clip((y - chin_end) / np.maximum(neck_end - chin_end, 1.0), 0.0, 1.0)
    below = np.where(y < chin_end, lip_y + to_chin * (chin_y - lip_y), chin_y + to_neck * (neck_end - chin_y))
    source_y = np.where(y <= lip_y, y, np.where(y < lip_end, lip_y, below)).astype(np.float32)
    moved = cv2.remap(picture, x, source_y, cv2.INTER_LINEAR).astype(np.float32)
    inside = ((y > lip_y) & (y < lip_end)).astype(np.float32)
    inside = cv2.GaussianBlur(inside, (0, 0), 1.3)[..., None]
    depth = np.clip((y - lip_y) / np.maximum(gap, 1.0), 0.0, 1.0)[..., None] ** 2
    mouth = np.array(_INSIDE_OF_MOUTH_BGR) * (1 - depth) + np.array(_TONGUE_BGR) * depth
    picture[top:bottom, left:right] = np.clip(moved * (1 - inside) + mouth * inside, 0, 255).astype(np.uint8)


def _curve(points: Points) -> np.poly1d:
    """A parabola through lid or lip points: y as a function of x."""
    middle = np.polyfit(points[:, 0].astype(np.float64), points[:, 1].astype(np.float64), 2)
    return np.poly1d(middle)


def _grid(left: int, top: int, right: int, bottom: int) -> tuple[Field, Field]:
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    return cast(Field, np.ascontiguousarray(x)), cast(Field, np.ascontiguousarray(y))
