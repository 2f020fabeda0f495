"""The one place where a settings' URL becomes a printer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from drivers.receipt_printer.abstract import ReceiptPrinter
from drivers.receipt_printer.models import ModelName
from drivers.receipt_printer.types import PaperWidth
from drivers.transport.opening import OpenPort, open_port


def open_printer(
    url: str,
    width: PaperWidth = "80mm",
    baudrate: int = 115200,
    *,
    model: ModelName = "standard",
    font_paths: Sequence[Path] = (),
    open_port: OpenPort = open_port,
) -> ReceiptPrinter:
    """Printer for ``/dev/serial/by-id/…``, ``socket://host:9100`` or ``sim://``.

    Never fails for a missing printer: the port is opened at first use, and ``status`` tells. ``font_paths`` come before the known
    places of Chinese fonts. ``baudrate`` counts for serial lines only; ``model`` is one of ``models.MODELS``; ``open_port`` opens
    the line each time it is needed.
    """
    if url.startswith("sim://"):
        from drivers.receipt_printer.simulator import SimulatedPrinter  # late: not needed on a terminal

        return SimulatedPrinter(width)
    from drivers.receipt_printer.driver import EscPosPrinter  # late: the simulator needs no pyserial

    return EscPosPrinter(url, width, baudrate, model=model, font_paths=font_paths, open_port=open_port)
