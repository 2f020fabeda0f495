"""Runs an emulated printer that other programs can print on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from drivers.emulation.host import PtyHost, TcpHost
from drivers.receipt_printer.emulator import PrinterEmulator


def serve(
    listen: tuple[str, int] | None, use_pty: bool, paper_dir: Path, on_ready: Callable[[str], None], stop: threading.Event
) -> None:
    """Serve until ``stop`` is set, on a TCP port (0: any free one) or on a pseudo terminal.

    ``on_ready`` gets the URL for the driver once it can be opened; slips appear in ``paper_dir``. Raises ``ValueError``
    unless exactly one of the two is wanted, ``OSError`` when the port is taken, ``FontMissing`` when there is no Chinese font.
    """
    if (listen is not None) == use_pty:
        raise ValueError("either an address to listen on or a pseudo terminal, and not both")
    paper_dir.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        printer = stack.enter_context(PrinterEmulator(paper_dir=paper_dir))
        host: TcpHost | PtyHost = PtyHost(printer) if listen is None else TcpHost(printer, *listen)
        stack.enter_context(host)
        on_ready(host.url)
        stop.wait()
