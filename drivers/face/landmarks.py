"""What 68 landmarks tell about eyes, mouth and head: pure functions, free of scale, place and (in the plane) rotation.

Points are an array of shape (68, 2), x to the right and y down, in the order of the iBUG 300-W annotation:
0-16 jaw, 17-26 brows, 27-35 nose, 36-41 the eye at the left of the picture, 42-47 the other, 48-59 lips outside, 60-67 inside.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

POINT_COUNT = 68
_LEFT_CHEEK = (1, 2, 3)
_RIGHT_CHEEK = (13, 14, 15)
_NOSE_ROOT = 27
_NOSE_TIP = 30
_NOSE_BASE = 33
_EYE_CORNERS = (36, 39, 42, 45)
_UPPER_LIP = (50, 51, 52)


def eye_openness(points: Points) -> float:
    """Height by width of the eye openings, mean of both: about 0.3 open, under 0.2 closed.

    The eye aspect ratio of Soukupová and Čech, "Real-Time Eye Blink Detection using Facial Landmarks" (2016).
    """
    return (_eye_gap_px(points, 36) / _width_px(points, 36, 39) + _eye_gap_px(points, 42) / _width_px(points, 42, 45)) / 2


def mouth_openness(points: Points) -> float:
    """Height by width of the opening between the lips: about 0 shut, 0.1 to 0.2 smiling with teeth, above 0.4 open."""
    return _mouth_gap_px(points) / _width_px(points, 60, 64)


def eye_height(points: Points) -> float:
    """Height of the eye openings by the length of the nose; unlike ``eye_openness`` it stays when a print is tilted back."""
    return (_eye_gap_px(points, 36) + _eye_gap_px(points, 42)) / 2 / _width_px(points, _NOSE_ROOT, _NOSE_BASE)


def mouth_height(points: Points) -> float:
    """Height of the opening between the lips by the length of the nose; it stays when a print is swung to the side."""
    return _mouth_gap_px(points) / _width_px(points, _NOSE_ROOT, _NOSE_BASE)


def yaw_ratio(points: Points) -> float:
    """How far the nose has left the middle between the cheeks, from -1 to 1; 0 looking straight ahead.

    Positive when the nose points to the right edge of the unmirrored picture, that is, to the person's own left; 20 degrees
    give about 0.3. A flat print turned by hand narrows both halves alike and stays near 0.
    """
    axis = _eye_axis(points)
    nose = points[_NOSE_TIP]
    to_left = float((nose - points[list(_LEFT_CHEEK)].mean(axis=0)) @ axis)
    to_right = float((points[list(_RIGHT_CHEEK)].mean(axis=0) - nose) @ axis)
    width = to_left + to_right
    # Beyond profile the order of the points is meaningless; the sign of the side that is left decides.
    return float(np.clip((to_left - to_right) / width, -1.0, 1.0)) if width > 1e-6 else math.copysign(1.0, to_left - to_right)


def pitch_ratio(points: Points) -> float:
    """How far down from the eyes (0) to the upper lip (1) the tip of the nose stands: about 0.7 looking straight ahead.

    The tip stands out of the plane of eyes and lip, so it sinks when the chin goes down; 15 degrees add about 0.1. A flat print
    that is tilted shortens both lengths alike and stays where it was. Corners of the eyes and upper lip
    stay in their places when lids and mouth move.
    """
    eyes, lip = points[list(_EYE_CORNERS)].mean(axis=0), points[list(_UPPER_LIP)].mean(axis=0)
    axis = _eye_axis(points)
    down = np.array([-axis[1], axis[0]])
    length = float((lip - eyes) @ down)
    return float(np.clip((points[_NOSE_TIP] - eyes) @ down / length, -1.0, 2.0)) if length > 1e-6 else 0.0


def roll_degrees(points: Points) -> float:
    """Tilt of the line through the eyes; positive when the eye at the right of the picture is lower."""
    axis = _eye_axis(points)
    return math.degrees(math.atan2(float(axis[1]), float(axis[0])))


def eye_distance_px(points: Points) -> float:
    """Distance of the centres of the eyes, the usual measure of how large a face is in a picture."""
    return float(np.linalg.norm(points[42:48].mean(axis=0) - points[36:42].mean(axis=0)))


def _eye_gap_px(points: Points, first: int) -> float:
    return (_distance(points, first + 1, first + 5) + _distance(points, first + 2, first + 4)) / 2


def _mouth_gap_px(points: Points) -> float:
    return (_distance(points, 61, 67) + _distance(points, 62, 66) + _distance(points, 63, 65)) / 3


def _width_px(points: Points, one: int, other: int) -> float:
    return max(_distance(points, one, other), 1e-6)


def _eye_axis(points: Points) -> Points:
    """Unit vector along the eyes, from left to right in the picture."""
    across = points[42:48].mean(axis=0) - points[36:42].mean(axis=0)
    length = float(np.linalg.norm(across))
    return across / length if length > 1e-6 else np.array([1.0, 0.0])


def _distance(points: Points, one: int, other: int) -> float:
    return float(np.linalg.norm(points[one] - points[other]))
