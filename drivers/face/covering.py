"""What hinders a live face just now: light, and covered eyes or mouth, from one camera picture. For hints, not for refusals.

Landmarks are drawn where eyes and mouth should be even when glasses or cloth hide them, so covering is judged by what the skin
around them looks like: dark where skin should be bright, or of another colour than the skin between the eyes and on the nose.
Limits were set on the packaged pictures and the simulated people; see docs/identity.md.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.face.landmarks import Points
from drivers.face.types import FaceBox, FaceMeasurement
from drivers.types import Image

EYES_COVERED: Final = "eyes_covered"
MOUTH_COVERED: Final = "mouth_covered"
TOO_DARK: Final = "too_dark"
TOO_BRIGHT: Final = "too_bright"
BACK_LIGHT: Final = "back_light"

_DARK, _BRIGHT = 38.0, 238.0
"""Median brightness of a face, 0..255; a face lit by the screen alone lies above."""
_BACK_LIT_FACE, _BACK_LIT_RATIO = 75.0, 2.4
"""A face darker than this before surroundings that are so many times brighter is a silhouette."""
_LARGEST_YAW = 0.35
"""Turned farther, the patches of skin are no longer where they are looked for."""
_LENS_RATIO = 0.42
"""Brightness below the eyes by that of the nose; tinted glass lies below, shadows and rims above."""
_CLOTH_CHROMA = 17.0
"""Distance in the a, b plane of CIELAB between the lower and the upper face; lips, beards and shadows stay below."""
_PATCH_OF_JAW = 0.05
"""Half side of a patch by the width of the jaw."""
_SMALL_SIDE = 48


def obstacle_in(image: Image, seen: FaceMeasurement) -> str:
    """Code of what hinders, empty when nothing does. ``image`` is BGR; of several obstacles the one mended first is told."""
    face = _grey(image, seen.box)
    median = float(np.median(face))
    surround = _surround(image, seen.box)
    if median < _BACK_LIT_FACE and surround > _BACK_LIT_RATIO * max(median, 1.0):
        return BACK_LIGHT
    if median < _DARK:
        return TOO_DARK
    if median > _BRIGHT:
        return TOO_BRIGHT
    if seen.points is None or abs(seen.yaw) > _LARGEST_YAW:
        return ""
    return _covered(image, seen.points)


def obstacle_without_face(image: Image) -> str:
    """Why no face may have been found: the light of the whole picture; empty when that is no reason."""
    small = cv2.cvtColor(cv2.resize(image, (_SMALL_SIDE, _SMALL_SIDE), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    edge = _SMALL_SIDE // 4
    middle = float(np.median(small[edge:-edge, edge:-edge]))
    rim = float(np.median(np.concatenate((small[:edge].ravel(), small[:, :edge].ravel(), small[:, -edge:].ravel()))))
    if middle < _BACK_LIT_FACE and rim > _BACK_LIT_RATIO * max(middle, 1.0):
        return BACK_LIGHT
    median = float(np.median(small))
    if median < _DARK / 2:
        return TOO_DARK
    return TOO_BRIGHT if median > _BRIGHT else ""


def _covered(image: Image, points: Points) -> str:
    jaw = float(points[16, 0] - points[0, 0])
    half = max(2, round(jaw * _PATCH_OF_JAW))
    nose = _patch(image, points[28], half)
    down = np.array([0.0, jaw * 0.10])
    below_eyes = [_patch(image, points[first : first + 6].mean(axis=0) + down, half) for first in (36, 42)]
    beside_mouth = [_patch(image, (points[corner] + points[jawline]) / 2, half) for corner, jawline in ((48, 4), (54, 12))]
    chin = _patch(image, (points[57] + points[8]) / 2, half)
    patches = (nose, *below_eyes, *beside_mouth, chin)
    if any(patch is None for patch in patches):
        return ""
    skin, *rest = (_lab(patch) for patch in patches if patch is not None)
    eyes, lower = rest[:2], rest[2:]
    if max(eye[0] for eye in eyes) < _LENS_RATIO * skin[0]:
        return EYES_COVERED
    upper = np.median([skin, *eyes], axis=0)
    distances = [float(np.hypot(*(patch[1:] - upper[1:]))) for patch in lower]
    return MOUTH_COVERED if min(distances) > _CLOTH_CHROMA else ""


def _lab(patch: Image) -> NDArray[np.float64]:
    """Median CIELAB of a patch: L by its linear share of 255, a and b around 0."""
    lab = cv2.cvtColor(np.ascontiguousarray(patch), cv2.COLOR_BGR2LAB).reshape(-1, 3).astype(np.float64)
    return np.asarray(np.median(lab, axis=0) - (0.0, 128.0, 128.0), np.float64)


def _patch(image: Image, at: NDArray[np.float64], half: int) -> Image | None:
    x, y = round(float(at[0])), round(float(at[1]))
    if not (half <= x < image.shape[1] - half and half <= y < image.shape[0] - half):
        return None
    return image[y - half : y + half + 1, x - half : x + half + 1]


def _grey(image: Image, box: FaceBox) -> Image:
    height, width = image.shape[:2]
    face = image[max(0, box.top) : min(height, box.bottom), max(0, box.left) : min(width, box.right)]
    if not face.size:
        return np.zeros((4, 4), np.uint8)
    small = cv2.resize(face, (_SMALL_SIDE, _SMALL_SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)


def _surround(image: Image, box: FaceBox) -> float:
    """Median brightness left and right of the head; 0 when there is nothing of it in the picture."""
    width = max(1, box.right - box.left)
    top, bottom = max(0, box.top), min(image.shape[0], box.bottom)
    left = image[top:bottom, max(0, box.left - width) : max(0, box.left - width // 4)]
    right = image[top:bottom, box.right + width // 4 : box.right + width]
    sides = [
        float(np.median(cv2.cvtColor(np.ascontiguousarray(side), cv2.COLOR_BGR2GRAY))) for side in (left, right) if side.size
    ]
    return max(sides, default=0.0)


_FRAMES_IN_A_ROW = 4
"""So many pictures must agree: a blink, a flash of the screen or a hand that passes hinders nobody."""
_TELLING_FRAMES = 12
"""What hindered in fewer pictures is no reason why a check failed."""


class Obstacles:
    """What hinders over a session: told after several pictures in a row, and remembered for the reason in the end."""

    def __init__(self) -> None:
        self._last = ""
        self._in_a_row = 0
        self._counts: Counter[str] = Counter()

    def see(self, image: Image, seen: FaceMeasurement | None) -> str:
        """Look at one picture; the obstacle that has stood for several, empty otherwise."""
        found = obstacle_without_face(image) if seen is None else obstacle_in(image, seen)
        self._in_a_row = self._in_a_row + 1 if found == self._last else 1
        self._last = found
        if not found or self._in_a_row < _FRAMES_IN_A_ROW:
            return ""
        self._counts[found] += 1
        return found

    @property
    def worst(self) -> str:
        """What hindered in the most pictures; empty when nothing did in more than a few."""
        told = self._counts.most_common(1)
        return told[0][0] if told and told[0][1] >= _TELLING_FRAMES else ""
