"""The one place where a settings' URL becomes a document printer."""

from __future__ import annotations

from drivers.document_printer.abstract import DocumentPrinter


def open_document_printer(url: str) -> DocumentPrinter:
    """Printer for ``ipp://localhost:631/printers/NAME``, ``ipps://…`` or ``sim://``.

    Never fails for a missing printer: ``status`` tells. ``ValueError`` for a URL of another kind.
    """
    if url.startswith("sim://"):
        from drivers.document_printer.simulator import SimulatedDocumentPrinter  # late: not needed on a terminal

        return SimulatedDocumentPrinter()
    from drivers.document_printer.driver import CupsPrinter  # late: the simulator needs no IPP

    return CupsPrinter(url)
