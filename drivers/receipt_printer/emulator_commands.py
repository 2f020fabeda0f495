"""Cuts the bytes that a printer receives into commands, as a printer's firmware does. Pure.

Written from the command descriptions, apart from the driver's own table in ``protocol.py``, so that a mistake there shows.
"""

from __future__ import annotations

from dataclasses import dataclass

# Commands with a fixed number of parameter bytes; also those the emulated printer only skips.
_FIXED: dict[bytes, int] = {
    **dict.fromkeys((b"\x1b@", b"\x1b2", b"\x1bL", b"\x1bS", b"\x1b<", b"\x1bi", b"\x1bm", b"\x1c&", b"\x1c.", b"\x1d:"), 0),
    **dict.fromkeys((b"\x1b" + bytes([code]) for code in b" !%-3=?EGJKMRTVadert{u"), 1),
    **dict.fromkeys((b"\x1b$", b"\x1b\\", b"\x1bc", b"\x1cS"), 2),
    **dict.fromkeys((b"\x1c!", b"\x1cW", b"\x1cC", b"\x1c-"), 1),
    **dict.fromkeys((b"\x1d" + bytes([code]) for code in b"!/BEHIabfhrwT"), 1),
    **dict.fromkeys((b"\x1dL", b"\x1dP", b"\x1dW", b"\x1d$", b"\x1d\\"), 2),
    b"\x1bp": 3,
    b"\x1bW": 8,
    b"\x1d^": 3,
    b"\x10\x04": 1,
    b"\x10\x05": 1,
}
MAX_TEXT = 512
"""Text is handed over in runs of at most this many bytes."""


@dataclass(frozen=True, slots=True)
class Token:
    """One command (``name`` with its parameters and data), a run of text (``name`` empty), or a control byte."""

    name: bytes
    parameters: bytes = b""
    data: bytes = b""


def next_token(buffer: bytes, chinese: bool) -> tuple[Token, int] | None:
    """First token of ``buffer`` and how many bytes it takes; ``None`` when more bytes must come first.

    ``chinese``: whether bytes from 0x81 begin a two-byte character.
    """
    if not buffer:
        return None
    if buffer[0] >= 0x20:
        return _text(buffer, chinese)
    if buffer[0] in (0x10, 0x1B, 0x1C, 0x1D):
        return _command(buffer)
    return Token(buffer[:1]), 1


def _text(buffer: bytes, chinese: bool) -> tuple[Token, int] | None:
    end = 0
    while end < len(buffer) and buffer[end] >= 0x20 and end < MAX_TEXT:
        step = 2 if chinese and 0x81 <= buffer[end] <= 0xFE else 1
        if end + step > len(buffer):
            break  # the second half of a character is still to come
        end += step
    return (Token(b"", data=buffer[:end]), end) if end else None


def _command(buffer: bytes) -> tuple[Token, int] | None:
    if len(buffer) < 2:
        return None
    special = _SPECIAL.get(buffer[:2])
    if special is not None:
        return special(buffer)
    # Of an unknown command the two bytes are ignored; what follows prints as text.
    return _take(buffer, 2, _FIXED.get(buffer[:2], 0), 0)


def _take(buffer: bytes, name: int, parameters: int, data: int) -> tuple[Token, int] | None:
    end = name + parameters + data
    if len(buffer) < end:
        return None
    return Token(buffer[:name], buffer[name : name + parameters], buffer[name + parameters : end]), end


def _raster(buffer: bytes) -> tuple[Token, int] | None:
    """GS v 0 m xL xH yL yH data."""
    if len(buffer) < 8:
        return None
    return _take(buffer, 3, 5, int.from_bytes(buffer[4:6], "little") * int.from_bytes(buffer[6:8], "little"))


def _counted(buffer: bytes) -> tuple[Token, int] | None:
    """GS ( k and its kin, and FS ( ...: one letter, pL pH, data."""
    if len(buffer) < 5:
        return None
    return _take(buffer, 3, 2, int.from_bytes(buffer[3:5], "little"))


def _cut(buffer: bytes) -> tuple[Token, int] | None:
    """GS V m, or GS V m n for m from 65 on."""
    if len(buffer) < 3:
        return None
    return _take(buffer, 2, 2 if buffer[2] >= 65 else 1, 0)


def _barcode(buffer: bytes) -> tuple[Token, int] | None:
    """GS k m data NUL for m to 6; GS k m n data for m from 65 on."""
    if len(buffer) < 4:
        return None
    if buffer[2] >= 65:
        return _take(buffer, 2, 2, buffer[3])
    end = buffer.find(b"\x00", 3)
    return None if end < 0 else (Token(buffer[:2], buffer[2:3], buffer[3:end]), end + 1)


def _bit_image(buffer: bytes) -> tuple[Token, int] | None:
    """ESC * m nL nH data: columns of 1 or 3 bytes."""
    if len(buffer) < 5:
        return None
    return _take(buffer, 2, 3, int.from_bytes(buffer[3:5], "little") * (3 if buffer[2] >= 32 else 1))


def _tabs(buffer: bytes) -> tuple[Token, int] | None:
    """ESC D n1 ... NUL."""
    end = buffer.find(b"\x00", 2)
    return None if end < 0 else (Token(buffer[:2], data=buffer[2:end]), end + 1)


def _real_time(buffer: bytes) -> tuple[Token, int] | None:
    """DLE DC4 fn ...: 10 bytes for fn 8, otherwise 5."""
    if len(buffer) < 3:
        return None
    return _take(buffer, 2, 8 if buffer[2] == 8 else 3, 0)


_SPECIAL = {
    b"\x1dv": _raster,
    b"\x1d(": _counted,
    b"\x1c(": _counted,
    b"\x1b(": _counted,
    b"\x1dV": _cut,
    b"\x1dk": _barcode,
    b"\x1b*": _bit_image,
    b"\x1bD": _tabs,
    b"\x10\x14": _real_time,
}


class RealTimeScanner:
    """Finds real-time commands in whatever arrives, inside pictures too, across pieces; the bytes stay in the stream."""

    _LONGEST = 10

    def __init__(self) -> None:
        self._tail = b""

    def feed(self, data: bytes) -> list[Token]:
        """Real-time commands completed by ``data``."""
        found: list[Token] = []
        for byte in data:
            self._tail = (self._tail + bytes([byte]))[-self._LONGEST :]
            if self._tail[-3:-1] in (b"\x10\x04", b"\x10\x05"):
                found.append(Token(self._tail[-3:-1], self._tail[-1:]))
            elif self._tail == b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08":
                found.append(Token(b"\x10\x14", b"\x08"))
        return found
