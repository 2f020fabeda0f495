"""The way out by USB stick (``contract.bundle``): pending cases and their materials, written to a folder and signed.

No case changes its state by it: only a receipt makes a case delivered (``bundle_receipts``). Cases are read one by one in short
reads, so a running terminal is not held up; memory holds one part, one material, and about 100 bytes a material for the manifest.

A repeated export writes its parts under numbers that are free, then manifest and signature, and only then removes the old parts.
A cut before the last two renames leaves the old bundle, one after them the new; between these two there is a moment in which the
signature does not fit, which no reader takes for a bundle, and which the next export heals.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import msgspec

from contract.bundle import (
    BUNDLE_PREFIX,
    BUNDLE_VERSION,
    MANIFEST,
    MATERIALS,
    MAX_MANIFEST_BYTES,
    SIGNATURE,
    BundleManifest,
    BundlePart,
    BundleSignature,
)
from contract.cases import CaseHeader, SealedCase, SubmitCases
from contract.materials import MAX_SEALED_BYTES, is_digest, material_digest
from offline_queue.bundle_files import NEW, clusters, holds, put, sync_stick_folder, write_beside
from offline_queue.clock import Clock, SystemClock
from offline_queue.decoding import UNDECODABLE
from offline_queue.errors import from_sqlite
from offline_queue.identity import Identity
from offline_queue.inspection import connect_read_only
from offline_queue.materials import MaterialStore
from offline_queue.settings import QueueSettings
from offline_queue.states import PENDING

MAX_PART_CASES = 500
MAX_PART_CONTENT = 4 * 1024 * 1024
_CASE_OVERHEAD = 64
"""MessagePack's names and lengths around a case."""
_PART = re.compile(r"cases-([0-9]{5})\.msgpack")
_LAST_NUMBER = 99_999
_PENDING = ", ".join(f"'{state}'" for state in sorted(PENDING))
_ROWS = (
    # The plus keeps SQLite on the rows in order of commitment, read once from end to end.
    f"SELECT position, digest, size_bytes FROM cases WHERE position > ? AND +state IN ({_PENDING}) ORDER BY position LIMIT 500"  # noqa: S608
)


class ExportProblem(StrEnum):
    """Why nothing new was written."""

    NOT_ENROLLED = "not_enrolled"
    INSIDE_DATA = "inside_data"
    FOREIGN_BUNDLE = "foreign_bundle"
    NOTHING_PENDING = "nothing_pending"
    NO_ROOM = "no_room"
    TOO_MANY_MATERIALS = "too_many_materials"
    STICK_FAILED = "stick_failed"


@dataclass(frozen=True, slots=True)
class NotExported:
    """No new bundle; one that was there before is as it was. ``detail`` is for people."""

    problem: ExportProblem
    detail: str


@dataclass(slots=True)
class Exported:
    """The bundle is on the stick, synced as far as its file system can."""

    kiosk_id: str
    cases: int = 0
    parts: list[BundlePart] = field(default_factory=list)
    materials: dict[str, None] = field(default_factory=dict)
    """Digests, in order."""
    damaged: int = 0
    """Cases left out, because their sealed bytes are not those that were committed."""
    missing_materials: int = 0
    """Materials left out, because they are gone or damaged; their cases are in the bundle."""
    is_on_own_disk: bool = False
    """True when the folder lies on the disk of the queue itself, so perhaps no stick is mounted there."""


class _Stop(Exception):
    def __init__(self, problem: ExportProblem, detail: str) -> None:
        super().__init__(detail)
        self.value = NotExported(problem, detail)


def export(
    queue_path: Path,
    identity: Identity | None,
    folder: Path,
    *,
    data_folder: Path,
    settings: QueueSettings | None = None,
    clock: Clock | None = None,
) -> Exported | NotExported:
    """Write all pending cases into ``folder``, which is made when it is not there. Safe to repeat.

    ``data_folder`` may not hold it. Raises ``KnownError`` when the queue cannot be read.
    """
    if identity is None:
        return NotExported(ExportProblem.NOT_ENROLLED, "a bundle must be signed, and this machine has no key; enrol it first")
    if folder.resolve().is_relative_to(data_folder.resolve()):
        return NotExported(
            ExportProblem.INSIDE_DATA, f"{folder} lies in the terminal's own data folder; name a folder on the stick"
        )
    busy_timeout_s = (settings or QueueSettings()).busy_timeout_s
    with closing(connect_read_only(queue_path, busy_timeout_s)) as connection:
        try:
            writer = _Writer(connection, queue_path, identity, folder)
            return writer.run((clock or SystemClock()).now().wall_ms)
        except _Stop as stop:
            return stop.value
        except sqlite3.Error as error:
            raise from_sqlite(error) from error
        except OSError as error:
            problem = ExportProblem.NO_ROOM if error.errno in (errno.ENOSPC, errno.EDQUOT) else ExportProblem.STICK_FAILED
            return NotExported(problem, f"{error.filename or folder}: {error.strerror or error}")


