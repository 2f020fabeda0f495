"""Faults that have been ordered and not yet been used up."""

from __future__ import annotations

import threading

_WITHOUT_END = -1


class FaultBook:
    """Which faults are due, and how often still. Safe from any thread; faults are named by text, usually of an enum."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[str, int] = {}

    def inject(self, fault: str, times: int | None = None) -> None:
        """Let ``fault`` happen the next ``times`` times; ``None`` means until ``clear``, 0 that it is over."""
        with self._lock:
            self._left.pop(fault, None)
            if times != 0:
                self._left[fault] = _WITHOUT_END if times is None else times

    def takes(self, fault: str) -> bool:
        """True when the fault is due now; counts it down."""
        with self._lock:
            left = self._left.get(fault, 0)
            if left == 1:
                del self._left[fault]
            elif left > 1:
                self._left[fault] = left - 1
            return left != 0

    def is_on(self, fault: str) -> bool:
        """True when the fault is due; does not count."""
        with self._lock:
            return fault in self._left

    def clear(self) -> None:
        """Nothing is to go wrong any more."""
        with self._lock:
            self._left.clear()
