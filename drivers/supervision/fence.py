"""A fence between a driver and its line: once it falls shut, a driver that was given up can send nothing more.

A thread that hung in the operating system may come back minutes later, in the middle of a slip, while another thread has long
been printing for somebody else. Python cannot end it; but every byte goes through a port, and the port can refuse.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic

from drivers.errors import Disconnected
from drivers.supervision.calls import Device
from drivers.transport.opening import OpenPort, open_port
from drivers.transport.port import Port
from drivers.types import Deadline


class Fence:
    """Opens ports for one device; after ``shut`` all of them raise ``Disconnected``, and no further one can be opened."""

    def __init__(self, opener: OpenPort = open_port) -> None:
        self._opener = opener
        self._is_shut = threading.Event()
        self._ports: list[Port] = []

    def open_port(self, url: str, baudrate: int = 115200, deadline: Deadline | None = None) -> Port:
        """As ``drivers.transport.opening.open_port``."""
        self.check(url)
        port = self._opener(url, baudrate, deadline)
        self._ports = [port]  # a driver that opens again has lost the line before
        if self._is_shut.is_set():  # it hung while it opened, and another thread has taken over meanwhile
            port.close()
            self.check(url)
        return _FencedPrinterPort(port, self) if hasattr(port, "line_status") else _FencedPort(port, self)

    def shut(self) -> None:
        """Let nothing more through, and let go of what keeps others from opening the line; never blocks, safe from any thread."""
        self._is_shut.set()
        for port in self._ports:
            release = getattr(port, "release", None)
            if release is not None:
                release()

    def check(self, url: str) -> None:
        """Raise ``Disconnected`` when the fence is shut."""
        if self._is_shut.is_set():
            raise Disconnected(url, "was taken over by another thread")


class Fenced(Generic[Device]):
    """A device and its fence, as a supervisor wants it."""

    def __init__(self, open_device: Callable[[OpenPort], Device], opener: OpenPort = open_port) -> None:
        """Open the device now, with ports behind a new fence; raises ``DeviceError``."""
        self._fence = Fence(opener)
        self.device = open_device(self._fence.open_port)

    def abort(self) -> None:
        """The driver hangs: nothing of what it still does may reach the line."""
        self._fence.shut()

    def close(self) -> None:
        """Let go of the device; may be called twice."""
        self.device.close()


class _FencedPort:
    """A ``Port`` that can be closed at any time, and used until the fence shuts. Its methods promise what ``Port`` says."""

    def __init__(self, port: Port, fence: Fence) -> None:
        self._port = port
        self._fence = fence

    @property
    def url(self) -> str:
        return self._port.url

    @property
    def baudrate(self) -> int:
        return self._port.baudrate

    def write(self, data: bytes) -> None:
        self._fence.check(self.url)
        self._port.write(data)

    def read(self, count: int, deadline: Deadline) -> bytes:
        self._fence.check(self.url)
        return self._port.read(count, deadline)

    def read_available(self, limit: int, wait_s: float) -> bytes:
        self._fence.check(self.url)
        return self._port.read_available(limit, wait_s)

    def flush_input(self) -> None:
        self._fence.check(self.url)
        self._port.flush_input()

    def close(self) -> None:
        self._port.close()


class _FencedPrinterPort(_FencedPort):
    """A port with status lines, which drivers look for by name."""

    def line_status(self) -> object:
        self._fence.check(self.url)
        return self._port.line_status()  # type: ignore[attr-defined]
