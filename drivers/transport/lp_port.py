"""A printer at the kernel's ``usblp`` (``/dev/usb/lp0``) as a line.

Unlike a serial port it may refuse bytes while the printer is offline, and a read of nothing is no end of file.
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
from types import TracebackType

from drivers.errors import Disconnected, Stalled
from drivers.transport.printer_line import LineStatus, of_byte
from drivers.types import Deadline

_READ_BYTES = 4096
_WRITE_BYTES = 4096
_POLL_S = 0.03
_WRITE_PATIENCE_S = 0.05
"""Who has more tries again: only the caller knows how long."""
_NOTHING_S = 0.002
_HIGH_BAUDRATE = 12_000_000
_LPGETSTATUS = 0x060B
_NOT_NOW = frozenset({errno.EAGAIN, errno.EINTR, errno.EBUSY, errno.ENOSPC})
"""ENOSPC: out of paper, where ``LPABORT`` is set. Worth another try while there is patience."""
_NO_WAY_BACK = errno.EINVAL
"""What ``usblp`` answers to a read from a printer that can only be written to."""


class LpPort:
    """An open ``Port``, with the printer's status lines. Failures of the device are ``Disconnected``."""

    def __init__(self, url: str, baudrate: int = _HIGH_BAUDRATE) -> None:  # noqa: ARG002 - as every ``Port``
        """Open the device file ``url`` at once; raises ``Disconnected``. ``baudrate`` means nothing here."""
        self.url = url
        self.baudrate = _HIGH_BAUDRATE
        self._rest = bytearray()
        self._descriptor: int | None = None
        try:
            self._descriptor = os.open(url, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        except (OSError, ValueError) as error:
            raise Disconnected(url, f"cannot be opened ({error})") from error

    def write(self, data: bytes) -> None:
        """Hand all bytes to the kernel; raises ``Stalled`` when the printer takes none for a moment."""
        written = 0
        patience = Deadline(_WRITE_PATIENCE_S)
        while written < len(data):
            some = self._write_some(data[written : written + _WRITE_BYTES])
            written += some
            if some:
                patience = Deadline(_WRITE_PATIENCE_S)
            elif patience.is_over:
                raise Stalled(self.url, "takes no bytes", written)
            else:
                self._wait(select.POLLOUT, patience.remaining_s)

    def read(self, count: int, deadline: Deadline) -> bytes:
        """Read ``count`` bytes, fewer when the deadline comes first."""
        while len(self._rest) < count and not deadline.is_over:
            self._receive(min(_POLL_S, deadline.remaining_s))
        return self._take(count)

    def read_available(self, limit: int, wait_s: float) -> bytes:
        """Wait at most ``wait_s`` for the first byte, then take what is there, at most ``limit`` bytes."""
        deadline = Deadline(wait_s)
        self._receive(0.0)
        while not self._rest and not deadline.is_over:
            self._receive(min(_POLL_S, deadline.remaining_s))
        return self._take(limit)

    def flush_input(self) -> None:
        """Forget everything received so far."""
        limit = Deadline(_POLL_S * 5)
        while self._receive(0.0) and not limit.is_over:
            self._rest.clear()
        self._rest.clear()

    def line_status(self) -> LineStatus | None:
        """The ioctl LPGETSTATUS; ``None`` where the printer does not answer it."""
        answer = bytearray(4)
        try:
            fcntl.ioctl(self._open_descriptor(), _LPGETSTATUS, answer)
        except OSError:
            return None  # not known to it, or gone: the next read tells
        return of_byte(int.from_bytes(answer, "little"))

    def close(self) -> None:
        """Let go of the device; may be called twice."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def __enter__(self) -> LpPort:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _open_descriptor(self) -> int:
        if self._descriptor is None:
            raise Disconnected(self.url, "is closed")
        return self._descriptor

    def _write_some(self, part: bytes) -> int:
        try:
            return os.write(self._open_descriptor(), part)
        except OSError as error:
            if error.errno in _NOT_NOW:
                return 0
            raise Disconnected(self.url, f"cannot be written ({error})") from error

    def _receive(self, wait_s: float) -> bool:
        """Add what comes within ``wait_s`` to the rest; False when nothing did."""
        has_hung_up = self._wait(select.POLLIN, wait_s)
        try:
            data = os.read(self._open_descriptor(), _READ_BYTES)
        except OSError as error:
            if error.errno not in _NOT_NOW and error.errno != _NO_WAY_BACK:
                raise Disconnected(self.url, f"has gone away ({error})") from error
            data = b""
        self._rest += data
        if not data and has_hung_up:
            raise Disconnected(self.url, "has gone away")
        if not data:  # poll may call an empty packet readable: without a pause this would spin
            Deadline(wait_s).sleep(_NOTHING_S)
        return bool(data)

    def _wait(self, event: int, wait_s: float) -> bool:
        """Until the device is ready, or has gone (then True), or the time is over."""
        poller = select.poll()
        poller.register(self._open_descriptor(), event)
        return any(told & (select.POLLHUP | select.POLLNVAL) for _, told in poller.poll(max(0, round(wait_s * 1000))))

    def _take(self, count: int) -> bytes:
        taken = bytes(self._rest[:count])
        del self._rest[:count]
        return taken
