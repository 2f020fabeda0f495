"""The room behind a held instrument, and the hands that hold it."""

from __future__ import annotations

import cv2
import numpy as np

from drivers.camera.portrait import plain_wall
from drivers.types import Image

_CLOTHES_BGR = (70, 58, 52)
_SKIN_BGR = (132, 160, 205)


def room_behind(size_px: tuple[int, int]) -> Image:
    """The wall with the dark shoulders of somebody whose head is hidden by what they hold up."""
    width, height = size_px
    room = plain_wall(width, height)
    middle = (width // 2, round(height * 1.12))
    cv2.ellipse(room, middle, (round(width * 0.42), round(height * 0.36)), 0, 0, 360, _CLOTHES_BGR, -1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(room, (0, 0), 1.5), np.uint8)


def with_margin(texture: Image, margin_px: int) -> Image:
    """A BGRA texture with a transparent margin, room for the thumbs."""
    border = (margin_px,) * 4
    return np.asarray(cv2.copyMakeBorder(texture, *border, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0)), np.uint8)


def draw_thumbs(texture: Image, margin_px: int, thumb_px: float) -> None:
    """Two thumbs over the left and right edge of what is held, in place; ``thumb_px`` is the breadth of one."""
    height, width = texture.shape[:2]
    draw_thumb(texture, (margin_px, height * 0.72), thumb_px, -62.0)
    draw_thumb(texture, (width - margin_px, height * 0.72), thumb_px, 62.0)


def draw_thumb(texture: Image, at: tuple[float, float], thumb_px: float, lean_degrees: float) -> None:
    """One thumb, upright but for ``lean_degrees``, its middle at ``at``, in place."""
    axes = (round(thumb_px * 0.5), round(thumb_px * 1.3))
    for shrink, shade in ((1.0, 0.82), (0.82, 1.0)):
        colour = tuple(channel * shade for channel in _SKIN_BGR)
        size = (round(axes[0] * shrink), round(axes[1] * shrink))
        place = (round(at[0]), round(at[1]))
        cv2.ellipse(texture, place, size, lean_degrees, 0, 360, (*colour, 255.0), -1, cv2.LINE_AA)
