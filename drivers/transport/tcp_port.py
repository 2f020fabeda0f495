"""A device behind a TCP port: network printers (9100), serial servers, and emulators.

Not by way of pyserial's ``socket://``: that waits 5 s for a host that does not answer, reads byte by byte, and sleeps at closing.
"""

from __future__ import annotations

import contextlib
import socket
from types import TracebackType
from urllib.parse import urlsplit

from drivers.errors import Disconnected
from drivers.transport import descriptor
from drivers.transport.name_lookup import NameLookup
from drivers.types import Deadline

_CONNECT_S = 1.0
"""A device on the same network answers within milliseconds; a longer wait would hold up whoever asks how it is."""
_KEEPALIVE_S = 2
_KEEPALIVE_TRIES = 2
_POLL_S = 0.05
_HIGH_BAUDRATE = 12_000_000
_NETWORK_BITS_PER_S = 1_000_000_000
_NAMES = NameLookup()


class TcpPort:
    """An open connection; a ``Port``. Every failure of the link is ``Disconnected``; silence is an empty or short answer."""

    def __init__(self, url: str, baudrate: int = _HIGH_BAUDRATE, deadline: Deadline | None = None) -> None:
        """Connect to ``socket://host:port`` now; raises ``Disconnected``. ``baudrate`` is what lies behind, where one does.

        Name and connection together take a second at most, and no longer than until ``deadline``.
        """
        self.url = url
        self.baudrate = baudrate
        try:
            self._socket = _connected(url, Deadline(_CONNECT_S) if deadline is None else deadline.within(_CONNECT_S))
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._notice_silent_loss()
            self._socket.setblocking(False)
        except (OSError, ValueError) as error:
            raise Disconnected(url, f"cannot be opened ({error})") from error

    def _notice_silent_loss(self) -> None:
        """A host that vanishes without a word (power, cable) is given up after some seconds, also while nobody sends.

        No limit for bytes that are under way: a printer without paper takes none for minutes, and is there.
        """
        options = {
            socket.TCP_KEEPIDLE: _KEEPALIVE_S,
            socket.TCP_KEEPINTVL: _KEEPALIVE_S,
            socket.TCP_KEEPCNT: _KEEPALIVE_TRIES,
        }
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in options.items():
            self._socket.setsockopt(socket.IPPROTO_TCP, option, value)

    def write(self, data: bytes) -> None:
        """Hand all bytes to the kernel; raises ``Stalled`` when the device takes none for a moment."""
        try:
            descriptor.write_all(self.url, self._socket.fileno(), data, _NETWORK_BITS_PER_S)
        except (OSError, ValueError) as error:
            raise Disconnected(self.url, f"cannot be written ({error})") from error

    def read(self, count: int, deadline: Deadline) -> bytes:
        """Read ``count`` bytes, fewer when the deadline comes first."""
        received = bytearray()
        while len(received) < count and not deadline.is_over:
            received += self.read_available(count - len(received), min(_POLL_S, deadline.remaining_s))
        return bytes(received)

    def read_available(self, limit: int, wait_s: float) -> bytes:
        """Wait at most ``wait_s`` for the first byte, then take what is there, at most ``limit`` bytes."""
        try:
            return descriptor.read_available(self.url, self._socket.fileno(), limit, wait_s)
        except (OSError, ValueError) as error:
            raise Disconnected(self.url, f"has gone away ({error})") from error

    def flush_input(self) -> None:
        """Forget everything received so far: a stale answer must not be taken for the next one."""
        limit = Deadline(_POLL_S * 5)
        while self.read_available(4096, 0.0) and not limit.is_over:
            pass

    def close(self) -> None:
        """Let go of the connection; may be called twice."""
        self._socket.close()

    def release(self) -> None:
        """Cut the connection, though a driver may still hang in it: many devices take one only. Never blocks; from any thread."""
        with contextlib.suppress(OSError):  # cut or closed by now
            self._socket.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> TcpPort:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _connected(url: str, limit: Deadline) -> socket.socket:
    """Raises ``OSError``, or ``ValueError`` for a URL of which nothing can be made."""
    host, port = _address(url)
    address = _NAMES.address(host, limit)
    if limit.is_over:
        raise TimeoutError("no time left to connect")
    return socket.create_connection((address, port), timeout=limit.remaining_s)


def _address(url: str) -> tuple[str, int]:
    """Host and port; raises ``ValueError`` with a sentence."""
    parts = urlsplit(url)
    if parts.hostname is None or parts.port is None:
        raise ValueError("the address is not like socket://host:port")
    return parts.hostname, parts.port
