"""The pause between the rounds of a loop: it can be cut short, except where it was ordered, and it ends at once with the loop."""

from __future__ import annotations

import threading

from offline_queue.clock import Clock


class Pause:
    """One thread pauses; any thread may wake or end it. Goes by the monotonic clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._condition = threading.Condition()
        self._woken = False
        self._ordered_until_ms = 0
        self._next_due_ms: int | None = None
        self.is_over = False
        """True once ``end`` was called."""

    def order(self, seconds: float) -> None:
        """For so long from now ``wake`` cuts no pause short."""
        self._ordered_until_ms = self._clock.now().monotonic_ms + round(seconds * 1000)

    def wake(self) -> None:
        """End the pause under way, or the next one."""
        with self._condition:
            self._woken = True
            self._condition.notify_all()

    def end(self) -> None:
        """Pause no more."""
        with self._condition:
            self.is_over = True
            self._condition.notify_all()

    def next_due_s(self) -> float | None:
        """Seconds until the pause under way is over, ``None`` when none is."""
        with self._condition:
            due_ms = self._next_due_ms
        return None if due_ms is None else max(0.0, (due_ms - self._clock.now().monotonic_ms) / 1000)

    def sleep(self, seconds: float) -> bool:
        """Pause; False when it is time to end."""
        until_ms = self._clock.now().monotonic_ms + round(seconds * 1000)
        with self._condition:
            self._next_due_ms = until_ms
            while not self.is_over:
                now_ms = self._clock.now().monotonic_ms
                if self._woken:
                    until_ms = min(until_ms, max(now_ms, self._ordered_until_ms))
                    self._next_due_ms = until_ms
                if now_ms >= until_ms:
                    break
                self._condition.wait((until_ms - now_ms) / 1000)
            self._woken = False
            self._next_due_ms = None
            return not self.is_over
