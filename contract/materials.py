"""Materials 材料 on the wire: photos and scans; each is sealed, named by the digest of its sealed bytes, sent before its case.

A material carries no word about the resident or the case: what it is stands in the sealed ``CasePayload``, and which case it
belongs to in the signed ``CaseHeader``. The terminal's signature over the header thereby covers every byte of its materials.

Sending is resumable: ``GET /v1/materials/DIGEST`` tells how many bytes the platform holds, and
``PUT /v1/materials/DIGEST?offset=N&size=S`` adds a chunk at that place, at most ``MAX_CHUNK_BYTES``. With the last byte
the platform checks the digest. Both answer ``MaterialState``.
"""

from __future__ import annotations

import hashlib
import re

import msgspec

MATERIAL_VERSION = 1
MAX_MATERIAL_BYTES = 32 * 1024 * 1024
"""Before sealing."""
SEALING_OVERHEAD_BYTES = 4 * 1024
MAX_SEALED_BYTES = MAX_MATERIAL_BYTES + SEALING_OVERHEAD_BYTES
MAX_CHUNK_BYTES = 1024 * 1024
MAX_MATERIALS_A_CASE = 64
MATERIAL_INFO = b"oueban material v1\0"
MAGIC = b"OUEBMAT1"
_MAX_HEADER_BYTES = 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")


class MaterialHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What may be read without opening a material."""

    version: int
    suite: str
    sealing_key_id: str


class MaterialState(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a material the platform holds."""

    digest: str
    offset: int
    """Bytes held, all from the start."""
    complete: bool
    """True once all bytes are held and their digest is right."""
    platform_time_ms: int


def material_info(header: bytes) -> bytes:
    """The HPKE ``info`` of a material: binds the header, as ``contract.cases.sealing_info`` does for a case."""
    return MATERIAL_INFO + header


def pack(header: bytes, sealed: bytes) -> bytes:
    """The sealed material as it is stored, sent and digested: magic, length of the header (2 bytes), header, sealed part."""
    return MAGIC + len(header).to_bytes(2, "big") + header + sealed


def unpack(packed: bytes) -> tuple[bytes, bytes]:
    """Header and sealed part of ``pack``; ``ValueError`` for bytes that are no sealed material."""
    start = len(MAGIC) + 2
    length = int.from_bytes(packed[len(MAGIC) : start], "big")
    if packed[: len(MAGIC)] != MAGIC or not 0 < length <= _MAX_HEADER_BYTES or len(packed) <= start + length:
        raise ValueError("not a sealed material, or cut short")
    return packed[start : start + length], packed[start + length :]


def material_digest(packed: bytes) -> str:
    """Name of a sealed material: SHA-256 of its packed bytes, lower-case hex."""
    return hashlib.sha256(packed).hexdigest()


def is_digest(text: str) -> bool:
    """True for a SHA-256 in lower-case hex: safe as a file name."""
    return _DIGEST.fullmatch(text) is not None
