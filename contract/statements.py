"""The code on a slip: a terminal's signed statement that it holds a case, or that the platform does. Anyone can check it.

A text of ``TEXT_LENGTH`` characters for QR codes: ``OUEBAN1:`` and the base45 of 181 bytes (integers big-endian):

======  ======================================================================================
bytes   meaning
======  ======================================================================================
1       version, 1
1       kind: 1 saved, 2 delivered
16      case id, a UUIDv7
22      receipt number, ASCII
31      item code 实施编码, ASCII
6       time of commitment, milliseconds since 1970 by the terminal's clock
32      SHA-256 of the sealed case (``contract.cases.case_digest``)
8       key id: the first bytes of the SHA-256 of the terminal's public key
64      Ed25519 signature (RFC 8032) over ``SIGNATURE_PREFIX`` and all bytes before it
======  ======================================================================================

There is exactly one text for one statement and signature, so that no altered, added, lost or lower-case character passes.
The text holds nothing of the resident. It ends in a digit: 181 bytes are odd in number, so no trailing blank can get lost.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from contract import base45, receipt_number

TEXT_PREFIX = "OUEBAN1:"
SIGNATURE_PREFIX = b"oueban statement v1\0"
VERSION = 1
KEY_ID_BYTES = 8
SIGNATURE_BYTES = 64
LATEST_MS = 253_402_214_400_000
"""The last day of the year 9999: dates end there."""

_LAYOUT = struct.Struct(f">BB16s22s31sHI32s{KEY_ID_BYTES}s")
TEXT_LENGTH = len(TEXT_PREFIX) + len(base45.encode(bytes(_LAYOUT.size + SIGNATURE_BYTES)))
_ITEM_CODE = re.compile(r"[0-9A-Z]{31}")


class Kind(StrEnum):
    """What the terminal states."""

    SAVED = "saved"
    """The case is on the terminal's own disk."""
    DELIVERED = "delivered"
    """The terminal has the platform's signed receipt for it."""


_KINDS = {Kind.SAVED: 1, Kind.DELIVERED: 2}
_KIND_OF = {number: kind for kind, number in _KINDS.items()}


class Flaw(StrEnum):
    """Why a text is no valid statement. The words are stable."""

    NOT_A_RECEIPT_CODE = "not_a_receipt_code"
    """Something else altogether."""
    DAMAGED = "damaged"
    """Begins like a code of ours, but characters were altered, added or lost."""
    BAD_RECEIPT_NUMBER = "bad_receipt_number"
    """The receipt number's check character is wrong."""
    UNKNOWN_MACHINE = "unknown_machine"
    """None of the known keys is the one it names."""
    BAD_SIGNATURE = "bad_signature"
    """The key is known, but did not sign this."""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What the terminal states."""

    kind: Kind
    case_id: str
    """UUIDv7, lower case with hyphens."""
    receipt_number: str
    item_code: str
    """31 characters."""
    committed_at_ms: int
    digest: str
    """SHA-256 of the sealed case, lower-case hex."""
    key_id: str
    """Lower-case hex; see ``key_id_of``."""


class SignedStatement(msgspec.Struct, frozen=True):
    """A statement with the signature that came with it. Reading it checks nothing but the form: see ``check``."""

    statement: Statement
    signature: bytes


class Checked(msgspec.Struct, frozen=True):
    """A genuine statement, and the public key that made it."""

    statement: Statement
    public_key: bytes


def key_id_of(public_key: bytes) -> str:
    """Short name of a public key, lower-case hex."""
    return hashlib.sha256(public_key).digest()[:KEY_ID_BYTES].hex()


def signed_bytes(statement: Statement) -> bytes:
    """What the terminal signs; ``ValueError`` when a part does not fit the layout."""
    return SIGNATURE_PREFIX + _pack(statement)


def compose(statement: Statement, signature: bytes) -> str:
    """The text for the code; ``ValueError`` when a part does not fit the layout."""
    if len(signature) != SIGNATURE_BYTES:
        raise ValueError(f"a signature of {len(signature)} bytes")
    return TEXT_PREFIX + base45.encode(_pack(statement) + signature)


def read(text: str) -> SignedStatement | Flaw:
    """The statement in ``text``, still to be believed or not. Never raises, whatever the text is."""
    if not text.startswith(TEXT_PREFIX):
        return Flaw.NOT_A_RECEIPT_CODE
    data = base45.decode(text[len(TEXT_PREFIX) :]) if len(text) == TEXT_LENGTH else None
    if data is None:
        return Flaw.DAMAGED
    version, kind, case_id, number, item_code, high, low, digest, key_id = _LAYOUT.unpack(data[: _LAYOUT.size])
    statement = Statement(
        kind=_KIND_OF.get(kind, Kind.SAVED),
        case_id=str(UUID(bytes=case_id)),
        receipt_number=number.decode("latin-1"),
        item_code=item_code.decode("latin-1"),
        committed_at_ms=high << 32 | low,
        digest=digest.hex(),
        key_id=key_id.hex(),
    )
    if version != VERSION or kind not in _KIND_OF or _misfit(statement):
        return Flaw.DAMAGED
    if not receipt_number.is_valid(statement.receipt_number):
        return Flaw.BAD_RECEIPT_NUMBER
    return SignedStatement(statement, data[_LAYOUT.size :])


def check(text: str, public_keys: Iterable[bytes]) -> Checked | Flaw:
    """Read ``text`` and believe it only if one of the raw Ed25519 ``public_keys`` signed it. Never raises because of ``text``."""
    found = read(text)
    if isinstance(found, Flaw):
        return found
    named = [key for key in public_keys if key_id_of(key) == found.statement.key_id]
    if not named:
        return Flaw.UNKNOWN_MACHINE
    signed = signed_bytes(found.statement)
    return next((Checked(found.statement, key) for key in named if _signed_by(key, found.signature, signed)), Flaw.BAD_SIGNATURE)


def _pack(statement: Statement) -> bytes:
    problem = _misfit(statement)
    if problem or not receipt_number.is_valid(statement.receipt_number):
        raise ValueError(f"a statement cannot hold this {problem or 'receipt number'}")
    return _LAYOUT.pack(
        VERSION,
        _KINDS[statement.kind],
        UUID(statement.case_id).bytes,
        statement.receipt_number.encode("ascii"),
        statement.item_code.encode("ascii"),
        statement.committed_at_ms >> 32,
        statement.committed_at_ms & 0xFFFF_FFFF,
        bytes.fromhex(statement.digest),
        bytes.fromhex(statement.key_id),
    )


_HEX_SIZES = {"digest": 32, "key_id": KEY_ID_BYTES}
_CASE_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def _misfit(statement: Statement) -> str:
    """Name of the first part that breaks the layout; empty when all fit. The receipt number has a check of its own."""
    if not _CASE_ID.fullmatch(statement.case_id):
        return "case id"
    if not _ITEM_CODE.fullmatch(statement.item_code):
        return "item code"
    if not 0 <= statement.committed_at_ms <= LATEST_MS:
        return "time"
    for name, size in _HEX_SIZES.items():
        if not re.fullmatch(rf"[0-9a-f]{{{2 * size}}}", getattr(statement, name)):
            return name
    return ""


def _signed_by(public_key: bytes, signature: bytes, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True
