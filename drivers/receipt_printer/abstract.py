"""The contract of a receipt printer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from drivers.receipt_printer.types import Block, PrinterStatus, PrintOutcome
from drivers.types import Deadline


class ReceiptPrinter(Protocol):
    """Prints slips. One thread owns it; only ``Deadline.cancel`` may come from another."""

    def status(self) -> PrinterStatus:
        """Ask the printer; silence is a status (``no_answer``), never taken for "fine"; never raises for a missing device."""
        ...

    def print_receipt(self, blocks: Sequence[Block], deadline: Deadline) -> PrintOutcome:
        """Lay out, print, cut, follow the job to its end. Failures are values; nothing of a failed job stays in the printer."""
        ...

    def close(self) -> None:
        """Let go of the port; may be called twice."""
        ...
