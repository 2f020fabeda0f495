"""A socket on which a running emulator takes its fault language: one command a line, one line back."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from collections.abc import Callable
from types import TracebackType

_LONGEST_LINE_BYTES = 64 * 1024
_READ_SIZE = 4096
_MOST_CLIENTS = 16
_POLL_S = 0.2
_SEND_S = 1.0


class ControlServer:
    """Serves a few clients at once, on one thread, on loopback."""

    def __init__(self, obey: Callable[[str], str], host: str = "127.0.0.1", port: int = 0) -> None:
        """Bind at once; raises ``OSError`` when the port is taken. ``obey`` is called on the server's thread."""
        self._obey = obey
        self._listener = socket.create_server((host, port))
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._rests: dict[socket.socket, bytes] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name=f"control {self.address}", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """``host:port``."""
        host, port = self._listener.getsockname()[:2]
        return f"{host}:{port}"

    def stop(self) -> None:
        """Hang up and join the thread; may be called twice."""
        self._stopping.set()
        self._thread.join(timeout=5.0)
        for client in list(self._rests):
            self._drop(client)
        if self._listener.fileno() >= 0:
            self._selector.close()
            self._listener.close()

    def __enter__(self) -> ControlServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            for key, _ in self._selector.select(_POLL_S):
                if key.fileobj is self._listener:
                    self._accept()
                elif isinstance(key.fileobj, socket.socket):
                    self._hear(key.fileobj)

    def _accept(self) -> None:
        try:
            client, _ = self._listener.accept()
        except OSError:  # it went before it was taken, or there are no descriptors left for now
            return
        client.settimeout(_SEND_S)
        if len(self._rests) >= _MOST_CLIENTS:
            with client, contextlib.suppress(OSError):
                client.sendall(b"error too many are connected\n")
            return
        self._rests[client] = b""
        self._selector.register(client, selectors.EVENT_READ)

    def _hear(self, client: socket.socket) -> None:
        try:
            data = client.recv(_READ_SIZE)
            *lines, rest = (self._rests[client] + data).split(b"\n")
            if not data and rest:  # the last line of a file may lack its end
                lines.append(rest)
            for line in lines:
                client.sendall(self._answer(line) + b"\n")
            # Of an endless line only so much is kept that it stays too long: it gets its one answer when it ends after all.
            self._rests[client] = rest[: _LONGEST_LINE_BYTES + 1]
        except OSError:
            data = b""
        if not data:
            self._drop(client)

    def _answer(self, line: bytes) -> bytes:
        if len(line) > _LONGEST_LINE_BYTES:
            return b"error the line is too long"
        return self._obey(line.decode("utf-8", "replace").rstrip("\r")).encode()

    def _drop(self, client: socket.socket) -> None:
        del self._rests[client]
        self._selector.unregister(client)
        client.close()
