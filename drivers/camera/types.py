"""What a camera can say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CameraCapabilities:
    """What was negotiated with the source."""

    width_px: int
    height_px: int
    frames_per_s: float
