"""Runs the emulated scanner until told to stop: what stands behind ``kiosk emulate scanner``."""

from __future__ import annotations

import threading
from collections.abc import Callable

from drivers.barcode_scanner.emulator import ScannerEmulator
from drivers.emulation.host import PtyHost, TcpHost
from drivers.emulation.lines import LineSource, standard_input

_ANY_FREE_PORT = ("127.0.0.1", 0)
_POLL_S = 0.05
SUFFIXES = {"cr": b"\r", "crlf": b"\r\n", "lf": b"\n", "none": b""}


def serve(
    listen: tuple[str, int] | None,
    use_pty: bool,
    suffix: str,
    on_ready: Callable[[str], None],
    stop: threading.Event,
    *,
    lines: LineSource | None = None,
) -> None:
    """Call ``on_ready`` with the URL for the driver, then scan each line of ``lines`` (standard input) until ``stop`` is set.

    A line that comes while nobody is connected is dropped, as under a true scanner.
    Raises ``OSError`` for a taken port, ``ValueError`` for an unknown suffix.
    """
    if suffix not in SUFFIXES:
        raise ValueError(f"suffix must be one of {', '.join(SUFFIXES)}")
    emulator = ScannerEmulator(SUFFIXES[suffix])
    source = standard_input() if lines is None else lines
    host = PtyHost(emulator) if use_pty else TcpHost(emulator, *(listen or _ANY_FREE_PORT))
    try:
        on_ready(host.url)
        while not stop.wait(_POLL_S):
            for line in source.take():
                emulator.scan(line)
    finally:
        emulator.clear_faults()
        host.stop()
