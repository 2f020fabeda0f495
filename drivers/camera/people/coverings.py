"""People who cannot be seen whole: dark glasses, a cloth over mouth and nose, a bright window behind. Not attacks: obstacles."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.portrait import Points
from drivers.types import Image

_LENS_BGR = (22, 20, 24)
_CLOTH_BGR = (196, 172, 128)
"""The light blue of a medical mask."""
_CLOTH_OUTLINE = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
"""Points of the jaw from ear to ear; the upper edge runs over the bridge of the nose."""


def put_on_sunglasses(person: Image, points: Points) -> None:
    """Draw dark glasses in place, with a faint streak of a lamp in each lens."""
    jaw = float(points[16, 0] - points[0, 0])
    radius = (round(jaw * 0.205), round(jaw * 0.165))
    thick = max(2, round(jaw * 0.022))
    lenses = [points[first : first + 6].mean(axis=0) + np.array([0.0, jaw * 0.035]) for first in (36, 42)]
    for x, y in lenses:
        cv2.ellipse(person, (round(x), round(y)), radius, 0, 0, 360, _LENS_BGR, cv2.FILLED, cv2.LINE_AA)
        streak = ((round(x - radius[0] * 0.5), round(y)), (round(x - radius[0] * 0.15), round(y - radius[1] * 0.7)))
        cv2.line(person, *streak, (58, 56, 60), thick, cv2.LINE_AA)
    for (x, y), ear, side in ((lenses[0], points[0], -1), (lenses[1], points[16], 1)):
        arm = ((round(x + side * radius[0]), round(y)), (round(ear[0]), round(y)))
        cv2.line(person, *arm, _LENS_BGR, thick, cv2.LINE_AA)
    (left_x, left_y), (right_x, right_y) = lenses
    bridge = (round(left_x + radius[0]), round(left_y)), (round(right_x - radius[0]), round(right_y))
    cv2.line(person, *bridge, _LENS_BGR, thick, cv2.LINE_AA)


def put_on_face_mask(person: Image, points: Points) -> None:
    """Draw a medical mask from the bridge of the nose to the chin, with its folds, shaded as the face below it is."""
    outline = np.concatenate((points[list(_CLOTH_OUTLINE)], points[[28]] + (0.0, 2.0))).astype(np.int32)
    cloth = np.zeros(person.shape[:2], np.uint8)
    cv2.fillPoly(cloth, [outline], 255, cv2.LINE_AA)
    grey = cv2.GaussianBlur(
        cv2.cvtColor(person, cv2.COLOR_BGR2GRAY), (0, 0), max(2.0, float(points[16, 0] - points[0, 0]) * 0.06)
    )
    shade: NDArray[np.float64] = np.clip(grey.astype(np.float64) / max(1.0, float(np.median(grey[cloth > 0]))), 0.55, 1.25)
    colour = np.clip(shade[:, :, None] * np.array(_CLOTH_BGR), 0, 255)
    _fold(colour, points)
    share = (cloth.astype(np.float64) / 255)[:, :, None]
    person[:] = np.asarray(np.clip(person * (1 - share) + colour * share, 0, 255), np.uint8)


def _fold(colour: NDArray[np.float64], points: Points) -> None:
    """Three pleats across the cloth."""
    for share in (0.25, 0.5, 0.75):
        left, right = points[2] * (1 - share) + points[5] * share, points[14] * (1 - share) + points[11] * share
        cv2.line(
            colour,
            (round(float(left[0])), round(float(left[1]))),
            (round(float(right[0])), round(float(right[1]))),
            tuple(0.86 * value for value in _CLOTH_BGR),
            max(1, round(float(points[16, 0] - points[0, 0]) * 0.012)),
            cv2.LINE_AA,
        )
