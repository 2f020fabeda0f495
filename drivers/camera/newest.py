"""The one frame a camera holds: the newest. Also notices pictures that no longer change, and dark, covered and torn ones."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

import numpy as np

from drivers.camera.sight import glance, is_torn
from drivers.types import Deadline, Frame, Image

_CANCEL_POLL_S = 0.05
"""Longest single wait, so that a cancelled deadline is noticed soon."""
_RATE_FROM, _RATE_OVER = 10, 45
"""Frames over which the rate is measured, at least and at most."""


class NewestFrame:
    """Hands the newest frame from the reader thread to any number of waiting threads.

    ``put`` takes pictures whose memory zeroes itself when let go (``drivers.overwritten``), so what is dropped here is gone.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, drops_torn: bool = False) -> None:
        """``drops_torn``: for sources that code each picture by itself; see ``sight.is_torn``."""
        self._clock = clock
        self._drops_torn = drops_torn
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._closed = True
        self._sequence = 0
        self._changed_at_s = self._lit_at_s = self._uncovered_at_s = self._whole_at_s = 0.0
        self._arrivals_s: deque[float] = deque(maxlen=_RATE_OVER)

    def open(self) -> None:
        """Allow waiting; all ages begin now."""
        with self._changed:
            self._closed = False
            self._arrivals_s.clear()
            self._changed_at_s = self._lit_at_s = self._uncovered_at_s = self._whole_at_s = self._clock()

    def put(self, picture: Image) -> None:
        """Make ``picture`` the newest frame; it must not be written to afterwards. A torn one is dropped."""
        now_s = self._clock()
        picture.flags.writeable = False
        sight = glance(picture)
        with self._changed:
            before = self._frame.image if self._frame is not None else None
            if self._drops_torn and before is not None and is_torn(before, picture):
                self._changed_at_s = now_s  # something does arrive
                return
            # A real sensor always has noise: equal bytes mean that somewhere an old picture is repeated.
            if before is None or not np.array_equal(before, picture):
                self._changed_at_s = now_s
            self._whole_at_s = now_s
            if not sight.is_black:
                self._lit_at_s = now_s
            if not sight.is_covered:
                self._uncovered_at_s = now_s
            self._sequence += 1
            self._arrivals_s.append(now_s)
            self._frame = Frame(picture, now_s, self._sequence)
            self._changed.notify_all()

    def get(self) -> Frame | None:
        """The newest frame, if any."""
        with self._changed:
            return self._frame

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        """Wait for a frame newer than ``than``; ``None`` when the deadline or the end of the camera came first."""
        seen = than.sequence if than is not None else 0
        with self._changed:
            while not self._closed:
                if self._frame is not None and self._frame.sequence > seen:
                    return self._frame
                if deadline.is_over:
                    return None
                self._changed.wait(min(_CANCEL_POLL_S, deadline.remaining_s))
        return None

    @property
    def frames_per_s(self) -> float:
        """As measured over the last frames; 0.0 while there are too few."""
        with self._changed:
            if len(self._arrivals_s) < _RATE_FROM:
                return 0.0
            return (len(self._arrivals_s) - 1) / max(1e-3, self._arrivals_s[-1] - self._arrivals_s[0])

    @property
    def unchanged_for_s(self) -> float:
        """Seconds since the last frame that differed from the one before it (or since ``open``)."""
        with self._changed:
            return self._clock() - self._changed_at_s

    @property
    def black_for_s(self) -> float:
        """Seconds since the last frame in which anything could be seen (or since ``open``)."""
        with self._changed:
            return self._clock() - self._lit_at_s

    @property
    def covered_for_s(self) -> float:
        """Seconds since the last frame in which nothing lay on the lens (or since ``open``)."""
        with self._changed:
            return self._clock() - self._uncovered_at_s

    @property
    def torn_for_s(self) -> float:
        """Seconds since the last whole frame (or since ``open``)."""
        with self._changed:
            return self._clock() - self._whole_at_s

    def drop(self) -> None:
        """Overwrite and forget the frame held; waiting goes on for the next one."""
        with self._changed:
            self._forget()

    def close(self) -> None:
        """Overwrite and forget the frame held, and wake all who wait."""
        with self._changed:
            self._closed = True
            self._forget()
            self._changed.notify_all()

    def _forget(self) -> None:
        frame, self._frame = self._frame, None
        if frame is not None:
            frame.image.flags.writeable = True
            frame.image.fill(0)
