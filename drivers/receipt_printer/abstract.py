"""The contract of a receipt printer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from drivers.receipt_printer.types import Block, PrinterStatus, PrintOutcome
from drivers.types import Deadline


def always() -> bool:
    """For callers that keep no journal, such as the technician's test page."""
    return True


class ReceiptPrinter(Protocol):
    """Prints slips. One thread owns it; only ``Deadline.cancel`` may come from another."""

    def status(self) -> PrinterStatus:
        """Ask the printer; silence is a status (``no_answer``), never taken for "fine"; never raises for a missing device."""
        ...

    def print_receipt(
        self, blocks: Sequence[Block], deadline: Deadline, before_bytes: Callable[[], bool] = always
    ) -> PrintOutcome:
        """Lay out, print, cut, follow the job to its end. Failures are values; nothing of a failed job stays in the printer.

        ``before_bytes`` is called once the printer is ready, before the first byte of the slip can leave: the caller's moment to
        note that it is about to print. When it says no, nothing of the slip is sent and the outcome is *not printed*; when it is
        never called, nothing was sent either.
        """
        ...

    def close(self) -> None:
        """Let go of the port; may be called twice."""
        ...
