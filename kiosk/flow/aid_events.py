"""What a resident does for ease: another look, another voice, a call for staff."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.aids import Aids


@dataclass(frozen=True, slots=True)
class AidsChosen:
    """Something of how the screen is seen, heard or reached was switched."""

    aids: Aids


@dataclass(frozen=True, slots=True)
class StaffCalled:
    """The resident wants somebody to come."""


@dataclass(frozen=True, slots=True)
class StaffTold:
    """The call for staff has reached the platform, or could not."""

    reached: bool
