"""呼叫工作人员: a resident at the machine wants somebody to come. The platform is told, and the keeper sees it there."""

from __future__ import annotations

import threading
from collections.abc import Callable

STANDS_S = 900.0
"""A call that nobody has answered after so long is no news any more."""


class StaffCall:
    """The last call, and whether the platform knows of it. Safe from any thread."""

    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        self._monotonic_s = monotonic_s
        self._lock = threading.Lock()
        self._called_at_s: float | None = None
        self._told = True

    def call(self) -> None:
        """Somebody has called; a call that stands already is not made older."""
        with self._lock:
            self._called_at_s, self._told = self._monotonic_s(), False

    def age_s(self) -> float | None:
        """How long ago; ``None`` without a call that still stands."""
        with self._lock:
            if self._called_at_s is None:
                return None
            age_s = self._monotonic_s() - self._called_at_s
            if age_s > STANDS_S:
                self._called_at_s, self._told = None, True
                return None
            return age_s

    def answered(self, reached: bool) -> bool | None:
        """A report with the call in it has reached the platform or not: what to tell the caller; ``None`` when that is known."""
        with self._lock:
            if self._told:
                return None
            self._told = reached
            return reached
