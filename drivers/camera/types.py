"""What a camera can say, and what the simulated person in front of one can do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class CameraMode:
    """One way in which a device can deliver."""

    pixel_format: str
    """Four characters as V4L2 spells them: ``MJPG``, ``YUYV`` …"""
    width_px: int
    height_px: int
    frames_per_s: float
    """The highest rate offered at this size; 0.0 where the device does not tell."""


@dataclass(frozen=True, slots=True)
class WantedMode:
    """A wish; a list of them is read as "the first of these that you have"."""

    width_px: int
    height_px: int
    frames_per_s: float = 30.0


@dataclass(frozen=True, slots=True)
class CameraCapabilities:
    """What was really got from the source, and what else it offers."""

    width_px: int
    height_px: int
    frames_per_s: float
    pixel_format: str = ""
    """Empty where the source does not tell."""
    offered: tuple[CameraMode, ...] = ()
    """All modes of a V4L2 device; empty for streams, recordings and devices that cannot be asked."""


class Movement(StrEnum):
    """What the simulated person can do; the words are those of the liveness challenge."""

    BLINK = "blink"
    TURN_LEFT = "turn_left"
    """To the person's own left: towards the right edge of the (unmirrored) picture."""
    TURN_RIGHT = "turn_right"
    OPEN_MOUTH = "open_mouth"
    NOD = "nod"
    """The head goes down by about 18 degrees and up again."""
