"""Reading and writing of one non-blocking descriptor, as serial terminals and TCP connections share it."""

from __future__ import annotations

import math
import os
import select

from drivers.errors import Disconnected, Stalled

_WRITE_BYTES = 4096
_WRITE_PATIENCE_S = 0.05
"""So long may no byte be taken at all; who has more time tries again, for only the caller knows how long."""


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


def write_all(url: str, descriptor: int, data: bytes) -> None:
    """Hand all bytes to the kernel; raises ``Stalled`` when it takes none for a moment, ``OSError`` when the line has gone."""
    written = 0
    while written < len(data):
        if not _is_ready(descriptor, select.POLLOUT, _WRITE_PATIENCE_S):
            raise Stalled(url, "takes no bytes", written)
        try:
            written += os.write(descriptor, data[written : written + _WRITE_BYTES])
        except BlockingIOError:
            continue  # room for less than a byte's worth of the driver's portions: ask again


def _is_ready(descriptor: int, event: int, wait_s: float) -> bool:
    poll = select.poll()
    poll.register(descriptor, event)
    return bool(poll.poll(math.ceil(wait_s * 1000)))
