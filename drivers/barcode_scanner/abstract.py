"""The contract of a barcode scanner."""

from __future__ import annotations

from typing import Protocol

from drivers.barcode_scanner.types import ScanOutcome
from drivers.status import DeviceStatus
from drivers.types import Deadline


class BarcodeScanner(Protocol):
    """Delivers one code at a time. One thread owns it; only ``Deadline.cancel`` may come from another."""

    def status(self) -> DeviceStatus:
        """State of the port; a passive scanner cannot be asked more than that."""
        ...

    def read(self, deadline: Deadline) -> ScanOutcome:
        """Wait for the next code until the deadline; raises ``DeviceError`` when the link fails."""
        ...

    def close(self) -> None:
        """Let go of the port; may be called twice."""
        ...
