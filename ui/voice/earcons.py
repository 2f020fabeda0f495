"""Short sounds of our own (``assets/sounds``): what happened, faster than words."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from assets import ROOT


class Earcon(StrEnum):
    """What each says; the value is the name of its file."""

    TOUCH = "touch"
    NEXT = "next"
    BACK = "back"
    ERROR = "error"
    DONE = "done"
    ATTENTION = "attention"
    """A card that is left behind, a visit that is about to end: heard whatever is switched off."""

    @property
    def path(self) -> Path:
        """The file."""
        return ROOT / "sounds" / f"{self.value}.wav"


ALARMS = frozenset({Earcon.ATTENTION})
"""Heard without voice, too."""
