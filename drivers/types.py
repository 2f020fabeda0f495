"""Types shared by all drivers: video frames and deadlines."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""Picture of shape (height, width, 3) in B, G, R order or (height, width) in grey, 0..255."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One camera picture. ``image`` is BGR and must be treated as read-only; it never leaves memory."""

    image: Image = field(repr=False)
    taken_at_s: float
    """``time.monotonic()`` at the moment the picture arrived."""
    sequence: int
    """Counts up by one for each frame of this camera; a gap means frames were skipped on purpose."""


class Deadline:
    """A point on the monotonic clock, with an optional way to give up before it.

    Blocking driver calls take one; they return promptly (within one device poll) after ``cancel()``.
    """

    __slots__ = ("_at_s", "_cancelled")

    def __init__(self, seconds: float) -> None:
        self._at_s = time.monotonic() + seconds
        self._cancelled = threading.Event()

    @property
    def remaining_s(self) -> float:
        """Seconds left, 0.0 when over or cancelled."""
        return 0.0 if self._cancelled.is_set() else max(0.0, self._at_s - time.monotonic())

    @property
    def is_over(self) -> bool:
        """True when the time has passed or ``cancel()`` was called."""
        return self.remaining_s <= 0.0

    @property
    def is_cancelled(self) -> bool:
        """True when somebody called ``cancel()``, whatever the time."""
        return self._cancelled.is_set()

    def within(self, seconds: float) -> Deadline:
        """For a part of the work: so many seconds from now, over with this deadline at the latest, and cancelled with it."""
        part = Deadline(min(seconds, self.remaining_s))
        part._cancelled = self._cancelled
        return part

    def cancel(self) -> None:
        """Make the deadline be over now; safe from any thread."""
        self._cancelled.set()

    def sleep(self, seconds: float) -> None:
        """Wait at most ``seconds``, less when the deadline ends or is cancelled first."""
        self._cancelled.wait(min(seconds, self.remaining_s))
