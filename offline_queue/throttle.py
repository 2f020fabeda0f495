"""A cap on what is sent, so that a mall's shared line is not filled by one machine's scans."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

_PIECE_BYTES = 16 * 1024
_BURST_S = 1.0


class Throttle:
    """Lets bytes through at a steady rate, a second's worth at once after a rest; shared by all threads that send."""

    def __init__(self, bytes_per_s: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        """``bytes_per_s`` 0 holds nothing back."""
        self._rate = bytes_per_s
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._paid_until = monotonic() - _BURST_S

    def release(self) -> None:
        """Hold nothing back any more: what waits goes on at once."""
        self._released.set()

    def paced(self, body: bytes) -> bytes | Iterator[bytes]:
        """The body, piece by piece as fast as allowed."""
        return self._pieces(body) if self._rate > 0 else body

    def _pieces(self, body: bytes) -> Iterator[bytes]:
        for start in range(0, len(body), _PIECE_BYTES):
            piece = body[start : start + _PIECE_BYTES]
            self._released.wait(self.owe(len(piece)))
            yield piece

    def owe(self, size: int) -> float:
        """Book ``size`` bytes; returns the seconds to wait before they may go."""
        with self._lock:
            now = self._monotonic()
            self._paid_until = max(self._paid_until, now - _BURST_S) + size / self._rate
            return max(0.0, self._paid_until - now)
