"""The noise of a small sensor, cheap enough for every frame: one field, laid over each picture at another place."""

from __future__ import annotations

import cv2
import numpy as np

from drivers.types import Image

_SIGMA = 2.5
"""Grey levels; about what a small sensor shows indoors."""
_MARGIN_PX = 64


class SensorNoise:
    """Noise for pictures of one size. Not thread-safe."""

    def __init__(self, size_px: tuple[int, int], random: np.random.Generator) -> None:
        """``size_px`` is width and height."""
        self._size_px = size_px
        self._random = random
        width, height = size_px
        noise = random.normal(0.0, _SIGMA, (height + _MARGIN_PX, width + _MARGIN_PX, 3))
        self._brighter = np.clip(np.round(noise), 0, 40).astype(np.uint8)
        self._darker = np.clip(np.round(-noise), 0, 40).astype(np.uint8)

    def over(self, picture: Image) -> Image:
        """A copy of ``picture`` with noise."""
        width, height = self._size_px
        for noise, add in ((self._brighter, cv2.add), (self._darker, cv2.subtract)):
            y, x = self._random.integers(0, _MARGIN_PX, 2)
            picture = np.asarray(add(picture, noise[y : y + height, x : x + width]), np.uint8)
        return picture
