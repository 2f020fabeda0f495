"""Bundles as a terminal would write them, made from the contract only; each can be bent afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.bundle import (
    BUNDLE_PREFIX,
    MANIFEST,
    MATERIALS,
    RECEIPTS,
    SIGNATURE,
    BundleManifest,
    BundlePart,
    BundleReceipts,
    BundleSignature,
)
from contract.cases import SealedCase, SubmitCases
from contract.materials import material_digest
from tests.helpers.terminal import Terminal


def write_bundle(
    folder: Path, terminal: Terminal, parts: Sequence[Sequence[SealedCase]], materials: Sequence[bytes] = ()
) -> BundleManifest:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MATERIALS).mkdir(exist_ok=True)
    told = []
    for number, cases in enumerate(parts, start=1):
        content = msgspec.msgpack.encode(SubmitCases(tuple(cases)))
        name = f"cases-{number:05d}.msgpack"
        (folder / name).write_bytes(content)
        told.append(BundlePart(name, hashlib.sha256(content).hexdigest(), len(cases)))
    for packed in materials:
        (folder / MATERIALS / material_digest(packed)).write_bytes(packed)
    manifest = BundleManifest(
        version=1,
        kiosk_id=terminal.identity.kiosk_id,
        made_at_ms=1_795_000_000_000,
        parts=tuple(told),
        materials=tuple(map(material_digest, materials)),
    )
    sign_bundle(folder, terminal, manifest)
    return manifest


def sign_bundle(
    folder: Path, terminal: Terminal, manifest: BundleManifest, key: Ed25519PrivateKey | None = None, kiosk_id: str = ""
) -> None:
    content = msgspec.json.encode(manifest)
    (folder / MANIFEST).write_bytes(content)
    signature = (key or terminal.key).sign(BUNDLE_PREFIX + content)
    signed = BundleSignature(kiosk_id or terminal.identity.kiosk_id, signature)
    (folder / SIGNATURE).write_bytes(msgspec.json.encode(signed))


def read_receipts(folder: Path) -> BundleReceipts:
    return msgspec.msgpack.decode((folder / RECEIPTS).read_bytes(), type=BundleReceipts)
