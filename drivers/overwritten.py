"""Memory for pictures of people: it is filled with zeros at the moment its last user lets go of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drivers.types import Image


class _OverwrittenBytes(bytearray):
    """Bytes that zero themselves; numpy keeps them alive as long as any view of the picture lives."""

    def __del__(self) -> None:
        self[:] = bytes(len(self))


def overwritten_picture(shape: tuple[int, ...]) -> Image:
    """A new picture of this shape, all zeros, whose memory is zeroed again before it is freed."""
    count = int(np.prod(shape))
    return np.frombuffer(_OverwrittenBytes(count), dtype=np.uint8).reshape(shape)


def overwritten_copy(picture: NDArray[np.uint8]) -> Image:
    """A private copy of ``picture`` in such memory."""
    copy = overwritten_picture(picture.shape)
    copy[...] = picture
    return copy
