"""Taking in what a terminal wrote to a USB stick (``contract.bundle``): the same checks as over the line, and no others' word.

The signature over the manifest tells whose bundle it is; every case in it still speaks for itself. Safe to repeat.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from contract.bundle import (
    BUNDLE_PREFIX,
    BUNDLE_VERSION,
    MANIFEST,
    MAX_MANIFEST_BYTES,
    MAX_PART_BYTES,
    RECEIPTS,
    SIGNATURE,
    BundleManifest,
    BundlePart,
    BundleReceipts,
    BundleSignature,
)
from contract.cases import CaseOutcome, SealedCase, SubmitCases
from contract.materials import MAX_CHUNK_BYTES, MAX_SEALED_BYTES, MaterialState, is_digest
from fleet import registry
from fleet.bundle_files import BundleFolder, Unreadable, is_part_name
from fleet.database import Database
from fleet.decoding import Undecodable, from_json, from_msgpack
from fleet.envelope import verifies
from fleet.errors import PlatformError, StorageUnavailable
from fleet.files import write_durably
from fleet.intake import MAX_CASES
from fleet.materials import Chunk, MaterialStore, NotTaken
from fleet.platform import Platform

OUTCOMES = ("accepted", "duplicate", "conflict", "rejected", "later")
_TAKEN = ("accepted", "duplicate")
_MAX_SIGNATURE_BYTES = 4096


@dataclass
class ImportReport:
    """What became of a bundle."""

    kiosk_id: str
    materials: int = 0
    """Held now, whether they came with this bundle or before."""
    outcomes: list[CaseOutcome] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """Files of which nothing was taken, with the reason, one line each."""
    receipts_problem: str = ""
    """Why the receipts could not be written into the folder; empty when they were."""

    @property
    def counts(self) -> dict[str, int]:
        """Number of cases by outcome."""
        counted = Counter(type(outcome).__name__.lower() for outcome in self.outcomes)
        return {name: counted[name] for name in OUTCOMES}

    @property
    def is_whole(self) -> bool:
        """True when everything in the bundle is held now."""
        return not self.faults and all(not count for name, count in self.counts.items() if name not in _TAKEN)


def import_bundle(platform: Platform, path: Path) -> ImportReport:
    """Take in the bundle in the folder ``path`` and write the receipts there.

    Raises ``PlatformError`` when it is no bundle of a terminal known here; then nothing was taken.
    """
    with BundleFolder(path) as folder:
        manifest = _read_manifest(folder, platform.database)
        report = ImportReport(manifest.kiosk_id)
        try:
            for digest in manifest.materials:
                _take_material(folder, platform.materials, digest, report)
            for part in manifest.parts:
                _take_part(folder, platform, part, report)
        except StorageUnavailable as error:
            # What was taken so far stays taken, and its receipts are worth having.
            report.faults.append(f"the import broke off: {error}")
    receipts = BundleReceipts(kiosk_id=manifest.kiosk_id, imported_at_ms=platform.clock(), outcomes=tuple(report.outcomes))
    try:
        # The terminal that reads it back may run as another user; receipts tell nothing about residents.
        write_durably(path / RECEIPTS, msgspec.msgpack.encode(receipts), 0o644)
    except OSError as error:
        report.receipts_problem = f"{path / RECEIPTS}: {error.strerror or error}"
    return report


def _read_manifest(folder: BundleFolder, database: Database) -> BundleManifest:
    try:
        content = folder.read(MANIFEST, MAX_MANIFEST_BYTES)
    except Unreadable as error:
        raise PlatformError(f"this is no bundle: {MANIFEST} {error}") from error
    try:
        signature = from_json(folder.read(SIGNATURE, _MAX_SIGNATURE_BYTES), BundleSignature)
    except (Unreadable, Undecodable) as error:
        raise PlatformError(f"this is no bundle: {SIGNATURE} {error}") from error
    with database.reading() as connection:
        kiosk = registry.line_of(connection, signature.kiosk_id).get(signature.kiosk_id)
    if kiosk is None:
        raise PlatformError("the bundle is of a terminal that is not known here")
    # Nothing of the manifest is looked at before its signature holds. A retired key will do: it may be older than the renewal.
    if not any(verifies(key, signature.signature, BUNDLE_PREFIX + content) for key in kiosk.public_keys):
        raise PlatformError(f"the manifest was changed, or was not made by terminal {kiosk.kiosk.kiosk_id}")
    try:
        manifest = from_json(content, BundleManifest)
    except Undecodable as error:
        raise PlatformError(f"{MANIFEST} {error}") from error
    problem = _manifest_problem(manifest, kiosk.kiosk.kiosk_id)
    if problem:
        raise PlatformError(f"{MANIFEST} {problem}")
    return manifest


def _manifest_problem(manifest: BundleManifest, kiosk_id: str) -> str:
    if manifest.version != BUNDLE_VERSION:
        return f"is of version {manifest.version}; version {BUNDLE_VERSION} is understood"
    if manifest.kiosk_id != kiosk_id:
        return "names another terminal than its signature"
    names = [part.file for part in manifest.parts]
    if not all(is_part_name(name) for name in names) or not all(is_digest(digest) for digest in manifest.materials):
        return "names a file that is none of a bundle"
    if len(set(names)) != len(names) or len(set(manifest.materials)) != len(manifest.materials):
        return "names a file twice"
    return ""


def _take_material(folder: BundleFolder, store: MaterialStore, digest: str, report: ImportReport) -> None:
    try:
        content = folder.read_material(digest, MAX_SEALED_BYTES)
    except Unreadable as error:
        report.faults.append(f"material {digest} {error}")
        return
    outcome = _bring(store, report.kiosk_id, digest, content)
    if isinstance(outcome, NotTaken):
        report.faults.append(f"material {digest}: {outcome.detail}")
    else:
        report.materials += 1


def _bring(store: MaterialStore, kiosk_id: str, digest: str, content: bytes) -> MaterialState | NotTaken:
    # Checked before anything is stored: bytes that came earlier over the line must not be dropped for a damaged copy.
    if hashlib.sha256(content).hexdigest() != digest:
        return NotTaken("wrong_digest", "the file is damaged")
    dropped_once = False
    state = store.state(digest)
    while isinstance(state, NotTaken) or not state.complete:
        if isinstance(state, NotTaken):
            # What had come over the line before was wrong and is dropped now; from here on only our own good bytes count.
            if state.code != "wrong_digest" or dropped_once:
                return state
            dropped_once, offset = True, 0
        else:
            offset = state.offset
        state = store.add(kiosk_id, Chunk(digest, offset, len(content), content[offset : offset + MAX_CHUNK_BYTES]))
    return state


def _take_part(folder: BundleFolder, platform: Platform, part: BundlePart, report: ImportReport) -> None:
    cases = _read_part(folder, part)
    if isinstance(cases, str):
        report.faults.append(f"{part.file} {cases}")
        return
    for start in range(0, len(cases), MAX_CASES):
        batch = cases[start : start + MAX_CASES]
        report.outcomes += platform.intake.submit(report.kiosk_id, batch, is_heard=False)


def _read_part(folder: BundleFolder, part: BundlePart) -> tuple[SealedCase, ...] | str:
    """The cases, or what is wrong with the file."""
    try:
        content = folder.read(part.file, MAX_PART_BYTES)
        if hashlib.sha256(content).hexdigest() != part.sha256:
            return "is damaged: it is not what the terminal wrote"
        cases = from_msgpack(content, SubmitCases).cases
    except (Unreadable, Undecodable) as error:
        return str(error)
    return cases if len(cases) == part.cases else "does not hold as many cases as the manifest says"
