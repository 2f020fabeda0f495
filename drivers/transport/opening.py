"""The one place where a settings' URL becomes an open line."""

from __future__ import annotations

from collections.abc import Callable

from drivers.transport.port import Port

OpenPort = Callable[[str, int], Port]
"""Opens the line at a URL, at a speed in bits a second; raises ``Disconnected``."""


def open_port(url: str, baudrate: int = 115200) -> Port:
    """Open ``url`` now; raises ``Disconnected``, also for a URL of which nothing can be made.

    - ``/dev/serial/by-id/…``, ``socket://host:port`` and everything else that pyserial opens
    - ``replay:///path/to/transcript``: what a device said when the transcript was recorded
    """
    # Late imports: a machine with one kind of line loads no library for the others.
    if url.startswith("replay://"):
        from drivers.transport.transcript import ReplayPort

        return ReplayPort(url)
    from drivers.transport.serial_port import SerialPort

    return SerialPort(url, baudrate)
