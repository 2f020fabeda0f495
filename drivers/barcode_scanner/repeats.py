"""Drops a code that is seen again while it still lies in front of the scanner."""

from __future__ import annotations

import hashlib
import time


class RepeatFilter:
    """Remembers of the last code only a digest and a time: what it said belongs to a resident who may have left."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._digest = b""
        self._given_out_at_s = float("-inf")

    def is_repeat(self, raw: bytes) -> bool:
        """True when the same bytes were given out less than the window ago; else they count as given out now."""
        now_s, digest = time.monotonic(), hashlib.sha256(raw).digest()
        if digest == self._digest and now_s - self._given_out_at_s < self._window_s:
            return True
        self._digest, self._given_out_at_s = digest, now_s
        return False
