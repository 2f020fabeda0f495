"""The way out by USB stick: a folder of sealed cases and materials, signed by the terminal, where no network returns.

    manifest.json          ``BundleManifest``
    manifest.sig           ``BundleSignature``
    cases-00001.msgpack    ``contract.cases.SubmitCases`` each, named in the manifest with its SHA-256
    materials/DIGEST       sealed materials (``contract.materials``)
    receipts.msgpack       ``BundleReceipts``, written by the platform after the import; the terminal may read it back

Everything in it is sealed to the platform: a lost stick tells nothing about any resident.
"""

from __future__ import annotations

import msgspec

from contract.cases import CaseOutcome

BUNDLE_VERSION = 1
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
MATERIALS = "materials"
RECEIPTS = "receipts.msgpack"
BUNDLE_PREFIX = b"oueban bundle v1\0"
"""The signature covers this and the bytes of the manifest."""
MAX_MANIFEST_BYTES = 64 * 1024 * 1024
MAX_PART_BYTES = 8 * 1024 * 1024


class BundlePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of cases."""

    file: str
    """``cases-`` and five digits, ``.msgpack``; in the bundle's own folder."""
    sha256: str
    cases: int


class BundleManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the bundle holds."""

    version: int
    kiosk_id: str
    made_at_ms: int
    parts: tuple[BundlePart, ...]
    materials: tuple[str, ...]
    """Digests."""


class BundleSignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ed25519 of the terminal (JSON)."""

    kiosk_id: str
    signature: bytes


class BundleReceipts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One outcome a case of the bundle (MessagePack). Believed like any answer: by the receipts' own signatures only."""

    kiosk_id: str
    imported_at_ms: int
    outcomes: tuple[CaseOutcome, ...]
