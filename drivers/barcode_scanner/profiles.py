"""How scanners of different makers are told to look, and how they answer: one table. Pure data.

Source: protocol notes section 3. A new model that can be triggered is a new row; one that sends on its own is ``passive``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class ProfileName(StrEnum):
    """Trigger profiles by their names in the settings."""

    PASSIVE = "passive"
    """Sends whatever it sees whenever it sees it, and takes no commands."""
    NEWLAND = "newland"
    HONEYWELL = "honeywell"
    GM65 = "gm65"


@dataclass(frozen=True, slots=True)
class MarkedReply:
    """A reply that repeats the command and ends with a mark: 06 done, 15 not this value, 05 not known."""

    head: bytes
    longest_body: int
    tail: bytes
    is_tail_sure: bool = True
    """False where some models leave the tail out."""


@dataclass(frozen=True, slots=True)
class CountedReply:
    """A reply with a length byte and CRC-16/XMODEM over all behind ``head``'s first two bytes."""

    head: bytes
    longest_body: int


ReplyForm = MarkedReply | CountedReply


@dataclass(frozen=True, slots=True)
class TriggerProfile:
    """Commands of one family of scanners. ``on`` is empty where there is nothing to trigger."""

    name: ProfileName
    on: bytes = b""
    off: bytes = b""
    question: bytes = b""
    """Changes nothing and is answered: how the scanner is triggered now."""
    reply: ReplyForm | None = None
    acknowledges_trigger: bool = False
    good_modes: frozenset[bytes] = frozenset()
    """What the scanner may answer to ``question`` for the trigger to work; empty where any will do."""
    mode_names: Mapping[bytes, str] = field(default_factory=lambda: MappingProxyType({}))
    mode_of: re.Pattern[bytes] = re.compile(rb"(?!)")
    """Matches the body of an answer to ``question``; its group is how the scanner is triggered. No other reply looks so."""
    mode_bits: int = 0xFF
    """Which bits of a mode of one byte count."""
    relight_s: float = 3.0
    """Scanners turn their light off on their own; as often as this it is asked for again while nothing has come."""
    command_pause_s: float = 0.06
    """Least time between two commands; Newland's says 50 ms."""
    answer_s: float = 0.5

    @property
    def is_triggered(self) -> bool:
        """True where the scanner looks only when told to."""
        return bool(self.on)


def _newland(command: bytes) -> bytes:
    return b"\x7e\x010000" + command + b";\x03"


def _gm65(command: bytes) -> bytes:
    """AB CD stands for a checksum that the scanner need not check."""
    return b"\x7e\x00" + command + b"\xab\xcd"


_HONEYWELL_MODES = {b"TRGMOD0": "by hand or command"}
_GM65_MODES = {b"\x00": "by hand", b"\x01": "by command", b"\x02": "without end", b"\x03": "by motion"}

PROFILES: Mapping[ProfileName, TriggerProfile] = MappingProxyType(
    {
        ProfileName.PASSIVE: TriggerProfile(ProfileName.PASSIVE),
        ProfileName.NEWLAND: TriggerProfile(
            ProfileName.NEWLAND,
            on=_newland(b"#SCNTRG1"),
            off=_newland(b"#SCNTRG0"),
            question=_newland(b"#SCNMOD*"),
            reply=MarkedReply(b"\x02\x010000", longest_body=64, tail=b";\x03"),
            acknowledges_trigger=True,
            mode_of=re.compile(rb"[#@](SCNMOD.*)", re.DOTALL),
            mode_names={b"SCNMOD0": "by command", b"SCNMOD2": "by motion", b"SCNMOD3": "without end"},
        ),
        ProfileName.HONEYWELL: TriggerProfile(
            ProfileName.HONEYWELL,
            on=b"\x16T\r",
            off=b"\x16U\r",
            question=b"\x16M\rTRGMOD?.",
            reply=MarkedReply(b"TRGMOD", longest_body=4, tail=b".", is_tail_sure=False),
            mode_of=re.compile(rb"(TRGMOD.*)", re.DOTALL),
            good_modes=frozenset(_HONEYWELL_MODES),
            mode_names=_HONEYWELL_MODES,
            relight_s=10.0,
        ),
        ProfileName.GM65: TriggerProfile(
            ProfileName.GM65,
            on=_gm65(b"\x08\x01\x00\x02\x01"),
            off=_gm65(b"\x08\x01\x00\x02\x00"),
            question=_gm65(b"\x07\x01\x00\x00\x02"),
            reply=CountedReply(b"\x02\x00\x00", longest_body=8),
            acknowledges_trigger=True,
            good_modes=frozenset({b"\x01"}),
            mode_names=_GM65_MODES,
            mode_of=re.compile(rb"(.).", re.DOTALL),  # two bytes are asked for: an acknowledgement has one
            mode_bits=0x03,
        ),
    }
)
