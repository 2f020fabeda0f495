"""Time that passes without a sign of life."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.flow.states import Quiet


@dataclass(frozen=True, slots=True)
class IdleWarned:
    """It is time to ask whether anybody is still there."""

    why: Quiet = Quiet.IDLE


@dataclass(frozen=True, slots=True)
class IdleEnded:
    """Nobody answered the warning."""
