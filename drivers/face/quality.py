"""Whether a face can be compared at all, before it is: size, pose, sharpness, light. After ISO/IEC 29794-5, in a simple form.

A still picture is refused only when comparing it would be guessing: each refusal is a person who cannot go on this way. What is
seen of covered faces is a heuristic and no more: it looks at landmarks that cannot be where they are said to be.
"""

from __future__ import annotations

import cv2
import numpy as np

from drivers.face import landmarks
from drivers.face.landmarks import Points
from drivers.face.types import FaceBox, FaceTrouble, NoUsableFace
from drivers.types import Image

MIN_EYE_DISTANCE_PX = 16.0
"""Smallest face of a still picture that may be compared; a 102x126 card photo has 25 to 30 pixels between the eyes."""
_LARGEST_YAW = 0.85
"""``landmarks.yaw_ratio``; from about 60 degrees on the far half of the face is not seen."""
_LARGEST_ROLL_DEGREES = 50.0
_DARKEST, _BRIGHTEST = 10.0, 248.0
"""Median brightness of the face, 0..255."""
_LEAST_CONTRAST = 4.0
"""Standard deviation of the brightness of the face."""
_SHARPNESS_SIDE_PX = 64
_LEAST_SHARPNESS = 35.0
"""Variance of the Laplacian of the face scaled to 64 pixels; a blur of a seventh of the distance of the eyes stays above it."""


def trouble_of(rgb: Image, box: FaceBox, points: Points) -> NoUsableFace | None:
    """Why the face at ``box`` of a still picture cannot be compared, ``None`` when it can."""
    eyes_px = landmarks.eye_distance_px(points)
    if eyes_px < MIN_EYE_DISTANCE_PX:
        detail = f"{eyes_px:.0f} pixels between the eyes, {MIN_EYE_DISTANCE_PX:.0f} are needed"
        return NoUsableFace(FaceTrouble.TOO_SMALL, detail)
    if abs(landmarks.yaw_ratio(points)) > _LARGEST_YAW or abs(landmarks.roll_degrees(points)) > _LARGEST_ROLL_DEGREES:
        return NoUsableFace(FaceTrouble.TURNED_AWAY)
    trouble = _light_trouble(_face_grey(rgb, box))
    return NoUsableFace(trouble) if trouble is not None else None


def _light_trouble(grey: Image) -> FaceTrouble | None:
    median, contrast = float(np.median(grey)), float(grey.std())
    if median < _DARKEST:
        return FaceTrouble.TOO_DARK
    if median > _BRIGHTEST:
        return FaceTrouble.TOO_BRIGHT
    side = (_SHARPNESS_SIDE_PX, _SHARPNESS_SIDE_PX)
    small = cv2.resize(grey, side, interpolation=cv2.INTER_AREA)
    stretched = small.astype(np.float64) * (60.0 / max(contrast, _LEAST_CONTRAST))
    return FaceTrouble.BLURRED if float(cv2.Laplacian(stretched, cv2.CV_64F).var()) < _LEAST_SHARPNESS else None


def _face_grey(rgb: Image, box: FaceBox) -> Image:
    height, width = rgb.shape[:2]
    face = rgb[max(0, box.top) : min(height, box.bottom), max(0, box.left) : min(width, box.right)]
    if not face.size:
        return np.zeros((8, 8), np.uint8)
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(face), cv2.COLOR_RGB2GRAY), np.uint8)
