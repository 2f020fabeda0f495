"""What the screens show of what cannot be done now; see ``views``."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.hours import Opening
from kiosk.domain.nearby import Nearest


@dataclass(frozen=True, slots=True)
class Closed:
    """Why something cannot be done here now, until when, and where it can; what is not known is left out."""

    reason: str
    opening: Opening | None = None
    nearest: Nearest | None = None


@dataclass(frozen=True, slots=True)
class OutOfServiceView:
    """Nothing can be done now, and why."""

    closed: Closed
