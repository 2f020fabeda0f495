"""Which of the modes a camera offers is asked for: the first wish it has, else the nearest to the first wish."""

from __future__ import annotations

import math
from collections.abc import Sequence

from drivers.camera.types import CameraMode, WantedMode

DEFAULT_WISHES = (WantedMode(640, 480), WantedMode(1280, 720))
"""Enough for a face at arm's length, and quick to search."""

_DECODED = frozenset({"BGR3", "GREY", "MJPG", "NV12", "NV21", "RGB3", "UYVY", "YU12", "YUYV", "YV12"})
"""What OpenCV turns into BGR."""
_SMALL_PX = 640 * 480
"""Up to here USB 2 carries uncompressed pictures at full rate; above it only compressed ones."""
_ENOUGH_OF_RATE = 0.8


def choose(offered: Sequence[CameraMode], wishes: Sequence[WantedMode]) -> CameraMode | None:
    """The mode to ask for; ``None`` when the device tells no mode that can be decoded."""
    usable = [mode for mode in offered if mode.pixel_format in _DECODED and mode.width_px > 0 and mode.height_px > 0]
    for wish in wishes:
        exact = [mode for mode in usable if _fulfils(mode, wish)]
        if exact:
            return min(exact, key=lambda mode: (_format_cost(mode), -mode.frames_per_s))
    if not usable or not wishes:
        return None
    return min(usable, key=lambda mode: _cost(mode, wishes[0]))


def _fulfils(mode: CameraMode, wish: WantedMode) -> bool:
    is_quick = mode.frames_per_s == 0.0 or mode.frames_per_s >= wish.frames_per_s * _ENOUGH_OF_RATE
    return is_quick and (mode.width_px, mode.height_px) == (wish.width_px, wish.height_px)


def _cost(mode: CameraMode, wish: WantedMode) -> float:
    """Smaller than wanted is worse than larger; another shape cuts the person; a slow camera misses a blink."""
    area = math.log(mode.width_px * mode.height_px / (wish.width_px * wish.height_px))
    shape = abs(math.log(mode.width_px / mode.height_px) - math.log(wish.width_px / wish.height_px))
    slowness = max(0.0, 1.0 - mode.frames_per_s / wish.frames_per_s) if mode.frames_per_s else 0.0
    return (area if area >= 0 else -2.0 * area) + shape + 2.0 * slowness + 0.2 * _format_cost(mode)


def _format_cost(mode: CameraMode) -> float:
    is_small = mode.width_px * mode.height_px <= _SMALL_PX
    best = "YUYV" if is_small else "MJPG"
    second = "MJPG" if is_small else "NV12"
    return 0.0 if mode.pixel_format == best else 0.5 if mode.pixel_format == second else 1.0
