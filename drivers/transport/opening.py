"""The one place where a settings' URL becomes an open line."""

from __future__ import annotations

import re
from typing import Protocol

from drivers.transport.port import Port
from drivers.types import Deadline

_LP_DEVICE = re.compile(r"/dev/(usb/|usb)?lp\d+")


class OpenPort(Protocol):
    """How to open a line."""

    def __call__(self, url: str, baudrate: int, deadline: Deadline | None = None, /) -> Port:
        """The line at a URL, at a speed in bits a second, opened by ``deadline``; raises ``Disconnected``."""
        ...


def open_port(url: str, baudrate: int = 115200, deadline: Deadline | None = None) -> Port:
    """Open ``url`` now; raises ``Disconnected``, also for a URL of which nothing can be made.

    Only a network device can make one wait for it, for a second at most, and then no longer than until ``deadline``.

    - ``/dev/serial/by-id/…`` and everything that pyserial opens; ``socket://host:port``
    - ``usb://VENDOR:PRODUCT[/SERIAL]``: a USB printer without a kernel driver; ``/dev/usb/lp0``: one with it
    - ``replay:///path/to/transcript``: what a device said when the transcript was recorded
    """
    # Late imports: a machine with one kind of line loads no library for the others.
    if url.startswith("replay://"):
        from drivers.transport.transcript import ReplayPort

        return ReplayPort(url)
    if url.startswith("usb://"):
        from drivers.transport.usb_port import UsbPort

        return UsbPort(url)
    if url.startswith("socket://"):
        from drivers.transport.tcp_port import TcpPort

        return TcpPort(url, baudrate, deadline)
    if _LP_DEVICE.fullmatch(url):
        from drivers.transport.lp_port import LpPort

        return LpPort(url)
    from drivers.transport.serial_port import SerialPort

    return SerialPort(url, baudrate)
