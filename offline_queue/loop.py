"""Passes of the sync on a thread of their own: at once when there is reason, with patience when there is none.

The pause between passes is the longest of what the platform ordered and our backoff after failures; without failures it is until
the next waiting case is due, or until progress is worth asking for. ``wake`` cuts short our own pauses, never an ordered one.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from contextlib import suppress

from offline_queue.clock import Clock, SystemClock
from offline_queue.errors import KnownError
from offline_queue.pause import Pause
from offline_queue.policy import Failure, FailureKind, backoff_s, poll_pause_s
from offline_queue.store import Outbox
from offline_queue.sync import Syncer, SyncReport

_log = logging.getLogger(__name__)
_SHORTEST_PAUSE_S = 0.2


class SyncLoop:
    """Owns the thread. Subscribers are called on it after every pass."""

    def __init__(
        self,
        outbox: Outbox,
        syncer: Syncer,
        *,
        clock: Clock | None = None,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._outbox = outbox
        self._syncer = syncer
        self._uniform = uniform
        self._pause = Pause(clock or SystemClock())
        self._subscribers: list[Callable[[SyncReport], None]] = []
        self._thread: threading.Thread | None = None
        self._failures = 0
        self._quiet_polls = 0
        self.last_report: SyncReport | None = None
        syncer.stop_when(lambda: self._pause.is_over)

    def subscribe(self, callback: Callable[[SyncReport], None]) -> None:
        """Call ``callback`` after every pass, on the loop's thread. To be done before ``start``."""
        self._subscribers.append(callback)

    def start(self) -> None:
        """Begin, with a pass at once. A loop runs once in its life."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="case-sync")
            self._thread.start()

    def wake(self) -> None:
        """Run a pass now: a case was committed, or the network came back. Safe from any thread."""
        self._pause.wake()

    def stop(self, timeout_s: float = 100.0) -> bool:
        """End after the request under way; True when the thread is gone. Safe to repeat."""
        self._pause.end()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout_s)
            return not self._thread.is_alive()
        return True

    def next_due_s(self) -> float | None:
        """Seconds until the next pass; ``None`` while one runs, or before the start."""
        return self._pause.next_due_s()

    def _run(self) -> None:
        while not self._pause.is_over:
            report = self._one_pass()
            self.last_report = report
            pause_s = self._pause_s(report)
            for subscriber in self._subscribers:
                subscriber(report)
            self._pause.sleep(pause_s)

    def _one_pass(self) -> SyncReport:
        try:
            return self._syncer.run_once()
        except KnownError as error:
            _log.warning("sync: the store failed: %s", error)
            return SyncReport(failure=Failure(FailureKind.TEMPORARY, f"store_{error.code}"))
        except Exception:  # noqa: BLE001 - a bug in one pass must not end all sending; it is logged and tried again with backoff
            _log.exception("sync: a pass ended by a bug")
            return SyncReport(failure=Failure(FailureKind.TEMPORARY, "bug"))

    def _pause_s(self, report: SyncReport) -> float:
        if report.failure is not None:
            self._failures += 1
            ordered_s = report.failure.retry_after_s or 0.0
            self._pause.order(ordered_s)
            return max(_SHORTEST_PAUSE_S, ordered_s, backoff_s(self._failures, self._syncer.settings, self._uniform))
        self._failures = 0
        self._pause.order(0)
        self._quiet_polls = 0 if report.changed else self._quiet_polls + 1
        pauses = [self._syncer.settings.idle_s]
        with suppress(KnownError):  # a failing store shows itself in the next pass
            due_s = self._outbox.next_due_s()
            pauses += [due_s] if due_s is not None else []
            if self._outbox.awaits_progress():
                pauses.append(poll_pause_s(self._quiet_polls, self._syncer.settings))
        return max(_SHORTEST_PAUSE_S, min(pauses))
