"""Case ids: UUIDv7 (RFC 9562, section 5.7), ascending within a process even when the wall clock stands or jumps back."""

from __future__ import annotations

import threading
from collections.abc import Callable

_COUNTER_LIMIT = 1 << 12
_SEED_MASK = 0x7FF
"""The counter starts in its lower half, so that it has room to count (RFC 9562, section 6.2, method 1)."""


class CaseIds:
    """Makes ids; safe to call from several threads."""

    def __init__(self, random_bytes: Callable[[int], bytes]) -> None:
        self._random_bytes = random_bytes
        self._lock = threading.Lock()
        self._last_ms = -1
        self._counter = 0

    def next(self, wall_ms: int) -> str:
        """A new id made at ``wall_ms``, lower case with hyphens."""
        noise = self._random_bytes(10)
        with self._lock:
            now_ms = wall_ms & ((1 << 48) - 1)
            if now_ms > self._last_ms:
                self._last_ms = now_ms
                self._counter = int.from_bytes(noise[8:], "big") & _SEED_MASK
            else:
                self._counter += 1
                if self._counter == _COUNTER_LIMIT:
                    self._last_ms += 1
                    self._counter = 0
            tail = int.from_bytes(noise[:8], "big") & ((1 << 62) - 1)
            text = f"{self._last_ms << 80 | 0x7 << 76 | self._counter << 64 | 0b10 << 62 | tail:032x}"
            return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
