"""What is checked before anything is sent: the caller's own words, and whether some bytes can pass for a PDF. No parsing."""

from __future__ import annotations

import re

from drivers.document_printer.types import MAX_COPIES, MAX_DOCUMENT_BYTES

_TITLE = re.compile(r"[a-z0-9-]{1,40}")
_TAIL_BYTES = 2048
_PAGE = re.compile(rb"/Type\s*/Page\b")


def check_call(copies: int, title: str) -> None:
    """``ValueError`` for what only a mistake of the caller can bring about."""
    if not 1 <= copies <= MAX_COPIES:
        raise ValueError(f"{copies} copies; 1 to {MAX_COPIES} are allowed")
    if not _TITLE.fullmatch(title):
        raise ValueError("a title is made of up to 40 small letters, digits and hyphens")


def pages_in(pdf: bytes) -> int:
    """Pages of a plain PDF, at least 1; for stand-ins, since pages inside object streams are not seen."""
    return max(1, len(_PAGE.findall(pdf)))


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
