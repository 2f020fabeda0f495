"""When which colour of the kiosk's screen reaches the camera's picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

Rgb = tuple[int, int, int]
Shares = tuple[float, float, float]
"""Red, green and blue light, each 0 to 1 of a white screen's."""

DARK: Shares = (0.0, 0.0, 0.0)
_LONGEST_MEMORY = 64


@dataclass
class ScreenLight:
    """The colours shown, and what of them one exposure catches. Times are those given; it reads no clock.

    A colour asked for at t is on the panel at the earliest one refresh later, rises within some milliseconds, and is read out of
    the sensor after an exposure of up to one frame: ``delay_s`` stands for the first and the transport of the picture,
    ``exposure_s`` for the second. At 15 frames a second that is one to two frames (assumed; measured on no panel).
    """

    delay_s: float = 0.05
    exposure_s: float = 0.04
    _changes: list[tuple[float, Shares]] = field(default_factory=list)

    def show(self, rgb: Rgb | None, now_s: float) -> None:
        """The whole screen is ``rgb`` (0 to 255 each) from ``now_s`` on; ``None``: the page as always, which gives no colour."""
        red, green, blue = rgb or (0, 0, 0)
        self._changes.append((now_s, (_linear(red), _linear(green), _linear(blue))))
        self._changes.sort(key=lambda change: change[0])
        del self._changes[:-_LONGEST_MEMORY]

    def at(self, now_s: float) -> Shares:
        """Mean light during the exposure of the picture taken at ``now_s``."""
        end_s = now_s - self.delay_s
        begin_s = end_s - self.exposure_s
        total = [0.0, 0.0, 0.0]
        for position, (from_s, shares) in enumerate(self._changes):
            to_s = self._changes[position + 1][0] if position + 1 < len(self._changes) else math.inf
            share = max(0.0, min(to_s, end_s) - max(from_s, begin_s)) / self.exposure_s
            for channel in range(3):
                total[channel] += share * shares[channel]
        return total[0], total[1], total[2]


def _linear(value: int) -> float:
    """Light of an sRGB value; IEC 61966-2-1 simplified to a power of 2.2."""
    return float((min(255, max(0, value)) / 255.0) ** 2.2)
