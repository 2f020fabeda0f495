"""A serial port, or what looks like one, with deadlines and typed errors.

Everything pyserial can open can be a port: ``/dev/serial/by-id/…``, ``rfc2217://``, ``loop://``, ``spy://`` …
"""

from __future__ import annotations

import errno
import fcntl
import termios
from types import TracebackType

import serial

from drivers.errors import Disconnected, HeldByAnother
from drivers.transport import descriptor
from drivers.types import Deadline

_LINK_FAILURES = (serial.SerialException, OSError, termios.error)
"""termios.error is no OSError, and pyserial 3.5 lets it through when a tty is gone at a flush."""

_IN_USE = frozenset({errno.EAGAIN, errno.EBUSY})
"""From the lock that pyserial asks for, and from terminals that were opened for one user only."""
_CLOSED = (*_LINK_FAILURES, TypeError, ValueError, AttributeError)
"""pyserial 3.5 has no descriptor any more when another thread has just closed the port, in one of several ways."""

_POLL_S = 0.05
"""Longest single wait inside a read, so that a cancelled deadline is noticed soon."""
_DRAIN_POLL_S = 0.002
_BITS_PER_BYTE = 10


_SHORT_BYTES = 64
"""Up to this many bytes nobody waits until they are out: a USB adapter can take longer to say so than the device to answer."""


class SerialPort:
    """An open port. Every failure of the link is ``Disconnected``; silence is an empty or short answer."""

    def __init__(self, url: str, baudrate: int = 115200) -> None:
        """Open ``url`` at once, 8N1, no flow control; raises ``Disconnected``, ``HeldByAnother`` while somebody else has it.

        Two readers of one terminal would each get half of every answer.
        """
        self.url = url
        self.baudrate = baudrate
        try:
            self._serial = serial.serial_for_url(url, baudrate=baudrate, timeout=_POLL_S, write_timeout=5.0, exclusive=True)
        except (*_LINK_FAILURES, ValueError) as error:
            if getattr(error, "errno", None) in _IN_USE:
                raise HeldByAnother(url, "is in use by another program") from error
            raise Disconnected(url, f"cannot be opened ({error})") from error
        self._is_bare = "://" not in url
        """The line is a terminal of the operating system; URLs of pyserial wrap something around it."""

    def write(self, data: bytes) -> None:
        """Hand all bytes to the operating system; raises ``Stalled`` when a terminal takes none for a moment."""
        try:
            if self._is_bare:
                descriptor.write_all(self.url, self._serial.fileno(), data, self.baudrate)
                if len(data) > _SHORT_BYTES:
                    self._wait_until_out(len(data))
            else:
                self._serial.write(data)
        except _CLOSED as error:
            raise Disconnected(self.url, f"cannot be written ({error})") from error

    def _wait_until_out(self, count: int) -> None:
        """Until the kernel has passed the bytes on, at most as long as the line needs: a plain drain would wait for ever on an
        adapter that takes none."""
        deadline = Deadline(count * _BITS_PER_BYTE / self.baudrate + _POLL_S)
        while self._serial.out_waiting and not deadline.is_over:
            deadline.sleep(_DRAIN_POLL_S)

    def read(self, count: int, deadline: Deadline) -> bytes:
        """Read ``count`` bytes, fewer when the deadline comes first."""
        received = bytearray()
        while len(received) < count and not deadline.is_over:
            received += self._read_some(count - len(received), min(_POLL_S, deadline.remaining_s))
        return bytes(received)

    def read_available(self, limit: int, wait_s: float) -> bytes:
        """Wait at most ``wait_s`` for the first byte, then take what is there, at most ``limit`` bytes."""
        if self._is_bare:
            return self._read_descriptor(limit, wait_s)
        first = self._read_some(1, wait_s)
        if not first:
            return b""
        rest = bytearray(first)
        while len(rest) < limit:
            more = self._read_some(max(1, self._waiting()), 0.0)
            if not more:
                break
            rest += more
        return bytes(rest[:limit])

    def flush_input(self) -> None:
        """Forget everything received so far: a stale answer must not be taken for the next one."""
        try:
            self._serial.reset_input_buffer()
        except _LINK_FAILURES as error:
            raise Disconnected(self.url, f"has gone away ({error})") from error

    def close(self) -> None:
        """Let go of the port; may be called twice."""
        self._serial.close()

    def release(self) -> None:
        """Let another port open this terminal, though a driver may still hang in this one. Never blocks; safe from any thread."""
        try:
            fcntl.flock(self._serial.fileno(), fcntl.LOCK_UN)
        except _CLOSED:
            return  # no terminal, or closed by now: nothing holds it

    def __enter__(self) -> SerialPort:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _read_descriptor(self, limit: int, wait_s: float) -> bytes:
        """One wait and one read, past pyserial, which asks a terminal's settings at each change of its time-out: that costs more
        than the bytes of an answer take on the line."""
        try:
            return descriptor.read_available(self.url, self._serial.fileno(), limit, wait_s)
        except _CLOSED as error:
            raise Disconnected(self.url, f"has gone away ({error})") from error

    def _waiting(self) -> int:
        try:
            return int(self._serial.in_waiting)
        except _LINK_FAILURES as error:
            raise Disconnected(self.url, f"has gone away ({error})") from error

    def _read_some(self, count: int, wait_s: float) -> bytes:
        try:
            if self._serial.timeout != wait_s:
                self._serial.timeout = wait_s
            return bytes(self._serial.read(count))
        except (*_LINK_FAILURES, TypeError) as error:
            # TypeError: pyserial 3.5 reads from a descriptor that another thread has just closed.
            raise Disconnected(self.url, f"has gone away ({error})") from error
