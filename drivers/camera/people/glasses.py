"""Draws a pair of glasses on a portrait."""

from __future__ import annotations

import cv2
import numpy as np

from drivers.camera.portrait import Points
from drivers.types import Image

_FRAME_BGR = (38, 34, 40)


def put_on_glasses(person: Image, points: Points) -> None:
    """Draw dark-rimmed glasses of clear glass in place, a faint streak of a lamp in each lens."""
    jaw = float(points[16, 0] - points[0, 0])
    radius = (round(jaw * 0.175), round(jaw * 0.135))
    thick = max(1, round(jaw * 0.013))
    lenses = [points[first : first + 6].mean(axis=0) + np.array([0.0, jaw * 0.03]) for first in (36, 42)]
    streak = person.copy()
    for x, y in lenses:
        from_at = (round(x - radius[0] * 0.5), round(y + radius[1] * 0.1))
        to_at = (round(x - radius[0] * 0.1), round(y - radius[1] * 0.8))
        cv2.line(streak, from_at, to_at, (255, 255, 255), thick * 2, cv2.LINE_AA)
    cv2.addWeighted(person, 0.9, streak, 0.1, 0.0, dst=person)
    for x, y in lenses:
        cv2.ellipse(person, (round(x), round(y)), radius, 0, 0, 360, _FRAME_BGR, thick, cv2.LINE_AA)
    (left_x, left_y), (right_x, right_y) = lenses
    bridge = (round(left_x + radius[0]), round(left_y)), (round(right_x - radius[0]), round(right_y))
    cv2.line(person, *bridge, _FRAME_BGR, thick, cv2.LINE_AA)
    for (x, y), ear, side in ((lenses[0], points[0], -1), (lenses[1], points[16], 1)):
        cv2.line(person, (round(x + side * radius[0]), round(y)), (round(ear[0]), round(y)), _FRAME_BGR, thick, cv2.LINE_AA)
