"""Judging one sealed case: header, signature, sealing, payload. Pure: no database, no clock.

Every way a case can be wrong is a ``Refusal`` with a stable code; none is an exception.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from contract import receipt_number
from contract.cases import (
    ENVELOPE_VERSION,
    SUITE_HPKE_MLKEM768_X25519,
    CaseHeader,
    CasePayload,
    SealedCase,
    signed_bytes,
)
from contract.materials import MAX_MATERIALS_A_CASE, is_digest
from fleet.decoding import Undecodable, from_json, is_counting, is_plain_text
from fleet.keys import KeyRing
from fleet.payload_checks import payload_defects
from fleet.registry import Kiosk
from fleet.sealing_keys import CannotOpen

MAX_HEADER_BYTES = 8192
"""The longest list of materials takes 4.3 KiB."""
MAX_SEALED_BYTES = 264 * 1024
"""A payload of 256 KiB, which is the terminal's own limit, with room for the encapsulated key."""
_CASE_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a case is not taken."""

    code: str
    reason: str


class _Versioned(msgspec.Struct):
    version: int


def is_case_id(text: str) -> bool:
    """True for a UUIDv7 in lower case with hyphens."""
    return _CASE_ID.fullmatch(text) is not None


def read_header(case: SealedCase) -> CaseHeader | Refusal:
    """The header, checked in form. Nothing is believed yet: the signature comes later."""
    if len(case.header) > MAX_HEADER_BYTES or len(case.sealed) > MAX_SEALED_BYTES:
        return Refusal(
            "too_large", f"limits are {MAX_HEADER_BYTES} bytes for the header and {MAX_SEALED_BYTES} for the sealed part"
        )
    try:
        version = from_json(case.header, _Versioned).version
        if version != ENVELOPE_VERSION:
            return Refusal("unsupported_version", f"envelope version {ENVELOPE_VERSION} is understood")
        header = from_json(case.header, CaseHeader)
    except Undecodable as error:
        return Refusal("bad_header", f"the header {error}")
    return _header_problem(header) or header


def _header_problem(header: CaseHeader) -> Refusal | None:
    if not is_case_id(header.case_id):
        return Refusal("bad_header", "case_id is no UUIDv7 in lower case")
    if not all(is_plain_text(text, 64) for text in (header.kiosk_id, header.item_code, header.boot_id, header.sealing_key_id)):
        return Refusal("bad_header", "a text of the header is empty, too long or has characters that cannot be seen")
    offset_ms = header.platform_offset_ms or 0
    counts = (header.committed_at_ms, header.monotonic_ms, abs(offset_ms))
    if not is_counting(header.sequence, least=1) or not all(is_counting(count) for count in counts):
        return Refusal("bad_header", "a number of the header is out of range")
    if header.suite != SUITE_HPKE_MLKEM768_X25519:
        return Refusal("unsupported_suite", f"{SUITE_HPKE_MLKEM768_X25519} is understood")
    return _materials_problem(header.materials)


def _materials_problem(digests: tuple[str, ...]) -> Refusal | None:
    if len(digests) > MAX_MATERIALS_A_CASE or len(set(digests)) != len(digests):
        return Refusal("bad_materials", f"the header names more than {MAX_MATERIALS_A_CASE} materials, or one of them twice")
    if not all(is_digest(digest) for digest in digests):
        return Refusal("bad_materials", "a material of the header is not named by a SHA-256 in lower-case hex")
    return None


def signature_holds(case: SealedCase, public_keys: Iterable[bytes]) -> bool:
    """True when one of the keys (raw Ed25519) signed this envelope."""
    message = signed_bytes(case.header, case.sealed)
    return any(verifies(public_key, case.signature, message) for public_key in public_keys)


def verifies(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """True when this key (raw Ed25519) signed the message."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def receipt_number_problem(header: CaseHeader, kiosk: Kiosk) -> Refusal | None:
    """The number must be sound, of this terminal's range, and carry the case's own serial."""
    number = header.receipt_number
    if len(number) != 22 or not receipt_number.is_valid(number):
        return Refusal("bad_receipt_number", "the layout or the check character of the receipt number is wrong")
    if number[:6] != kiosk.region_code or number[12:16] != kiosk.device_code:
        return Refusal("bad_receipt_number", "the receipt number is not of this terminal's range")
    if int(number[16:21]) != header.sequence % receipt_number.SERIALS:
        return Refusal("bad_receipt_number", "the serial of the receipt number is not the case's sequence")
    return None


def open_payload(case: SealedCase, header: CaseHeader, keys: KeyRing) -> CasePayload | Refusal:
    """The payload in plain, for use in memory only."""
    key = keys.opening_key(header.sealing_key_id)
    if key is None:
        return Refusal("unknown_sealing_key", "the platform does not hold the key this case was sealed to")
    try:
        return from_json(key.open(case.header, case.sealed), CasePayload)
    except CannotOpen:
        return Refusal("cannot_open", "the sealed part does not open under this header and key")
    except Undecodable as error:
        return Refusal("bad_payload", f"the payload {error}")


def judge_content(case: SealedCase, header: CaseHeader, keys: KeyRing) -> Refusal | None:
    """Open and check the payload; ``None`` when it may be taken. The plain text is let go of here."""
    payload = open_payload(case, header, keys)
    if isinstance(payload, Refusal):
        return payload
    defects = payload_defects(header, payload)
    if not defects:
        return None
    return Refusal(defects[0].code, "; ".join(defect.words for defect in defects))
