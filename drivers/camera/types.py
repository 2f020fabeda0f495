"""What a camera can say, and what the simulated person in front of one can do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class CameraCapabilities:
    """What was negotiated with the source."""

    width_px: int
    height_px: int
    frames_per_s: float


class Movement(StrEnum):
    """What the simulated person can do; the words are those of the liveness challenge."""

    BLINK = "blink"
    TURN_LEFT = "turn_left"
    """To the person's own left: towards the right edge of the (unmirrored) picture."""
    TURN_RIGHT = "turn_right"
    OPEN_MOUTH = "open_mouth"
