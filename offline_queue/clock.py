"""Time as the queue sees it: a wall clock for people, a monotonic clock of this boot for everything that counts."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import uuid4

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Stamp:
    """One moment by all clocks of the machine, in milliseconds. ``monotonic_ms`` compares only within one ``boot_id``."""

    wall_ms: int
    boot_id: str
    monotonic_ms: int


class Clock(Protocol):
    """Source of time; tests bring their own."""

    def now(self) -> Stamp:
        """This moment."""
        ...


class SystemClock:
    """The machine's clocks. The monotonic one goes on while the machine is suspended."""

    def __init__(self) -> None:
        try:
            self._boot_id = _BOOT_ID.read_text(encoding="ascii").strip()
        except OSError:
            # Without the kernel's word every start counts as a boot: leases lapse early, which is the safe side.
            self._boot_id = f"process-{uuid4()}"
        self._clock_id = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

    def now(self) -> Stamp:
        """This moment."""
        return Stamp(time.time_ns() // 1_000_000, self._boot_id, time.clock_gettime_ns(self._clock_id) // 1_000_000)


def elapsed_ms(since: Stamp, now: Stamp) -> int:
    """Milliseconds from ``since`` to ``now``, never negative; across boots only the wall clock can tell."""
    if since.boot_id == now.boot_id:
        return max(0, now.monotonic_ms - since.monotonic_ms)
    return max(0, now.wall_ms - since.wall_ms)
