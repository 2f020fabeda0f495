"""The contract of a barcode scanner."""

from __future__ import annotations

from typing import Protocol

from drivers.barcode_scanner.types import ScanOutcome
from drivers.status import DeviceStatus
from drivers.types import Deadline


class BarcodeScanner(Protocol):
    """Delivers one code at a time. One thread owns it; only ``Deadline.cancel`` may come from another."""

    def status(self) -> DeviceStatus:
        """State of the port, and of the scanner where it can be asked; within a second, and with no light or beep."""
        ...

    def read(self, deadline: Deadline) -> ScanOutcome:
        """Wait for the next code; raises ``DeviceError`` when the link fails.

        Comes back at most 50 ms behind the deadline. A code given out a moment ago is not given out again.
        """
        ...

    def close(self) -> None:
        """Let go of the port; may be called twice."""
        ...
