"""Size of an encoded picture, read from its header alone.

A kilobyte of PNG or WebP can declare a picture of gigabytes: whoever decodes pictures from outside asks here first.
"""

from __future__ import annotations

_JPEG_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_STANDALONE = frozenset(range(0xD0, 0xDA)) | {0x01}


def declared_size(data: bytes) -> tuple[int, int] | None:
    """``(width, height)`` in pixels of a PNG, JPEG, WebP or BMP; ``None`` for anything else and for a broken header."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _valid(_big(data, 16, 4), _big(data, 20, 4)) if data[12:16] == b"IHDR" else None
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg_size(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _webp_size(data)
    if data.startswith(b"BM"):
        return _valid(abs(_signed_little(data, 18)), abs(_signed_little(data, 22)))
    return None


def _valid(width: int, height: int) -> tuple[int, int] | None:
    return (width, height) if width > 0 and height > 0 else None


def _big(data: bytes, start: int, count: int) -> int:
    return int.from_bytes(data[start : start + count], "big")


def _little(data: bytes, start: int, count: int) -> int:
    return int.from_bytes(data[start : start + count], "little")


def _signed_little(data: bytes, start: int) -> int:
    """BMP heights are negative for pictures stored from the top."""
    return int.from_bytes(data[start : start + 4], "little", signed=True)


def _webp_size(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8 ":
        return _valid(_little(data, 26, 2) & 0x3FFF, _little(data, 28, 2) & 0x3FFF)
    if kind == b"VP8L" and len(data) >= 25:
        bits = _little(data, 21, 4)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X" and len(data) >= 30:
        return _little(data, 24, 3) + 1, _little(data, 27, 3) + 1
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Walk the segments up to the start of frame."""
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1  # fill byte
        elif marker in _JPEG_STANDALONE:
            position += 2
        elif marker in _JPEG_START_OF_FRAME:
            return _valid(_big(data, position + 7, 2), _big(data, position + 5, 2))
        else:
            position += 2 + max(2, _big(data, position + 2, 2))
    return None
