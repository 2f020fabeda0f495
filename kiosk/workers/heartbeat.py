"""Heartbeats on a thread of their own, as often as the platform wishes."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable

from contract.kiosks import HeartbeatAnswer
from offline_queue.clock import Clock, SystemClock
from offline_queue.policy import Failure, FailureKind, heartbeat_pause_s

_log = logging.getLogger(__name__)
_FIRST_S = 1.0


class HeartbeatLoop:
    """Owns the thread, and calls ``beat`` on it for the platform's answer, or a failure; ``None`` when there is no platform yet.

    ``wake`` cuts short the pause the platform wished for and our own, never one it ordered by ``Retry-After``.
    """

    def __init__(
        self,
        beat: Callable[[], HeartbeatAnswer | Failure | None],
        usual_s: float,
        *,
        clock: Clock | None = None,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._beat, self._usual_s, self._uniform = beat, usual_s, uniform
        self._clock = clock or SystemClock()
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._woken = False
        self._ordered_until_ms = 0
        self._next_due_ms: int | None = None

    def start(self) -> None:
        """Begin, with a heartbeat almost at once. A loop runs once in its life."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="heartbeat")
            self._thread.start()

    def wake(self) -> None:
        """Report now: the network may have come back. Safe from any thread."""
        with self._condition:
            self._woken = True
            self._condition.notify_all()

    def stop(self, timeout_s: float) -> bool:
        """End after the request under way; True when the thread is gone. Safe to repeat."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def next_due_s(self) -> float | None:
        """Seconds until the next heartbeat; ``None`` while one is sent, or before the start."""
        with self._condition:
            due_ms = self._next_due_ms
        return None if due_ms is None else max(0.0, (due_ms - self._clock.now().monotonic_ms) / 1000)

    def _run(self) -> None:
        pause_s = _FIRST_S
        while self._sleep(pause_s):
            pause_s = self._pause_s(self._one_beat())

    def _one_beat(self) -> HeartbeatAnswer | Failure | None:
        try:
            return self._beat()
        except Exception:  # noqa: BLE001 - a bug in one report must not make the machine look dead; it is logged and tried again
            _log.exception("heartbeat: ended by a bug")
            return Failure(FailureKind.TEMPORARY, "bug")

    def _pause_s(self, answer: HeartbeatAnswer | Failure | None) -> float:
        if answer is None:
            return self._usual_s
        ordered_s = (answer.retry_after_s or 0.0) if isinstance(answer, Failure) else 0.0
        self._ordered_until_ms = self._clock.now().monotonic_ms + round(ordered_s * 1000)
        return heartbeat_pause_s(answer, self._usual_s, self._uniform)

    def _sleep(self, pause_s: float) -> bool:
        """False when it is time to stop."""
        now_ms = self._clock.now().monotonic_ms
        until_ms = now_ms + round(pause_s * 1000)
        with self._condition:
            self._next_due_ms = until_ms
            while not self._stopping:
                now_ms = self._clock.now().monotonic_ms
                if self._woken:
                    until_ms = min(until_ms, max(now_ms, self._ordered_until_ms))
                    self._next_due_ms = until_ms
                if now_ms >= until_ms:
                    break
                self._condition.wait((until_ms - now_ms) / 1000)
            self._woken = False
            self._next_due_ms = None
            return not self._stopping
