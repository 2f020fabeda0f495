"""Reading and writing of one non-blocking descriptor, as serial terminals and TCP connections share it."""

from __future__ import annotations

import math
import os
import select

from drivers.errors import Disconnected, Stalled
from drivers.types import Deadline

_WRITE_BYTES = 4096
_WRITE_PATIENCE_S = 0.05
"""So much longer than the line needs may it take; who has more time tries again, for only the caller knows how long."""
_AGAIN_S = 0.002
_BITS_PER_BYTE = 10


def read_available(url: str, descriptor: int, limit: int, wait_s: float) -> bytes:
    """Wait at most ``wait_s`` for a byte, then take what is there, at most ``limit``; ``Disconnected`` at the end of the stream.

    Raises ``OSError`` when the descriptor is closed.
    """
    if not _is_ready(descriptor, select.POLLIN, wait_s):
        return b""
    try:
        received = os.read(descriptor, limit)
    except BlockingIOError:
        return b""  # another reader was faster
    if not received:
        raise Disconnected(url, "has gone away (end of the stream)")
    return received


def write_all(url: str, descriptor: int, data: bytes, baudrate: int) -> None:
    """Hand all bytes to the kernel; raises ``Stalled`` when it does not take them in a moment more than the line needs.

    Raises ``OSError`` when the line has gone.
    """
    written = 0
    patience = Deadline(_WRITE_PATIENCE_S + len(data) * _BITS_PER_BYTE / baudrate)
    while written < len(data):
        if not _is_ready(descriptor, select.POLLOUT, patience.remaining_s):
            raise Stalled(url, "takes no bytes", written)
        try:
            written += os.write(descriptor, data[written : written + _WRITE_BYTES])
        except BlockingIOError:
            patience.sleep(_AGAIN_S)  # room for a few bytes only
            if patience.is_over:
                raise Stalled(url, "takes no bytes", written) from None


def _is_ready(descriptor: int, event: int, wait_s: float) -> bool:
    poll = select.poll()
    poll.register(descriptor, event)
    return bool(poll.poll(math.ceil(wait_s * 1000)))
