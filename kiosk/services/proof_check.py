"""Checks a proof before it is printed: signed by the platform under the pinned root, whole to the last byte, a few plain pages.

The file is hostile until then: ``proof_signature`` decides on its raw bytes, and only what is authentic is parsed, by pyHanko,
which checks the PAdES signature once more and as a whole. No network is asked, so a revoked certificate is not noticed here.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from contract.proofs import MAX_PDF_BYTES, MAX_PROOF_PAGES, PROOF_TERMS, QR_PREFIX, is_code
from kiosk.services import proof_signature

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader

_log = logging.getLogger(__name__)

_MAX_OBJECTS = 2000
_CODE = re.compile(re.escape(QR_PREFIX) + r"(P[0-9A-Z]{11})")
_TERMS = re.compile(PROOF_TERMS.format(kind="([a-z_]{1,48})", receipt_number="([0-9A-Z]{22})", valid_to_ms="([0-9]{1,15})"))
_REFUSED_KEYS = frozenset(
    f"/{name}"
    for name in [
        "JavaScript",
        "JS",
        "EmbeddedFiles",
        "EmbeddedFile",
        "EF",
        "AF",
        "OpenAction",
        "AA",
        "A",
        "Launch",
        "RichMedia",
        "XFA",
    ]
)
"""Names that bring in programs, actions or other files (ISO 32000-2); a proof has none of them."""
_PYHANKO_LOGGERS = ("pyhanko", "pyhanko_certvalidator")


class ProofFlaw(StrEnum):
    """Why a file is not believed."""

    TOO_LARGE = "too_large"
    NOT_A_PDF = "not_a_pdf"
    TOO_MANY_PAGES = "too_many_pages"
    ACTIVE_CONTENT = "active_content"
    NOT_SIGNED = "not_signed"
    CHANGED = "changed"
    UNKNOWN_ISSUER = "unknown_issuer"
    NO_CODE = "no_code"


@dataclass(frozen=True, slots=True)
class SoundProof:
    """A proof that holds."""

    verification_code: str
    kind: str
    """Kind of proof 证明种类, as the platform was asked for it."""
    receipt_number: str
    """Of the case that it belongs to."""
    valid_to_ms: int
    signed_at_ms: int | None
    """The signer's own word."""
    pages: int
    sha256: str


def check_proof(pdf: bytes, root: bytes, now_ms: int) -> SoundProof | ProofFlaw:
    """The verdict; never raises, whatever the bytes are. ``root``: pinned certificate, DER. ``now_ms``: the platform's time."""
    if len(pdf) > MAX_PDF_BYTES:
        return ProofFlaw.TOO_LARGE
    if not pdf.startswith(b"%PDF-"):
        return ProofFlaw.NOT_A_PDF
    _quieten()
    try:
        if flaw := proof_signature.finding(pdf, root, now_ms):
            return ProofFlaw(flaw)
        # Imported late: a third of a second and 20 MB that a terminal without proofs is spared.
        from pyhanko.pdf_utils.reader import PdfFileReader

        return _read(PdfFileReader(io.BytesIO(pdf), strict=True), pdf, root, now_ms)
    except Exception as error:  # noqa: BLE001 - a parser of foreign bytes: whatever it trips over, the file is not believed
        _log.info("a proof cannot be read: %s", type(error).__name__)
        return ProofFlaw.NOT_A_PDF


def _read(reader: PdfFileReader, pdf: bytes, root: bytes, now_ms: int) -> SoundProof | ProofFlaw:
    pages = int(reader.root["/Pages"]["/Count"])
    if not 1 <= pages <= MAX_PROOF_PAGES:
        return ProofFlaw.TOO_MANY_PAGES
    if _is_active(reader):
        return ProofFlaw.ACTIVE_CONTENT
    found = _signature(reader, root, now_ms)
    return found if isinstance(found, ProofFlaw) else _named(reader, pages, found[0], pdf)


def _named(reader: PdfFileReader, pages: int, signed_at: datetime | None, pdf: bytes) -> SoundProof | ProofFlaw:
    named = _CODE.fullmatch(str(reader.trailer["/Info"].get("/Subject", "")))
    terms = _TERMS.fullmatch(str(reader.trailer["/Info"].get("/Keywords", "")))
    if named is None or not is_code(named[1]) or terms is None:
        return ProofFlaw.NO_CODE
    at_ms = None if signed_at is None else round(signed_at.timestamp() * 1000)
    kind, number, valid_to = terms.groups()
    return SoundProof(named[1], kind, number, int(valid_to), at_ms, pages, hashlib.sha256(pdf).hexdigest())


def _signature(reader: PdfFileReader, root: bytes, now_ms: int) -> tuple[datetime | None] | ProofFlaw:
    """When it was signed, wrapped, for there may be no time; or what is wrong."""
    from asn1crypto import x509
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    signatures = reader.embedded_signatures
    if len(signatures) != 1:
        return ProofFlaw.NOT_SIGNED
    signature = signatures[0]
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(root)], allow_fetching=False, moment=datetime.fromtimestamp(now_ms / 1000, UTC)
    )
    try:
        status = validate_pdf_signature(signature, context)
    except SignatureValidationError:
        return ProofFlaw.CHANGED
    if not (status.intact and status.valid) or status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        return ProofFlaw.CHANGED
    if not (status.trusted and status.bottom_line):
        return ProofFlaw.UNKNOWN_ISSUER
    return (status.signer_reported_dt,)


def _is_active(reader: PdfFileReader) -> bool:
    """True when anything reachable brings in programs, actions or files, or when there is too much to look through."""
    from pyhanko.pdf_utils import generic

    seen: set[Any] = set()
    waiting: list[Any] = [reader.trailer.flatten()]
    for _ in range(_MAX_OBJECTS * 10):
        if not waiting:
            return False
        value = waiting.pop()
        if isinstance(value, generic.IndirectObject):
            if value.reference not in seen:
                seen.add(value.reference)
                waiting.append(value.get_object())
        elif isinstance(value, generic.DictionaryObject):  # streams too
            if not _REFUSED_KEYS.isdisjoint(value.keys()):
                return True
            waiting += [value.raw_get(key) for key in value]
        elif isinstance(value, generic.ArrayObject):
            waiting += [value.raw_get(index) for index in range(len(value))]
    return True


def _quieten() -> None:
    """What the library finds wrong is told by the verdict; its log would name it at length and with a traceback."""
    for name in _PYHANKO_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
