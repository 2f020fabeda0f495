"""What one picture tells about the camera itself: black, covered, torn, how bright and how sharp. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from drivers.types import Image

BLACK_BELOW = 12
"""Mean brightness under which nobody could be seen; a camera in a closed box gives about 0 to 5."""
_GRID = (32, 24)
_SAMPLE_STEP_PX = 4
_EVEN_BELOW = 3.0
"""Spread over the grid, in grey levels. An empty wall has about 6: lenses and lamps make its corners darker."""
_DARK_BELOW = 70
_EVEN_IN_THE_DARK_BELOW = 9.0
"""A hand on the lens lets some light in at its edge, a lamp behind it shines through the fingers."""
_TORN_SHARE = 8
"""The lowest eighth of the picture: what a cut JPEG loses first."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What can be seen in a picture, at a glance."""

    brightness: float
    """Mean, 0 to 255."""
    spread: float
    """Standard deviation of a coarse grid, of the channel that has most, in grey levels; noise is averaged away."""

    @property
    def is_black(self) -> bool:
        """True when nothing at all can be seen."""
        return self.brightness < BLACK_BELOW

    @property
    def is_covered(self) -> bool:
        """True when something lies on the lens: one even colour, or near to it in the dark. Black is not also covered."""
        if self.is_black:
            return False
        return self.spread < _EVEN_BELOW or (self.brightness < _DARK_BELOW and self.spread < _EVEN_IN_THE_DARK_BELOW)


def glance(picture: Image) -> Sight:
    """Look at ``picture``; about 0.3 ms at 1080p."""
    step = _SAMPLE_STEP_PX if min(picture.shape[:2]) >= _SAMPLE_STEP_PX * max(_GRID) else 1
    samples = picture[::step, ::step].copy()
    grid = np.asarray(cv2.resize(samples, _GRID, interpolation=cv2.INTER_AREA), np.float32)
    samples.fill(0)
    return Sight(float(grid.mean()), float(np.max(grid.std(axis=(0, 1)))))


def is_torn(before: Image, picture: Image) -> bool:
    """True when the lower part of ``picture`` is the old one of ``before``: a decoder patched a cut picture up.

    Only where each picture is coded by itself (MJPEG): a real sensor always has noise, so equal bytes are no accident there.
    """
    if before.shape != picture.shape:
        return False
    rows = max(1, picture.shape[0] // _TORN_SHARE)
    if not np.array_equal(before[-rows:], picture[-rows:]):
        return False
    return float(picture[-rows::2, ::4].std()) > 1.0 and not np.array_equal(before, picture)


def sharpness(picture: Image) -> float:
    """Variance of the Laplacian on a 640 pixel wide copy, so that it is comparable between cameras; noise counts as well.

    About 5 for a lens out of focus, above 30 for a face or a page in focus.
    """
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (640, max(1, round(640 * height / width))), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY) if small.ndim == 3 else small
    value = float(cv2.Laplacian(cv2.GaussianBlur(grey, (3, 3), 0), cv2.CV_32F).var())
    small.fill(0)
    grey.fill(0)
    return value
