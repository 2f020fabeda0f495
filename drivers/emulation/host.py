"""Puts an emulated device (a ``Peer``) behind a TCP port or a pseudo terminal.

The production driver connects to ``url`` exactly as it would to hardware. Listening is on loopback only. An unplugged device is
really gone: its port refuses, its terminal does not exist.
"""

from __future__ import annotations

import os
import select
import socket
import tempfile
import threading
import time
import tty
from pathlib import Path
from types import TracebackType

from drivers.emulation.line import Link, Pace, Peer

__all__ = ["Link", "Peer", "PtyHost", "TcpHost"]

_READ_SIZE = 4096
_POLL_S = 0.05
_JOIN_S = 5.0


class _Plug:
    """Whether the device is on the line, and when it comes back."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.is_in = True
        self._back_at_s: float | None = None

    def pull(self, seconds: float | None) -> None:
        self.is_in = False
        self._back_at_s = None if seconds is None else time.monotonic() + seconds

    @property
    def is_due(self) -> bool:
        return not self.is_in and self._back_at_s is not None and time.monotonic() >= self._back_at_s


class TcpHost:
    """Serves one client at a time on ``127.0.0.1``; a new client is accepted when the last has gone."""

    def __init__(self, peer: Peer, host: str = "127.0.0.1", port: int = 0, *, paced_baudrate: int | None = None) -> None:
        """Bind at once; raises ``OSError`` when the port is taken. ``paced_baudrate``: bytes take as long as on a serial line."""
        self._peer = peer
        self._baudrate = paced_baudrate
        self._plug = _Plug()
        self._stopping = threading.Event()
        self._socket = socket.create_server((host, port))
        self._socket.settimeout(_POLL_S)
        self._address: tuple[str, int] = self._socket.getsockname()[:2]
        self._client: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve, name=f"emulator {self.url}", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """``socket://host:port`` for the driver's settings."""
        return f"socket://{self._address[0]}:{self._address[1]}"

    def unplug(self, seconds: float | None = None) -> None:
        """Hang up and refuse connections; back after ``seconds``, or with ``plug``."""
        with self._plug.lock:
            if self._plug.is_in and not self._stopping.is_set():
                # A bound socket that does not listen keeps the port, and the kernel refuses who comes. The old one is shut down
                # first: closed alone, it would go on listening as long as ``accept`` waits on it.
                self._socket.shutdown(socket.SHUT_RDWR)
                self._socket.close()
                self._socket = socket.socket()
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                self._socket.bind(self._address)
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)  # nobody else may have the port meanwhile
            self._plug.pull(seconds)
        self._hang_up()

    def plug(self) -> None:
        """Take connections again."""
        with self._plug.lock:
            if not self._plug.is_in and not self._stopping.is_set():
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # old connections may still linger
                self._socket.listen()
                self._socket.settimeout(_POLL_S)
                self._plug.is_in = True

    def stop(self) -> None:
        """Hang up, close the port, join the thread; may be called twice."""
        self._stopping.set()
        self._hang_up()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=_JOIN_S)
        with self._plug.lock:
            self._socket.close()

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
            if self._plug.is_due:
                self.plug()
            client = self._next_client()
            if client is not None:
                with client:
                    self._attend(client)

    def _next_client(self) -> socket.socket | None:
        with self._plug.lock:
            listener = self._socket if self._plug.is_in else None
        if listener is None:
            self._stopping.wait(_POLL_S / 5)
            return None
        try:
            return listener.accept()[0]
        except OSError:  # nobody came, or the device was unplugged meanwhile
            return None

    def _attend(self, client: socket.socket) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.settimeout(_POLL_S)
        self._client = client
        with self._plug.lock:
            is_in = self._plug.is_in
        if is_in:
            to_client, to_peer = (Pace(self._baudrate, self._stopping) for _ in range(2))
            self._peer.connected(Link(client.sendall, self._hang_up, to_client))
            self._talk(client, to_peer)
            self._client = None
            self._peer.disconnected()
        self._client = None

    def _talk(self, client: socket.socket, pace: Pace) -> None:
        while not self._stopping.is_set():
            try:
                data = client.recv(_READ_SIZE)
            except TimeoutError:
                continue
            except OSError:
                return
            if not data:
                return
            pace.begin()
            pace.wait(len(data))
            self._peer.received(data)


