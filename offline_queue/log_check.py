"""Damage within the write-ahead log, which SQLite takes for its end: what was committed behind it would vanish without a word.

Frames follow one another, each with a checksum over all before it (SQLite file format, section 4). Where the checksums end, a
torn transaction may follow, one that never came to its end. A commit frame with more frames of the same generation behind it is
not that: the log was whole once, and has rotted.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

_HEADER_BYTES = 32
_FRAME_HEADER_BYTES = 24
_MAGIC = {0x377F0682: "<", 0x377F0683: ">"}
_MASK = 0xFFFFFFFF


def _checksum(order: str, content: bytes, first: int, second: int) -> tuple[int, int]:
    words = struct.unpack(f"{order}{len(content) // 4}I", content)
    for left, right in zip(words[::2], words[1::2], strict=True):
        first = (first + left + second) & _MASK
        second = (second + right + first) & _MASK
    return first, second


def rot_in_log(log: Path) -> str:
    """What is wrong with the log, in words; empty for a log that is whole, torn at its end, or absent. Raises ``OSError``."""
    try:
        content = log.read_bytes()
    except FileNotFoundError:
        return ""
    if len(content) < _HEADER_BYTES:
        return ""
    magic, _, page_bytes = struct.unpack(">3I", content[:12])
    order = _MAGIC.get(magic)
    if not any(content[:_HEADER_BYTES]):
        return ""  # room that was never written to
    is_known = order is not None and page_bytes in {1 << power for power in range(9, 17)}
    if order is None or not is_known or struct.pack(">2I", *_checksum(order, content[:24], 0, 0)) != content[24:32]:
        # It is written and synced before any frame, within one sector: it cannot be torn.
        return "" if len(content) == _HEADER_BYTES else "the head of the log has rotted; nothing in it can be read"
    sums = _checksum(order, content[:24], 0, 0)
    return _rot_behind(_Frames(content, page_bytes), order, sums)


class _Frames:
    """All frames of a log; of which of them belong to its present generation, the salts tell."""

    def __init__(self, content: bytes, page_bytes: int) -> None:
        self._content = content
        self._size = _FRAME_HEADER_BYTES + page_bytes
        self._salts = content[16:24]

    def __iter__(self) -> Iterator[bytes]:
        for start in range(_HEADER_BYTES, len(self._content) - self._size + 1, self._size):
            yield self._content[start : start + self._size]

    def is_present(self, frame: bytes) -> bool:
        """False for one left over from the generation before, or whose own head has rotted."""
        return frame[8:16] == self._salts


def _rot_behind(frames: _Frames, order: str, sums: tuple[int, int]) -> str:
    is_whole, whole, commits_behind = True, 0, 0
    for frame in frames:
        if is_whole:
            sums = _checksum(order, frame[:8] + frame[_FRAME_HEADER_BYTES:], *sums)
            is_whole = frames.is_present(frame) and struct.pack(">2I", *sums) == frame[16:24]
            whole += is_whole
        elif commits_behind and frames.is_present(frame):
            return f"the log has rotted behind frame {whole}; whole transactions follow that can no longer be read"
        if not is_whole and frames.is_present(frame):
            commits_behind += frame[4:8] != bytes(4)
    return ""
