"""A clock that developers move: by letting time pass, or by setting it wrong. The machine's own clock is only read."""

from __future__ import annotations

import threading
from dataclasses import replace

from offline_queue.clock import Clock, Stamp, SystemClock


class MovableClock:
    """A ``Clock`` of the queue. Safe from any thread."""

    def __init__(self, true: Clock | None = None) -> None:
        self._true = true or SystemClock()
        self._lock = threading.Lock()
        self._passed_ms = 0
        self._wrong_ms = 0

    def now(self) -> Stamp:
        """This moment, moved."""
        stamp = self._true.now()
        with self._lock:
            wall_ms, monotonic_ms = self._passed_ms + self._wrong_ms, self._passed_ms
        return replace(stamp, wall_ms=stamp.wall_ms + wall_ms, monotonic_ms=stamp.monotonic_ms + monotonic_ms)

    def let_pass(self, seconds: float) -> None:
        """So much time has passed, by both clocks; it cannot be taken back."""
        if seconds < 0:
            raise ValueError("time does not run backwards; set the wall clock wrong instead")
        with self._lock:
            self._passed_ms += round(seconds * 1000)

    def set_wrong(self, seconds: float) -> None:
        """The wall clock is so far ahead of the truth, or behind it; 0: it is right."""
        with self._lock:
            self._wrong_ms = round(seconds * 1000)

    @property
    def passed_s(self) -> float:
        """How much time was let pass."""
        with self._lock:
            return self._passed_ms / 1000

    @property
    def wrong_s(self) -> float:
        """How far the wall clock is ahead."""
        with self._lock:
            return self._wrong_ms / 1000