class PtyHost:
    """Serves the device end of a pseudo terminal; ``url`` is the path of the other end, as ``/dev/ttyUSB0`` would be.

    With ``stable_path`` (a symbolic link, as udev makes them below ``/dev/serial/by-id``), ``url`` is that path, and stays good
    when the device comes back under another number. Without one, ``url`` changes with each ``plug``: use ``in_own_folder``.
    """

    def __init__(self, peer: Peer, *, stable_path: Path | None = None, paced_baudrate: int | None = None) -> None:
        self._peer = peer
        self._baudrate = paced_baudrate
        self._stable_path = stable_path
        self._plug = _Plug()
        self._stopping = threading.Event()
        self._hung_up = threading.Event()
        self._ends: tuple[int, int] | None = None
        self._first_path = self._appear()
        self._thread = threading.Thread(target=self._serve, name=f"emulator {self.url}", daemon=True)
        self._thread.start()

    @classmethod
    def in_own_folder(cls, peer: Peer, name: str, *, paced_baudrate: int | None = None) -> PtyHost:
        """With a stable path in a new folder, which ``stop`` removes."""
        folder = Path(tempfile.mkdtemp(prefix="emulated-"))
        return cls(peer, stable_path=folder / name, paced_baudrate=paced_baudrate)

    @property
    def url(self) -> str:
        """The stable path, or the terminal's own."""
        return self._first_path if self._stable_path is None else str(self._stable_path)

    def unplug(self, seconds: float | None = None) -> None:
        """The terminal goes, and its path with it; back after ``seconds``, or with ``plug``."""
        with self._plug.lock:
            self._plug.pull(seconds)
            self._disappear()

    def plug(self) -> None:
        """A new terminal appears, under the stable path where there is one."""
        with self._plug.lock:
            if not self._plug.is_in and not self._stopping.is_set():
                self._first_path = self._appear()
                self._plug.is_in = True

    def stop(self) -> None:
        """Pull the cable and join the thread; may be called twice."""
        self._stopping.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=_JOIN_S)
        self._disappear()
        folder = self._stable_path.parent if self._stable_path is not None else None
        if folder is not None and folder.name.startswith("emulated-") and folder.is_dir():
            folder.rmdir()

    def __enter__(self) -> PtyHost:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _appear(self) -> str:
        master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        path = os.ttyname(slave)
        self._ends = (master, slave)
        if self._stable_path is not None:
            fresh = self._stable_path.with_name(f".{self._stable_path.name}.new")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(path)
            fresh.replace(self._stable_path)
        return path

    def _disappear(self) -> None:
        with self._plug.lock:
            ends, self._ends = self._ends, None
            if ends is None:
                return
            if self._stable_path is not None:
                self._stable_path.unlink(missing_ok=True)
            for descriptor in ends:
                os.close(descriptor)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            with self._plug.lock:
                if self._ends is None:
                    raise OSError("unplugged")
                try:
                    written = os.write(self._ends[0], view)
                except BlockingIOError:  # the client does not read, and the terminal is full
                    written = 0
            if not written and self._stopping.wait(0.002):
                return
            view = view[written:]

    def _serve(self) -> None:
        while not self._stopping.is_set():
            if self._plug.is_due:
                self.plug()
            with self._plug.lock:
                is_there = self._ends is not None
            if is_there:
                self._attend()
            else:
                self._stopping.wait(_POLL_S / 5)
        self._disappear()

    def _attend(self) -> None:
        to_client, to_peer = (Pace(self._baudrate, self._stopping) for _ in range(2))
        with self._plug.lock:
            ends = self._ends
        self._hung_up.clear()
        self._peer.connected(Link(self._write, self._hung_up.set, to_client))
        while not (self._stopping.is_set() or self._hung_up.is_set()):
            data = self._received()
            if data is None:
                break
            if data:
                to_peer.begin()
                to_peer.wait(len(data))
                self._peer.received(data)
        if self._hung_up.is_set():
            self._replug(ends)
        self._peer.disconnected()

    def _replug(self, ends: tuple[int, int] | None) -> None:
        """The cable is out; without a stable path nobody could find the device again, so then it stays out."""
        with self._plug.lock:
            if self._ends is not ends:
                return
            self._disappear()
            self._plug.pull(None if self._stable_path is None else 0.0)

    def _received(self) -> bytes | None:
        """What came in a moment, ``None`` when the terminal has gone."""
        with self._plug.lock:
            ends = self._ends
        if ends is None:
            return None
        try:
            ready, _, _ = select.select([ends[0]], [], [], _POLL_S)
            with self._plug.lock:
                if self._ends is not ends:
                    return None
                return os.read(ends[0], _READ_SIZE) if ready else b""
        except (OSError, ValueError):
            return None
