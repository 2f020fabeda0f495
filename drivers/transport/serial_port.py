"""A serial port, or what looks like one, with deadlines and typed errors.

Everything pyserial can open by URL can be a port: ``/dev/serial/by-id/…``, ``socket://host:port``, ``rfc2217://``, ``loop://``,
``spy://`` …
"""

from __future__ import annotations

import fcntl
import math
import os
import select
import socket
import termios
from types import TracebackType

import serial

from drivers.errors import Disconnected
from drivers.types import Deadline

_LINK_FAILURES = (serial.SerialException, OSError, termios.error)
"""termios.error is no OSError, and pyserial 3.5 lets it through when a tty is gone at a flush."""

_POLL_S = 0.05
"""Longest single wait inside a read, so that a cancelled deadline is noticed soon."""


_SHORT_BYTES = 64
"""Up to this many bytes nobody waits until they are out: a USB adapter can take longer to say so than the device to answer."""


class SerialPort:
    """An open port. Every failure of the link is ``Disconnected``; silence is an empty or short answer."""

    def __init__(self, url: str, baudrate: int = 115200) -> None:
        """Open ``url`` at once, 8N1, no flow control; raises ``Disconnected``, also while another port of ours holds a terminal.

        Two readers of one terminal would each get half of every answer.
        """
        self.url = url
        self.baudrate = baudrate
        try:
            self._serial = serial.serial_for_url(url, baudrate=baudrate, timeout=_POLL_S, write_timeout=5.0, exclusive=True)
        except (*_LINK_FAILURES, ValueError) as error:
            raise Disconnected(url, f"cannot be opened ({error})") from error
        self._is_bare = "://" not in url or url.startswith("socket://")
        """The line is one descriptor of the operating system; other URLs of pyserial wrap something around it."""

    def write(self, data: bytes) -> None:
        """Hand all bytes to the operating system."""
        try:
            self._serial.write(data)
            if len(data) > _SHORT_BYTES:
                self._serial.flush()
        except _LINK_FAILURES as error:
            raise Disconnected(self.url, f"cannot be written ({error})") from error

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
        # WORKAROUND for pyserial 3.5 (protocol_socket.close): it sleeps 0.3 s, and forgets a connection that the other side
        # has cut without closing it.
        connection: socket.socket | None = getattr(self._serial, "_socket", None)
        if connection is None:
            self._serial.close()
        else:
            connection.close()
            self._serial.is_open = False

    def release(self) -> None:
        """Let another port open this line, though a driver may still hang in this one. Never blocks; safe from any thread.

        A connection is cut: many devices on the network take one only.
        """
        connection: socket.socket | None = getattr(self._serial, "_socket", None)
        try:
            if connection is not None:
                connection.shutdown(socket.SHUT_RDWR)
            else:
                fcntl.flock(self._serial.fileno(), fcntl.LOCK_UN)
        except (*_LINK_FAILURES, TypeError, ValueError, AttributeError):
            return  # closed by now, or no terminal: nothing holds it

    def __enter__(self) -> SerialPort:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _read_descriptor(self, limit: int, wait_s: float) -> bytes:
        """One wait and one read, past pyserial: it reads sockets byte by byte, and asks a terminal's settings at each change of
        its time-out. Both cost more than the bytes of an answer take on the line."""
        try:
            descriptor = self._serial.fileno()
            poll = select.poll()
            poll.register(descriptor, select.POLLIN)
            if not poll.poll(math.ceil(wait_s * 1000)):
                return b""
            received = os.read(descriptor, limit)
        except BlockingIOError:
            return b""  # another reader was faster
        except (*_LINK_FAILURES, TypeError, ValueError, AttributeError) as error:
            # pyserial 3.5 has no descriptor any more when the port was closed, in one of several ways.
            raise Disconnected(self.url, f"has gone away ({error})") from error
        if not received:
            raise Disconnected(self.url, "has gone away (end of the stream)")
        return received

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
