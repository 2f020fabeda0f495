"""What a document printer can say, and how a document ends."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from drivers.status import DeviceStatus, SupplyState


@dataclass(frozen=True, slots=True)
class DocumentPrinterStatus:
    """Whole state of the printer as CUPS knows it.

    CUPS asks most printers only while it prints. What it still says of an idle printer is what the last job left behind: then
    ``is_remembered`` is true, the code begins with ``was_``, and the next job asks the printer anew.
    """

    device: DeviceStatus
    paper: SupplyState
    toner: SupplyState
    cover_open: bool
    is_accepting: bool
    queued_jobs: int | None
    """Jobs in the queue, whoever sent them; ``None``: not told."""
    reasons: tuple[str, ...] = ()
    """``printer-state-reasons`` as they came, known or not, without ``none``."""
    is_remembered: bool = False

    @property
    def can_print(self) -> bool:
        """True when a job may be started now."""
        return self.device.is_online and self.is_accepting


class PrintResult(StrEnum):
    """Final outcome of a job."""

    PRINTED = "printed"
    PARTLY_PRINTED = "partly_printed"
    NOT_PRINTED = "not_printed"
    UNKNOWN = "unknown"
    """The printer had the document and nobody can say what came out: look before printing again."""


@dataclass(frozen=True, slots=True)
class DocumentOutcome:
    """How a job ended, and the status that explains it."""

    result: PrintResult
    status: DocumentPrinterStatus
    pages: int = 0
    """Pages that CUPS counted (all copies); 0 also when the queue does not count."""
    is_purged: bool = True
    """True when CUPS has confirmed that it holds nothing of the document any more; otherwise the driver goes on trying.

    False too when a crash made CUPS forget the job by itself: then the document may lie in the spool where only root finds it.
    """


MAX_DOCUMENT_BYTES = 20 * 1024 * 1024
"""Longest document taken, in bytes."""

MAX_COPIES = 10
"""Most copies of one document."""
