"""What can go wrong with a simulated or emulated camera, and the pictures it then shows."""

from __future__ import annotations

import numpy as np

from drivers.types import Image

_HAND_BGR = (38, 34, 62)
"""What is left of the light when a hand lies on the lens."""


def black_picture(size_px: tuple[int, int]) -> Image:
    """The cap is on."""
    return np.zeros((size_px[1], size_px[0], 3), np.uint8)


def covered_picture(size_px: tuple[int, int]) -> Image:
    """A hand lies on the lens: dark, reddish, a little lighter at one edge, and nothing to see."""
    width, height = size_px
    edge = np.linspace(0.0, 1.0, width, dtype=np.float32)[None, :, None] ** 3 * 14.0
    picture = np.broadcast_to(np.array(_HAND_BGR, np.float32) + edge, (height, width, 3))
    return np.asarray(picture, np.uint8)
