"""Puts an emulated device (a ``Peer``) behind a TCP port or a pseudo terminal.

The production driver connects to ``url`` exactly as it would to hardware. Listening is on loopback only.
"""

from __future__ import annotations

import os
import select
import socket
import threading
import tty
from collections.abc import Callable
from types import TracebackType
from typing import Protocol

_READ_SIZE = 4096
_POLL_S = 0.05


class Link:
    """The peer's end of the line: send bytes, or hang up. Safe from any thread."""

    def __init__(self, write: Callable[[bytes], None], hang_up: Callable[[], None]) -> None:
        self._write = write
        self._hang_up = hang_up
        self._lock = threading.Lock()

    def send(self, data: bytes) -> None:
        """Send; bytes for a client that has just left are dropped, as on a real line."""
        with self._lock:
            try:
                self._write(data)
            except OSError:
                return

    def hang_up(self) -> None:
        """Cut the line, as if the cable had been pulled."""
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


class TcpHost:
    """Serves one client at a time on ``127.0.0.1``; a new client is accepted when the last has gone."""

    def __init__(self, peer: Peer, host: str = "127.0.0.1", port: int = 0) -> None:
        """Bind at once; raises ``OSError`` when the port is taken."""
        self._peer = peer
        self._listener = socket.create_server((host, port))
        self._listener.settimeout(_POLL_S)
        self._stopping = threading.Event()
        self._client: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve, name=f"emulator {self.url}", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """``socket://host:port`` for the driver's settings."""
        host, port = self._listener.getsockname()[:2]
        return f"socket://{host}:{port}"

    def stop(self) -> None:
        """Hang up, close the port, join the thread; may be called twice."""
        self._stopping.set()
        self._hang_up()
        self._thread.join(timeout=5.0)
        self._listener.close()

    def __enter__(self) -> TcpHost:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _hang_up(self) -> None:
        client = self._client
        if client is not None:
            try:
                client.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # already gone

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            with client:
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                client.settimeout(_POLL_S)
                self._client = client
                self._peer.connected(Link(client.sendall, self._hang_up))
                self._talk(client)
                self._client = None
                self._peer.disconnected()

    def _talk(self, client: socket.socket) -> None:
        while not self._stopping.is_set():
            try:
                data = client.recv(_READ_SIZE)
            except TimeoutError:
                continue
            except OSError:
                return
            if not data:
                return
            self._peer.received(data)


class PtyHost:
    """Serves the device end of a pseudo terminal; ``url`` is the path of the other end, as ``/dev/ttyUSB0`` would be."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.url = os.ttyname(self._slave)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name=f"emulator {self.url}", daemon=True)
        self._closed = False
        self._lock = threading.Lock()
        self._thread.start()

    def stop(self) -> None:
        """Pull the cable and join the thread; may be called twice."""
        self._stopping.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=5.0)
        self._unplug()

    def __enter__(self) -> PtyHost:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            with self._lock:
                if self._closed:
                    raise OSError("unplugged")
                written = os.write(self._master, view)
            view = view[written:]

    def _unplug(self) -> None:
        with self._lock:
            if not self._closed:
                self._closed = True
                os.close(self._master)
                os.close(self._slave)

    def _serve(self) -> None:
        self._peer.connected(Link(self._write, self._stopping.set))
        while not self._stopping.is_set():
            ready, _, _ = select.select([self._master], [], [], _POLL_S)
            if ready:
                try:
                    data = os.read(self._master, _READ_SIZE)
                except OSError:
                    break
                self._peer.received(data)
        self._unplug()
        self._peer.disconnected()
