"""One place that decides between a true scanner and the simulated one."""

from __future__ import annotations

from drivers.barcode_scanner.abstract import BarcodeScanner
from drivers.barcode_scanner.driver import SerialScanner
from drivers.barcode_scanner.protocol import Framing
from drivers.barcode_scanner.simulator import SimulatedScanner


def open_scanner(url: str, baudrate: int = 9600, framing: Framing = Framing.GAP, gap_s: float = 0.08) -> BarcodeScanner:
    """Open the scanner that ``url`` names; raises ``Disconnected``. ``sim://`` is a ``SimulatedScanner``."""
    if url.startswith("sim://"):
        return SimulatedScanner()
    return SerialScanner.create(url, baudrate, framing, gap_s)
