"""One thread for all supervisors that notices when a driver does not come back, also while nobody waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable

_TICK_S = 0.5
_JOIN_S = 5.0


class Watchdog:
    """Calls every check so often; has a thread only while there is something to check."""

    def __init__(self, tick_s: float = _TICK_S) -> None:
        self._tick_s = tick_s
        self._lock = threading.Lock()
        self._checks: tuple[Callable[[], None], ...] = ()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, check: Callable[[], None]) -> None:
        """Begin to call ``check``; it must be quick and must not raise."""
        with self._lock:
            self._checks = (*self._checks, check)
            if self._thread is None:
                self._ended = threading.Event()
                self._thread = threading.Thread(target=self._run, args=(self._ended,), name="device watchdog", daemon=True)
                self._thread.start()

    def remove(self, check: Callable[[], None]) -> None:
        """Call ``check`` no more; the thread ends with the last one. Does nothing for one that was never added."""
        with self._lock:
            self._checks = tuple(known for known in self._checks if known != check)
            if self._checks or self._thread is None:
                return
            thread, self._thread = self._thread, None
            self._ended.set()
        if thread is not threading.current_thread():
            thread.join(_JOIN_S)

    def _run(self, ended: threading.Event) -> None:
        while not ended.wait(self._tick_s):
            for check in self._checks:
                check()


SHARED = Watchdog()
"""The one that supervisors use unless they are given another."""
