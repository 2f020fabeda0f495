"""The one frame a camera holds: the newest. Also notices pictures that no longer change, and black ones."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from drivers.types import Deadline, Frame, Image

_CANCEL_POLL_S = 0.05
"""Longest single wait, so that a cancelled deadline is noticed soon."""
_BLACK_BELOW = 12
"""Mean brightness under which nobody could be seen; a covered lens gives about 0 to 5."""
_SAMPLE_STEP_PX = 16


class NewestFrame:
    """Hands the newest frame from the reader thread to any number of waiting threads.

    ``put`` takes pictures whose memory zeroes itself when let go (``drivers.overwritten``), so what is dropped here is gone.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._closed = True
        self._sequence = 0
        self._changed_at_s = 0.0
        self._lit_at_s = 0.0

    def open(self) -> None:
        """Allow waiting; the ages of "changed" and "lit" begin now."""
        with self._changed:
            self._closed = False
            self._changed_at_s = self._lit_at_s = self._clock()

    def put(self, picture: Image) -> None:
        """Make ``picture`` the newest frame; it must not be written to afterwards."""
        now_s = self._clock()
        picture.flags.writeable = False
        is_lit = float(picture[::_SAMPLE_STEP_PX, ::_SAMPLE_STEP_PX].mean()) >= _BLACK_BELOW
        with self._changed:
            # A real sensor always has noise: equal bytes mean that somewhere an old picture is repeated.
            if self._frame is None or not np.array_equal(self._frame.image, picture):
                self._changed_at_s = now_s
            if is_lit:
                self._lit_at_s = now_s
            self._sequence += 1
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
    def unchanged_for_s(self) -> float:
        """Seconds since the last frame that differed from the one before it (or since ``open``)."""
        with self._changed:
            return self._clock() - self._changed_at_s

    @property
    def black_for_s(self) -> float:
        """Seconds since the last frame in which anything could be seen (or since ``open``)."""
        with self._changed:
            return self._clock() - self._lit_at_s

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
