"""One place that decides between a true scanner, by its line, and the simulated one."""

from __future__ import annotations

from drivers.barcode_scanner.abstract import BarcodeScanner
from drivers.barcode_scanner.driver import SerialScanner
from drivers.barcode_scanner.settings import ScannerSettings
from drivers.barcode_scanner.simulator import SimulatedScanner
from drivers.transport.opening import OpenPort, open_port


def open_scanner(
    url: str,
    settings: ScannerSettings = ScannerSettings(),  # noqa: B008 - frozen
    open_port: OpenPort = open_port,
) -> BarcodeScanner:
    """Open the scanner that ``url`` names; raises ``Disconnected``.

    ``sim://`` is a ``SimulatedScanner``, ``input:///dev/input/by-id/…-event-kbd`` a keyboard wedge, all else a serial line.
    """
    if url.startswith("sim://"):
        return SimulatedScanner(settings)
    if url.startswith("input://"):
        # Late: evdev exists on Linux only, and most scanners are serial.
        from drivers.barcode_scanner.wedge import WedgeScanner

        return WedgeScanner.create(url, settings)
    return SerialScanner.create(url, settings, open_port)
