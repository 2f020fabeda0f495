"""Is the camera there, asked while the lens is not read. Cheap enough for once a second, and no picture is taken."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from drivers.camera import v4l2
from drivers.status import DeviceState, DeviceStatus

AT_REST = DeviceStatus(DeviceState.ONLINE, "at_rest", "is there; the lens is not read")

_CONNECT_LIMIT_S = 0.25
_ASK_AGAIN_S = 30.0
_PORTS = {"http": 80, "https": 443, "rtsp": 554}


def lost(why: str) -> DeviceStatus:
    """A camera that is not there."""
    return DeviceStatus(DeviceState.NO_DEVICE, "lost", why)


class DevicePresence:
    """A V4L2 device by its stable path. Opening a node wakes the camera, so it is asked again only when the node is another."""

    def __init__(
        self,
        path: Path,
        facts: Callable[[Path], v4l2.V4l2Facts] = v4l2.facts,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._facts = facts
        self._clock = clock
        self._lock = threading.Lock()
        self._known: tuple[tuple[int, ...], float, DeviceStatus] | None = None

    def __call__(self) -> DeviceStatus:
        """``at_rest`` or ``lost``."""
        try:
            node = self._path.stat()  # follows the link, so a replugged camera is another node
        except OSError as error:
            return lost(f"{self._path} is not there ({error.strerror})")
        identity = (node.st_dev, node.st_ino, node.st_rdev, node.st_ctime_ns)
        with self._lock:
            known, now_s = self._known, self._clock()
            if known is not None and known[0] == identity and now_s - known[1] < _ASK_AGAIN_S:
                return known[2]
            status = self._asked()
            self._known = (identity, now_s, status) if status.is_online else None
            return status

    def _asked(self) -> DeviceStatus:
        try:
            facts = self._facts(self._path)
        except OSError as error:
            return lost(f"{self._path} does not answer as a camera ({error.strerror})")
        if not facts.is_capture:
            return lost(f"{self._path} delivers no pictures; another node of the same camera does")
        return AT_REST


class StreamPresence:
    """A network camera: its port takes a connection."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 80))
        self._numbers = _HostNumbers(self._address[0])

    def __call__(self) -> DeviceStatus:
        """``at_rest`` or ``lost``, within about half a second."""
        host, port = self._address
        number = self._numbers.known()
        if number is None:
            return lost(f"{host} is not known by the name service")
        try:
            socket.create_connection((number, port), _CONNECT_LIMIT_S).close()
        except OSError as error:
            self._numbers.forget()
            return lost(f"{host}:{port} takes no connection ({error.strerror or 'no answer'})")
        return AT_REST


class _HostNumbers:
    """Finds the address of a host name on a thread of its own: the name service may take half a minute to say no."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._lock = threading.Lock()
        self._number = host if _is_number(host) else None
        self._thread: threading.Thread | None = None

    def known(self) -> str | None:
        """The address, ``None`` while it is not known; waits at most 0.25 s."""
        with self._lock:
            if self._number is None and (self._thread is None or not self._thread.is_alive()):
                self._thread = threading.Thread(target=self._look_up, name=f"name of {self._host}", daemon=True)
                self._thread.start()
            thread = self._thread
        if self._number is None and thread is not None:
            thread.join(_CONNECT_LIMIT_S)
        return self._number

    def forget(self) -> None:
        """The camera may have been given another address."""
        if not _is_number(self._host):
            self._number = None

    def _look_up(self) -> None:
        try:
            self._number = str(socket.getaddrinfo(self._host, None, type=socket.SOCK_STREAM)[0][4][0])
        except (OSError, UnicodeError):
            self._number = None


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


class PathPresence:
    """A file or folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self) -> DeviceStatus:
        """``at_rest`` or ``lost``."""
        return AT_REST if self._path.exists() else lost(f"{self._path} is not there")
