"""Runs an emulated printer that other programs can print on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from drivers.emulation.lines import LineSource
from drivers.emulation.stand import Place, stand
from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.receipt_printer.emulator_words import language
from drivers.receipt_printer.types import PaperWidth


def serve(
    listen: tuple[str, int] | None,
    use_pty: bool,
    paper_dir: Path,
    on_ready: Callable[[str], None],
    stop: threading.Event,
    *,
    width: PaperWidth = "80mm",
    control: tuple[str, int] | None = None,
    lines: LineSource | None = None,
) -> None:
    """Serve until ``stop`` is set, on a TCP port (0: any free one) or on a pseudo terminal.

    ``on_ready`` gets the URL for the driver once it can be opened; slips appear in ``paper_dir``. The fault language is taken at
    ``control`` and on standard input (``lines``). Raises ``ValueError`` unless exactly one kind of line is wanted, ``OSError``
    when a port is taken, ``FontMissing`` when there is no Chinese font.
    """
    if (listen is not None) == use_pty:
        raise ValueError("either an address to listen on or a pseudo terminal, and not both")
    paper_dir.mkdir(parents=True, exist_ok=True)
    place = Place(listen=listen, use_pty=use_pty, control=control)
    with PrinterEmulator(width, paper_dir=paper_dir) as printer:
        stand(printer, lambda host: language(printer, host), place, on_ready, stop, name="receipt-printer", lines=lines)
