"""Whether some bytes can be sent as a PDF document; cheap checks, no parsing."""

from __future__ import annotations

from drivers.document_printer.types import MAX_DOCUMENT_BYTES

_TAIL_BYTES = 2048


def fault_in(pdf: bytes) -> tuple[str, str] | None:
    """Code and words of what is wrong with the document; ``None`` when it can be sent."""
    if len(pdf) > MAX_DOCUMENT_BYTES:
        return "document_too_large", f"the document has {len(pdf)} bytes, more than {MAX_DOCUMENT_BYTES}"
    if not pdf.startswith(b"%PDF-"):
        return "document_not_pdf", "the document is no PDF"
    if b"%%EOF" not in pdf[-_TAIL_BYTES:]:
        return "document_cut_off", "the end of the PDF is missing"
    if b"/Encrypt" in pdf:
        return "document_encrypted", "the PDF is encrypted"
    return None
