"""What the check page says of one text or file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fleet.console.verify_words import Words


@dataclass(frozen=True, slots=True)
class Result:
    """One verdict in plain words."""

    tone: Literal["good", "wait", "bad"]
    heading: Words
    explanation: Words
    facts: tuple[tuple[Words, Words], ...] = ()
    """Labels with their values."""
