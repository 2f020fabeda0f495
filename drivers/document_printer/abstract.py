"""The contract of a document printer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from drivers.document_printer.types import DocumentOutcome, DocumentPrinterStatus
from drivers.types import Deadline


class DocumentPrinter(Protocol):
    """Prints PDF documents on A4. One thread owns it; only ``Deadline.cancel`` may come from another."""

    def status(self) -> DocumentPrinterStatus:
        """Ask CUPS, within a second; never raises for a missing device.

        If an earlier job could not be got rid of, that is tried again first.
        """
        ...

    def print_document(
        self,
        pdf: bytes,
        deadline: Deadline,
        *,
        copies: int = 1,
        title: str = "document",
        before_bytes: Callable[[], None] | None = None,
    ) -> DocumentOutcome:
        """Print one document and follow it to its end. Failures are values; nothing of it stays in the spool.

        ``title``: small ASCII letters, digits and hyphens, for the technician; never personal data. ``before_bytes`` is called
        when the job is open and nothing of the document has left yet; what it raises ends the job unprinted and passes through.
        ``ValueError`` for a title or a number of copies that breaks the rules: a mistake of the caller.
        """
        ...

    def close(self) -> None:
        """Let go; may be called twice, and the printer may be used again."""
        ...
