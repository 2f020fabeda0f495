"""The platform's time, learned from its answers: trusted order without trusting this machine's wall clock."""

from __future__ import annotations

import threading
from collections.abc import Callable

from offline_queue.clock import Clock, Stamp

_PLAUSIBLE_FROM_MS = 1_577_836_800_000  # 2020-01-01
_PLAUSIBLE_UNTIL_MS = 4_102_444_800_000  # 2100-01-01
_WORTH_STORING_MS = 1_000
DOUBTFUL_MS = 300_000
_HEARD_EVERY_MS = 3_600_000
_LONGEST_SILENCE_MS = 400 * 86_400_000
"""A machine may have stood in a depot for a year; a clock that shows more has jumped."""


class PlatformTime:
    """How far the platform's clock is from ours. In a boot it hangs on the monotonic one, so wall clock jumps do no harm."""

    def __init__(
        self,
        clock: Clock,
        stored_offset_ms: int | None = None,
        store: Callable[[int, int], None] | None = None,
        last_heard_ms: int | None = None,
    ) -> None:
        """``store`` keeps a changed offset (platform minus wall clock) and the platform's last time over a restart."""
        self._clock = clock
        self._store = store
        self._last_heard_ms = last_heard_ms
        self._lock = threading.Lock()
        self._stored_offset_ms = stored_offset_ms
        self._monotonic_offset: tuple[str, int] | None = None

    def learn(self, platform_ms: int, sent: Stamp, received: Stamp) -> None:
        """Take in the time an answer carried; half the round trip is given to the way back. Implausible times are ignored."""
        if not _PLAUSIBLE_FROM_MS <= platform_ms <= _PLAUSIBLE_UNTIL_MS or sent.boot_id != received.boot_id:
            return
        middle_ms = (sent.monotonic_ms + received.monotonic_ms) // 2
        wall_offset_ms = platform_ms + (received.monotonic_ms - middle_ms) - received.wall_ms
        with self._lock:
            self._monotonic_offset = (received.boot_id, platform_ms - middle_ms)
            known = self._stored_offset_ms
            drifted = known is None or abs(wall_offset_ms - known) > _WORTH_STORING_MS
            heard = self._last_heard_ms
            worth_storing = drifted or heard is None or abs(platform_ms - heard) > _HEARD_EVERY_MS
            if worth_storing:
                self._stored_offset_ms, self._last_heard_ms = wall_offset_ms, platform_ms
        if worth_storing and self._store:
            self._store(wall_offset_ms, platform_ms)

    def now_ms(self, now: Stamp | None = None) -> int:
        """The platform's time as far as known here; our own wall clock when nothing was ever learned."""
        now = now or self._clock.now()
        offset = self.offset_ms(now)
        return now.wall_ms + (offset or 0)

    def offset_ms(self, now: Stamp | None = None) -> int | None:
        """Platform time minus wall clock, ``None`` when never learned."""
        now = now or self._clock.now()
        with self._lock:
            if self._monotonic_offset and self._monotonic_offset[0] == now.boot_id:
                return self._monotonic_offset[1] + now.monotonic_ms - now.wall_ms
            return self._stored_offset_ms

    def doubt(self, now: Stamp | None = None) -> str:
        """Why no date should be written by this clock, in words; empty when it can be believed.

        Once the platform was heard in this boot, its time goes on by the monotonic clock, whatever the wall clock does. Before
        that, the wall clock must not stand before the platform's last word, nor far behind it in the future.
        """
        now = now or self._clock.now()
        with self._lock:
            if self._monotonic_offset and self._monotonic_offset[0] == now.boot_id:
                return ""
            last_heard_ms = self._last_heard_ms
        told_ms = self.now_ms(now)
        if last_heard_ms is None:
            return "" if _PLAUSIBLE_FROM_MS <= now.wall_ms <= _PLAUSIBLE_UNTIL_MS else "the clock shows an impossible year"
        if told_ms < last_heard_ms - DOUBTFUL_MS:
            return f"the clock stands {(last_heard_ms - told_ms) // 60_000} min before the platform's last word"
        if told_ms > last_heard_ms + _LONGEST_SILENCE_MS:
            return f"the clock stands {(told_ms - last_heard_ms) // 86_400_000} days after the platform's last word"
        return ""

    def is_doubtful(self) -> bool:
        """True when our wall clock is minutes off, or was never compared with the platform's."""
        offset = self.offset_ms()
        return offset is None or abs(offset) > DOUBTFUL_MS
