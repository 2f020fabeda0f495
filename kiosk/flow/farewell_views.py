"""What the last screen of a visit shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FarewellView:
    """Take card and slip; nothing of you is left here."""

    card_lies: bool = False
    """The card lies on the reader still."""
