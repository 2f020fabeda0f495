"""Commands that emulated scanners understand, written from the protocol notes and not from the driver's table. Pure.

An emulator that shared the driver's bytes would agree with any mistake in them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from drivers.barcode_scanner.profiles import ProfileName

_LONGEST_HELD = 256


class Act(StrEnum):
    """What a command is about."""

    LIGHT_ON = "light_on"
    LIGHT_OFF = "light_off"
    TELL_MODE = "tell_mode"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Command:
    """One command; ``words`` is what the reply repeats."""

    act: Act
    words: bytes = b""


_SHAPES = {
    ProfileName.NEWLAND: re.compile(rb"~\x010000([@#])([A-Z]{6}[^;\x03]{0,32});\x03"),
    ProfileName.HONEYWELL: re.compile(rb"\x16(T|U|M)\r((?<=M\r)[A-Z]{6}[^.!]{0,16}[.!])?"),
    ProfileName.GM65: re.compile(rb"~\x00([\x07\x08])\x01(\x00.)(.)\xab\xcd", re.DOTALL),
}
_NEWLAND_ACTS = {b"SCNTRG1": Act.LIGHT_ON, b"SCNTRG0": Act.LIGHT_OFF, b"SCNMOD*": Act.TELL_MODE}
_HONEYWELL_ACTS = {b"T": Act.LIGHT_ON, b"U": Act.LIGHT_OFF}
_GM65_ACTS = {b"\x08\x00\x02\x01": Act.LIGHT_ON, b"\x08\x00\x02\x00": Act.LIGHT_OFF, b"\x07\x00\x00\x02": Act.TELL_MODE}
_WRITE = b"\x08"


class CommandReader:
    """Cuts what the host sends into commands; rubbish between them is dropped."""

    def __init__(self, profile: ProfileName) -> None:
        self._profile = profile
        self._shape = _SHAPES.get(profile)
        self._held = b""

    def feed(self, data: bytes) -> list[Command]:
        """Take bytes as they come; give back the commands that are whole."""
        if self._shape is None:
            return []
        self._held = (self._held + data)[-_LONGEST_HELD:]
        commands, end = [], 0
        for found in self._shape.finditer(self._held):
            if self._profile is ProfileName.HONEYWELL and found[1] == b"M" and found[2] is None:
                break  # the menu command behind it has not come yet
            commands.append(self._read(found))
            end = found.end()
        self._held = self._held[end:]
        return commands

    def _read(self, found: re.Match[bytes]) -> Command:
        if self._profile is ProfileName.NEWLAND:
            return Command(_NEWLAND_ACTS.get(found[2], Act.OTHER), found[1] + found[2])
        if self._profile is ProfileName.HONEYWELL:
            is_question = found[2] == b"TRGMOD?."
            return Command(_HONEYWELL_ACTS.get(found[1], Act.TELL_MODE if is_question else Act.OTHER), found[2] or b"")
        return Command(_GM65_ACTS.get(found[1] + found[2] + found[3], Act.OTHER), found[1])


def reply_to(profile: ProfileName, command: Command, is_refused: bool, is_in_right_mode: bool) -> bytes:
    """What the scanner answers; nothing where it does not answer such commands."""
    mark = b"\x15" if is_refused else b"\x05" if command.act is Act.OTHER else b"\x06"
    if profile is ProfileName.NEWLAND:
        mode = b"0" if is_in_right_mode else b"2"
        words = command.words.replace(b"*", mode) if command.act is Act.TELL_MODE else command.words
        return b"\x02\x010000" + words + mark + b";\x03"
    if profile is ProfileName.HONEYWELL:
        if command.act is Act.TELL_MODE:
            return b"TRGMOD" + (b"0" if is_in_right_mode else b"3") + mark + b"."
        return command.words[:-1] + mark + b"." if command.words else b""
    if command.act is Act.TELL_MODE:
        return _gm65(bytes([0xD5 if is_in_right_mode else 0xD6, 0x20]))
    return b"\x02\x00\x00\x01\x00\x33\x31" if command.words == _WRITE and not is_refused else b""


def _gm65(data: bytes) -> bytes:
    """A reply with its checksum: CRC with 1021 from 0 over length and data, by the book's shift register."""
    register = 0
    for bit in "".join(f"{byte:08b}" for byte in bytes([0, len(data)]) + data + b"\x00\x00"):
        overflow = register >> 15
        register = (register << 1 | int(bit)) & 0xFFFF
        if overflow:
            register ^= 0x1021
    return b"\x02\x00\x00" + bytes([len(data)]) + data + register.to_bytes(2, "big")
