"""What a scanner can say."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Code:
    """One decoded code. The bytes are what was in the code; ``text`` is decoded as UTF-8, else GB18030."""

    raw: bytes = field(repr=False)
    text: str = field(repr=False)
    symbology: str = ""
    """``QRCode``, ``Code128`` … where the source tells, else empty."""
    has_control_characters: bool = False
    declares_encoding: bool = False
    """True where the code itself says how its bytes are text (an ECI), so that nothing was guessed."""


class ScanTrouble(StrEnum):
    """Why there is no code, where a person or the world is the reason."""

    NOTHING = "nothing"
    TOO_LONG = "too_long"
    UNDECODABLE = "undecodable"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class NotScanned:
    """No code, and why."""

    trouble: ScanTrouble
    detail: str = ""


ScanOutcome = Code | NotScanned
