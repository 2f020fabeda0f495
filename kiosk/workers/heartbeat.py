"""Heartbeats on a thread of their own, as often as the platform wishes."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable

from contract.kiosks import HeartbeatAnswer
from offline_queue.clock import Clock, SystemClock
from offline_queue.pause import Pause
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
        self._pause = Pause(clock or SystemClock())
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, with a heartbeat almost at once. A loop runs once in its life."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="heartbeat")
            self._thread.start()

    def wake(self) -> None:
        """Report now: the network may have come back. Safe from any thread."""
        self._pause.wake()

    def stop(self, timeout_s: float) -> bool:
        """End after the request under way; True when the thread is gone. Safe to repeat."""
        self._pause.end()
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def next_due_s(self) -> float | None:
        """Seconds until the next heartbeat; ``None`` while one is sent, or before the start."""
        return self._pause.next_due_s()

    def _run(self) -> None:
        pause_s = _FIRST_S
        while self._pause.sleep(pause_s):
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
        self._pause.order(ordered_s)
        return heartbeat_pause_s(answer, self._usual_s, self._uniform)
