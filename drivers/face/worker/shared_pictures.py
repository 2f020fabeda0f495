"""Anonymous memory that terminal and worker share: room for the reference, a camera picture, and an infrared one.

It has no name in any file system, is known by its file descriptor alone, is left out of core dumps, and is zeroed after each
check. Rooms cost memory only while something lies in them.
"""

from __future__ import annotations

import contextlib
import math
import mmap
import os
from enum import Enum

import numpy as np

from drivers.overwritten import overwritten_copy
from drivers.types import Image

_REFERENCE_BYTES = 3 * 50_000_000
"""As large as the engines take a still picture (``finding.is_picture``)."""
_CAMERA_BYTES = 3 * 3840 * 2160
_PAGE = mmap.PAGESIZE


class Room(Enum):
    """Where a picture lies, with the first byte and the size."""

    REFERENCE = (0, _REFERENCE_BYTES)
    CAMERA = (_REFERENCE_BYTES, _CAMERA_BYTES)
    INFRARED = (_REFERENCE_BYTES + _CAMERA_BYTES, _CAMERA_BYTES)


_TOTAL_BYTES = math.ceil((_REFERENCE_BYTES + 2 * _CAMERA_BYTES) / _PAGE) * _PAGE


class SharedPictures:
    """One side's view of that memory. Used by one thread."""

    def __init__(self, descriptor: int | None = None) -> None:
        """Open the memory of ``descriptor``, which is taken over; make a new one without."""
        if descriptor is None:
            descriptor = os.memfd_create("oueban-face", os.MFD_CLOEXEC)
            os.ftruncate(descriptor, _TOTAL_BYTES)
        self.descriptor = descriptor
        self._map = mmap.mmap(descriptor, _TOTAL_BYTES)
        self._map.madvise(mmap.MADV_DONTDUMP)
        self._used = dict.fromkeys(Room, 0)

    def put(self, room: Room, picture: Image) -> tuple[int, ...] | None:
        """Lay a copy of ``picture`` into ``room``; returns its shape there, ``None`` when there is no room for it.

        A camera picture that is too large is thinned out: every second, third … pixel.
        """
        begin, size = room.value
        if picture.dtype != np.uint8 or picture.ndim not in (2, 3) or picture.size == 0:
            return None
        if picture.size > size:
            if room is Room.REFERENCE:
                return None
            step = math.ceil(math.sqrt(picture.size / size))
            picture = picture[::step, ::step]
        # What an earlier, larger picture left behind lies beyond this one, and is zeroed at the end.
        self._used[room] = max(self._used[room], picture.size)
        self._view(begin, picture.shape)[...] = picture
        return picture.shape

    def take(self, room: Room, shape: tuple[int, ...]) -> Image:
        """A copy of what lies in ``room``, in memory that zeroes itself; raises ``ValueError`` for a shape that cannot be."""
        begin, size = room.value
        count = math.prod(shape)
        if len(shape) not in (2, 3) or not 0 < count <= size or min(shape) < 1:
            raise ValueError("no picture can have this shape")
        self._used[room] = max(self._used[room], count)
        return overwritten_copy(self._view(begin, shape))

    def wipe(self) -> None:
        """Zero what was put or taken here, and give its memory back."""
        for room, count in self._used.items():
            if count:
                begin = room.value[0]
                self._view(begin, (count,)).fill(0)
                self._used[room] = 0
        with contextlib.suppress(OSError):  # locked pages cannot be given back; zeroed they are
            self._map.madvise(mmap.MADV_REMOVE)

    def close(self) -> None:
        """Zero it and let go of it; may be called twice."""
        if not self._map.closed:
            self.wipe()
            self._map.close()
            os.close(self.descriptor)

    def _view(self, begin: int, shape: tuple[int, ...]) -> Image:
        return np.frombuffer(self._map, np.uint8, math.prod(shape), begin).reshape(shape)
