"""Edges of something held up: straight lines on the sides of a face, and one below it, where a living person has a body."""

from __future__ import annotations

import math

import cv2
import numpy as np

from drivers.face.types import FaceBox
from drivers.types import Image

_WIDTH_PX = 320
_LEAST_LENGTH = 0.7
"""Of the face's width."""
_LARGEST_LEAN_DEGREES = 18.0
_EVERY = 4
_LEAST_PICTURES = 3

_LEFT, _RIGHT, _ABOVE, _BELOW = range(4)


class EdgeWatch:
    """Counts on how many sides of the face there is a straight edge. Keeps no picture."""

    def __init__(self) -> None:
        self._sides: list[set[int]] = []
        self._offered = 0

    def see(self, image: Image, box: FaceBox) -> None:
        """Read one picture in four."""
        self._offered += 1
        if self._offered % _EVERY == 1:
            self._sides.append(_sides_with_edges(image, box))

    def frame(self) -> float | None:
        """Share of a frame around the face, 0 to 1: an edge below counts half, the others the rest; ``None``: unknown."""
        if len(self._sides) < _LEAST_PICTURES:
            return None
        return float(np.median([(_BELOW in sides) / 2 + len(sides - {_BELOW}) / 6 for sides in self._sides]))

    def forget(self) -> None:
        """Let go of the counts."""
        self._sides.clear()


def _sides_with_edges(image: Image, box: FaceBox) -> set[int]:
    scale = _WIDTH_PX / image.shape[1]
    grey = cv2.cvtColor(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    face = box.scaled(scale)
    width = max(1, face.right - face.left)
    least = max(12, round(width * _LEAST_LENGTH))
    lines = cv2.HoughLinesP(cv2.Canny(grey, 40, 110), 1, math.pi / 180, least // 2, minLineLength=least, maxLineGap=4)
    if lines is None:
        return set()
    sides = {_side(line, face) for line in lines.reshape(-1, 4).tolist()}
    return {side for side in sides if side is not None}


def _side(line: list[int], face: FaceBox) -> int | None:
    x1, y1, x2, y2 = line
    lean = abs(math.degrees(math.atan2(y2 - y1, x2 - x1))) % 180
    lean = min(lean, 180 - lean)
    middle_x, middle_y = (x1 + x2) / 2, (y1 + y2) / 2
    if lean > 90 - _LARGEST_LEAN_DEGREES:
        return _LEFT if middle_x < face.left else _RIGHT if middle_x > face.right else None
    if lean < _LARGEST_LEAN_DEGREES:
        return _ABOVE if middle_y < face.top else _BELOW if middle_y > face.bottom else None
    return None
