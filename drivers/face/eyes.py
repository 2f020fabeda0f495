"""How dark the openings of the eyes are: the iris goes when the lids close, which landmarks of narrow eyes hardly show."""

from __future__ import annotations

import cv2
import numpy as np

from drivers.face.landmarks import Points
from drivers.types import Image

_CORNERS = ((36, 39), (42, 45))
_HALF_WIDTH, _HALF_HEIGHT = 0.42, 0.35
"""Of the eye's width: what is looked at around its middle."""
_CHEEK = (0.7, 1.0)
"""Where the skin for comparison lies, below the middle."""
_DARK = 0.7
"""Of the skin's brightness: what is below counts as dark."""


def eye_darkness(rgb: Image, points: Points) -> float:
    """Mean darkness of both eye regions against the cheeks below: about 0.02 (narrow eyes) to 0.3 open, near 0 shut."""
    found = [_of_one(rgb, points[outer], points[inner]) for outer, inner in _CORNERS]
    return sum(found) / len(found)


def _of_one(rgb: Image, outer: Points, inner: Points) -> float:
    middle, width = (outer + inner) / 2, float(np.linalg.norm(inner - outer))
    left, right = int(middle[0] - _HALF_WIDTH * width), int(middle[0] + _HALF_WIDTH * width) + 1
    top, bottom = int(middle[1] - _HALF_HEIGHT * width), int(middle[1] + _CHEEK[1] * width) + 1
    region = rgb[max(0, top) : bottom, max(0, left) : right]
    if min(region.shape[:2]) < 4:
        return 0.0
    grey = cv2.GaussianBlur(cv2.cvtColor(region, cv2.COLOR_RGB2GRAY), (0, 0), 1.0).astype(np.float32)
    rows = round(2 * _HALF_HEIGHT * width)
    skin = _DARK * float(grey[round((_HALF_HEIGHT + _CHEEK[0]) * width) :].mean()) if len(grey) > rows else 0.0
    if skin < 4.0:
        return 0.0
    return float(np.clip((skin - grey[:rows]) / skin, 0.0, 1.0).mean())
