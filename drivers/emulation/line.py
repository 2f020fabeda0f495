"""The peer's end of an emulated line, and what a peer is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

_BITS_PER_BYTE = 10
"""8N1: a start bit, eight data bits, a stop bit."""
_CHUNK_BYTES = 16
"""A UART hands its bytes over in portions of this size, its FIFO's."""


class Pace:
    """Lets bytes pass at the speed of a serial line, by due times that do not drift."""

    def __init__(self, baudrate: int | None, stopping: threading.Event) -> None:
        """``None``: no limit. A set ``stopping`` ends every wait."""
        self._baudrate = baudrate
        self._stopping = stopping
        self._free_at_s = 0.0

    def portions(self, data: bytes) -> list[bytes]:
        """``data`` in the pieces in which the line delivers it."""
        if self._baudrate is None:
            return [data]
        return [data[start : start + _CHUNK_BYTES] for start in range(0, len(data), _CHUNK_BYTES)]

    def begin(self) -> None:
        """A new burst of bytes: it starts now, or when the line is free. Within a burst a late wake-up is caught up."""
        self._free_at_s = max(self._free_at_s, time.monotonic())

    def wait(self, count: int) -> None:
        """Return when ``count`` more bytes have passed the line."""
        if self._baudrate is None:
            return
        self._free_at_s += count * _BITS_PER_BYTE / self._baudrate
        self._stopping.wait(max(0.0, self._free_at_s - time.monotonic()))


class Link:
    """The peer's end of the line: send bytes, or hang up. Safe from any thread."""

    def __init__(self, write: Callable[[bytes], None], hang_up: Callable[[], None], pace: Pace | None = None) -> None:
        self._write = write
        self._hang_up = hang_up
        self._pace = pace
        self._lock = threading.Lock()

    def send(self, data: bytes) -> None:
        """Send; bytes for a client that has just left are dropped, as on a real line."""
        with self._lock:
            try:
                if self._pace:
                    self._pace.begin()
                for portion in self._pace.portions(data) if self._pace else [data]:
                    if self._pace:
                        self._pace.wait(len(portion))
                    self._write(portion)
            except OSError:
                return

    def hang_up(self) -> None:
        """Cut the line, as if the cable had been pulled and put back."""
        self._hang_up()


class Peer(Protocol):
    """An emulated device."""

    def connected(self, link: Link) -> None:
        """A client is there. Called on the host's thread."""
        ...

    def received(self, data: bytes) -> None:
        """Bytes from the client, in whatever pieces the line made of them."""
        ...

    def disconnected(self) -> None:
        """The client has gone."""
        ...


class Host(Protocol):
    """What puts a peer on a line."""

    @property
    def url(self) -> str:
        """For the driver's settings; the same after a replug."""
        ...

    def unplug(self, seconds: float | None = None) -> None:
        """Take the device off the line; it comes back after ``seconds``, or with ``plug``."""
        ...

    def plug(self) -> None:
        """Put the device back on the line."""
        ...

    def stop(self) -> None:
        """Take the device off the line for good; may be called twice."""
        ...