class _Writer:
    """One export. Methods raise ``_Stop``, ``OSError`` of the stick, ``sqlite3.Error`` of the queue."""

    def __init__(self, connection: sqlite3.Connection, queue_path: Path, identity: Identity, folder: Path) -> None:
        self._connection = connection
        self._queue_path = queue_path
        self._store = MaterialStore(queue_path.with_name(queue_path.name + ".materials"))
        self._identity = identity
        self._folder = folder
        self._done = Exported(identity.kiosk_id)
        self._number = 0

    def run(self, made_at_ms: int) -> Exported:
        if self._connection.execute(_ROWS, (-1,)).fetchone() is None:
            raise _Stop(ExportProblem.NOTHING_PENDING, "no case is pending")
        self._check_folder()
        (self._folder / MATERIALS).mkdir(parents=True, exist_ok=True)
        self._done.is_on_own_disk = self._folder.stat().st_dev == self._queue_path.stat().st_dev
        self._check_room()
        self._number = self._free_number()
        try:
            self._write_parts()
            self._write_manifest(made_at_ms)
        except (OSError, _Stop):
            for part in self._done.parts:
                # A stick that was pulled out cannot be tidied; the next export does it.
                with contextlib.suppress(OSError):
                    (self._folder / part.file).unlink(missing_ok=True)
            raise
        self._tidy()
        return self._done

    def _check_folder(self) -> None:
        """A bundle of another terminal, or another program's file of that name, is not ours to replace."""
        path = self._folder / MANIFEST
        try:
            with path.open("rb") as file:
                content = file.read(MAX_MANIFEST_BYTES)
        except FileNotFoundError:
            return
        try:
            other = msgspec.json.decode(content, type=BundleManifest).kiosk_id
        except UNDECODABLE:
            raise _Stop(ExportProblem.FOREIGN_BUNDLE, f"{path} is none of a bundle; name another folder") from None
        if other != self._identity.kiosk_id:
            detail = f"{self._folder} holds the bundle of terminal {other}; name another folder"
            raise _Stop(ExportProblem.FOREIGN_BUNDLE, detail)

    def _check_room(self) -> None:
        needed, counted = clusters(self._folder, 1024 * 1024), 0
        for row in self._rows():
            needed += row["size_bytes"] + _CASE_OVERHEAD
            counted += 1
            for digest, size_bytes in self._materials_of(row["position"]):
                if not self._has_size(digest, size_bytes):
                    needed += clusters(self._folder, size_bytes) + len(digest) + 8
        needed += (needed // MAX_PART_CONTENT + counted // MAX_PART_CASES + 1) * clusters(self._folder, 1)
        free = shutil.disk_usage(self._folder).free
        if free < needed:
            words = f"{_mib(needed)} are needed beside what is there, {_mib(free)} are free"
            raise _Stop(ExportProblem.NO_ROOM, f"{self._folder}: not enough room: {words}")

    def _materials_of(self, position: int) -> list[sqlite3.Row]:
        query = "SELECT n.digest, m.size_bytes FROM case_materials n JOIN materials m ON m.digest = n.digest WHERE n.position = ?"
        return self._connection.execute(query, (position,)).fetchall()

    def _has_size(self, digest: str, size_bytes: int) -> bool:
        try:
            return (self._folder / MATERIALS / digest).stat().st_size == size_bytes
        except FileNotFoundError:
            return False

    def _free_number(self) -> int:
        """Where the numbers of new parts begin, so that no old part is replaced before its manifest is."""
        taken = [int(found[1]) for path in self._folder.iterdir() if (found := _PART.fullmatch(path.name))]
        return 1 if not taken or min(taken) > _LAST_NUMBER // 2 else max(taken) + 1

    def _rows(self) -> Iterator[sqlite3.Row]:
        position = -1
        while page := self._connection.execute(_ROWS, (position,)).fetchall():
            yield from page
            position = page[-1]["position"]

    def _write_parts(self) -> None:
        batch: list[SealedCase] = []
        size = 0
        for row in self._rows():
            case = self._read(row)
            if case is None:
                continue
            case_size = row["size_bytes"] + _CASE_OVERHEAD
            if batch and (len(batch) == MAX_PART_CASES or size + case_size > MAX_PART_CONTENT - _CASE_OVERHEAD):
                self._write_part(batch)
                batch, size = [], 0
            self._write_materials(case)
            batch.append(case)
            size += case_size
        if batch:
            self._write_part(batch)

    def _read(self, row: sqlite3.Row) -> SealedCase | None:
        """``None`` for a case that was delivered and purged meanwhile, and for one whose bytes are damaged."""
        query = "SELECT header, sealed, signature FROM envelopes WHERE position = ?"
        envelope = self._connection.execute(query, (row["position"],)).fetchone()
        case = SealedCase(*envelope) if envelope is not None else None
        if case is None or case.digest != row["digest"]:
            self._done.damaged += 1
            return None
        return case

    def _write_materials(self, case: SealedCase) -> None:
        # The digest of these bytes was checked: it is the header that was committed.
        for digest in msgspec.json.decode(case.header, type=CaseHeader).materials:
            if digest in self._done.materials:
                continue
            reader = self._store.reader(self._connection, digest)
            content = reader.read(0, MAX_SEALED_BYTES) if reader else b""
            if material_digest(content) != digest:
                self._done.missing_materials += 1
                continue
            path = self._folder / MATERIALS / digest
            if not holds(path, digest, len(content)):
                put(path, content)
            self._done.materials[digest] = None

    def _write_part(self, cases: list[SealedCase]) -> None:
        if self._number > _LAST_NUMBER:
            raise _Stop(ExportProblem.NO_ROOM, f"{self._folder}: no numbers are left for parts; remove the old cases-*.msgpack")
        content = msgspec.msgpack.encode(SubmitCases(tuple(cases)))
        part = BundlePart(f"cases-{self._number:05d}.msgpack", hashlib.sha256(content).hexdigest(), len(cases))
        self._done.parts.append(part)
        put(self._folder / part.file, content)
        self._number += 1
        self._done.cases += len(cases)

    def _write_manifest(self, made_at_ms: int) -> None:
        manifest = msgspec.json.encode(
            BundleManifest(
                version=BUNDLE_VERSION,
                kiosk_id=self._identity.kiosk_id,
                made_at_ms=made_at_ms,
                parts=tuple(self._done.parts),
                materials=tuple(self._done.materials),
            )
        )
        if len(manifest) > MAX_MANIFEST_BYTES:
            raise _Stop(ExportProblem.TOO_MANY_MATERIALS, "more materials than one bundle may hold")
        signature = self._identity.signing_key.sign(BUNDLE_PREFIX + manifest)
        signed = msgspec.json.encode(BundleSignature(self._identity.kiosk_id, signature))
        # Everything the manifest names is durable before it, and both files of it are whole before either has its name.
        new = [write_beside(self._folder / name, content) for name, content in ((MANIFEST, manifest), (SIGNATURE, signed))]
        sync_stick_folder(self._folder / MATERIALS)
        sync_stick_folder(self._folder)
        for path in new:
            path.replace(path.with_name(path.name.removesuffix(NEW)))
        sync_stick_folder(self._folder)

    def _tidy(self) -> None:
        """Remove parts and materials of earlier bundles, and halves of interrupted writes. Other files are not ours."""
        parts = {part.file for part in self._done.parts}
        for path in list(self._folder.iterdir()):
            name = path.name.removesuffix(NEW)
            if _PART.fullmatch(name) and (path.name != name or name not in parts):
                path.unlink()
        for path in list((self._folder / MATERIALS).iterdir()):
            name = path.name.removesuffix(NEW)
            if is_digest(name) and (path.name != name or name not in self._done.materials):
                path.unlink()


def _mib(size_bytes: int) -> str:
    return f"{size_bytes / 1024 / 1024:.1f} MiB"
