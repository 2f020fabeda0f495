"""Catalogues of matters as the platform publishes them: files, a serial that only grows, and the platform's signature.

The signature covers the serial, so an older catalogue cannot be put in the place of a newer one: going back is a new publication.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from contract.compression import zstd
from contract.kiosks import ReceiptKey

CATALOGUE_PREFIX = b"oueban catalogue v1\0"
MAX_FILES = 5_000
MAX_BYTES = 16 << 20
"""Of all files together."""
MAX_PACKED_BYTES = 4 << 20
_LEVEL = 9
_PATH = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*){0,3}\.(yaml|json)")


class CatalogueStatement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is signed, as JSON."""

    serial: int
    """Counts publications from 1; a terminal takes only a higher one than it holds."""
    version: str
    digest: str
    """SHA-256 of the packed files, lower-case hex."""
    published_at_ms: int


class SignedCatalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A catalogue that can be checked wherever it lies."""

    statement: bytes
    key_id: str
    signature: bytes
    """Ed25519 over ``CATALOGUE_PREFIX`` and ``statement``, by one of the platform's receipt keys."""
    packed: bytes
    """The files, see ``pack``."""


class CatalogueAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of ``GET /v1/catalogue`` (JSON), with an ``ETag``; 304 when ``If-None-Match`` names it, 404 ``no_catalogue``."""

    catalogue: SignedCatalogue
    platform_time_ms: int


def pack(files: Mapping[str, str]) -> bytes:
    """Files by path as they travel: JSON in order of the paths, zstd. ``ValueError`` for what cannot be a catalogue."""
    if problem := files_problem(files):
        raise ValueError(problem)
    return zstd.compress(msgspec.json.encode(dict(sorted(files.items()))), _LEVEL)


def unpack(packed: bytes) -> dict[str, str] | str:
    """The files; why not, in words, for bytes that hold none. Never more than ``MAX_BYTES`` are unpacked."""
    if len(packed) > MAX_PACKED_BYTES:
        return f"it is larger than {MAX_PACKED_BYTES:,} bytes"
    try:
        content = zstd.ZstdDecompressor().decompress(packed, MAX_BYTES + MAX_FILES * 64)
        files = msgspec.json.decode(content, type=dict[str, str])
    except (zstd.ZstdError, msgspec.DecodeError, EOFError):
        return "it does not unpack"
    return files_problem(files) or files


def files_problem(files: Mapping[str, str]) -> str:
    """Why these files cannot be a catalogue, in words; empty when they can."""
    if not 0 < len(files) <= MAX_FILES:
        return f"it has not 1 to {MAX_FILES:,} files"
    if bad := next((path for path in files if len(path) > 200 or not _PATH.fullmatch(path)), None):
        return f"{bad[:60]!r} is no path of a catalogue"
    return f"it is larger than {MAX_BYTES:,} bytes" if sum(len(text.encode()) for text in files.values()) > MAX_BYTES else ""


def digest_of(packed: bytes) -> str:
    """SHA-256 of the packed files, lower-case hex."""
    return hashlib.sha256(packed).hexdigest()


def etag_of(statement: CatalogueStatement) -> str:
    """The entity tag of a publication."""
    return f'"{statement.serial}-{statement.digest[:16]}"'


def check(signed: SignedCatalogue, keys: tuple[ReceiptKey, ...]) -> CatalogueStatement | str:
    """The statement, when one of ``keys`` signed it for these very files; otherwise why not, in words."""
    key = next((one for one in keys if one.key_id == signed.key_id), None)
    if key is None:
        return "it is signed with a key that is not the platform's"
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signed.signature, CATALOGUE_PREFIX + signed.statement)
        statement = msgspec.json.decode(signed.statement, type=CatalogueStatement)
    except (InvalidSignature, ValueError, msgspec.DecodeError):
        return "its signature is wrong"
    if digest_of(signed.packed) != statement.digest:
        return "its files are not those that were signed"
    return statement
