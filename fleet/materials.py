"""Materials: taken in chunk by chunk, named by their digest, whole or not there. See ``contract.materials``.

What is held is what lies in the files; the register says who brought it and whether it is complete. A material counts as
complete only once its digest was found right, its file was renamed, and the register was committed, in this order.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contract.materials import MAX_CHUNK_BYTES, MAX_SEALED_BYTES, MaterialState, is_digest
from fleet import material_register
from fleet.clock import Clock
from fleet.database import Database
from fleet.errors import StorageUnavailable
from fleet.material_files import MaterialFiles

_log = logging.getLogger(__name__)

MAX_UNFINISHED = 64
MAX_UNFINISHED_BYTES = 512 * 1024 * 1024
"""Of one terminal, at one time. A terminal sends one material after the other; more than a few are a fault of its own."""
UNFINISHED_KEPT_MS = 7 * 86_400_000
UNNAMED_KEPT_MS = 30 * 86_400_000
SWEEP_EVERY_S = 3600.0
_SWEEP_BATCH = 200
RETRY_LATER_S = 60.0


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Why a chunk was not taken, in the words of ``contract.kiosks.Problem``: ``bad_request``, ``wrong_digest``, ``busy``."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes of a material and where they belong."""

    digest: str
    offset: int
    size_bytes: int
    """Of the whole material, sealed."""
    content: bytes

    @property
    def problem(self) -> str:
        """What is out of bounds, in words; empty when nothing is."""
        if not is_digest(self.digest):
            return "a material is named by a SHA-256 in lower-case hex"
        if not 0 < self.size_bytes <= MAX_SEALED_BYTES:
            return f"size is a number from 1 to {MAX_SEALED_BYTES}"
        if not 0 <= self.offset <= self.size_bytes or self.offset + len(self.content) > self.size_bytes:
            return "the chunk does not lie within the material"
        if len(self.content) > MAX_CHUNK_BYTES:
            return f"a chunk has at most {MAX_CHUNK_BYTES} bytes"
        return ""


class MaterialStore:
    """The materials of one platform. Safe to use from several threads and processes."""

    def __init__(self, data: Path, database: Database, clock: Clock) -> None:
        self._files = MaterialFiles(data)
        self._database = database
        self._clock = clock

    def state(self, digest: str) -> MaterialState | NotTaken:
        """How much is held. Raises ``StorageUnavailable``."""
        if not is_digest(digest):
            return NotTaken("bad_request", "a material is named by a SHA-256 in lower-case hex")
        entry = self._find(digest)
        if entry is None:
            return self._told(digest, 0)
        if self._is_whole(entry):
            return self._told(digest, entry.size_bytes, is_complete=True)
        # A crash may have come between the last byte and the check: then it is made up for now.
        return self.add(entry.brought_by, Chunk(digest, 0, entry.size_bytes, b""))

    def add(self, kiosk_id: str, chunk: Chunk) -> MaterialState | NotTaken:
        """Take a chunk; it is on disk when this returns. Raises ``StorageUnavailable``.

        A chunk that does not continue what is held is no error: the answer tells from where to go on.
        """
        problem = chunk.problem
        if problem:
            return NotTaken("bad_request", problem)
        with self._files.locked(chunk.digest):
            return self._refusal(kiosk_id, chunk) or self._continue(chunk)

    def complete_among(self, connection: sqlite3.Connection, digests: Sequence[str]) -> frozenset[str]:
        """Those of the materials that are held whole, register and file."""
        found = material_register.find_complete(connection, digests)
        return frozenset(digest for digest, entry in found.items() if self._files.is_whole(digest, entry.size_bytes))

    def read(self, digest: str) -> bytes | None:
        """A complete material as it came; ``None`` when its file is gone. Raises ``StorageUnavailable``."""
        return self._files.read(digest, MAX_SEALED_BYTES) if is_digest(digest) else None

    def sweep(self) -> int:
        """Remove what nobody will need any more; how many materials went. Raises ``StorageUnavailable``."""
        now_ms = self._clock()
        limits = (now_ms - UNFINISHED_KEPT_MS, now_ms - UNNAMED_KEPT_MS)
        swept = 0
        while True:
            with self._database.reading() as connection:
                due = material_register.due(connection, *limits, _SWEEP_BATCH)
            for digest in due:
                swept += self._sweep_one(digest, *limits)
            if len(due) < _SWEEP_BATCH:
                return swept + self._sweep_strays()

    def _sweep_one(self, digest: str, *limits: int) -> bool:
        with self._files.locked(digest):
            # The register first: were the file to go first, a crash would leave a material that is believed and not there.
            with self._database.transaction() as connection:
                is_swept = material_register.sweep(connection, digest, *limits)
            if is_swept:
                self._files.remove(digest)
        return is_swept

    def _sweep_strays(self) -> int:
        """Files that no register entry speaks for: a crash of long ago, or a database older than the folder."""
        swept = 0
        for digest in self._files.older_than(UNNAMED_KEPT_MS / 1000):
            if is_digest(digest):
                with self._files.locked(digest):
                    if self._find(digest) is None:
                        self._files.remove(digest)
                        swept += 1
        return swept

    def _find(self, digest: str) -> material_register.Entry | None:
        with self._database.reading() as connection:
            return material_register.find(connection, digest)

    def _is_whole(self, entry: material_register.Entry) -> bool:
        return entry.is_complete and self._files.is_whole(entry.digest, entry.size_bytes)

    def _refusal(self, kiosk_id: str, chunk: Chunk) -> NotTaken | None:
        """Register the material if it is new."""
        entry = self._find(chunk.digest)
        if entry is not None:
            is_same = entry.size_bytes == chunk.size_bytes
            return None if is_same else NotTaken("bad_request", "another size was told for this material before")
        with self._database.transaction() as connection:
            unfinished, unfinished_bytes = material_register.unfinished_of(connection, kiosk_id)
            if unfinished >= MAX_UNFINISHED or unfinished_bytes + chunk.size_bytes > MAX_UNFINISHED_BYTES:
                return NotTaken("busy", "too many materials of this terminal are under way; finish those first")
            material_register.begin(connection, kiosk_id, chunk.digest, chunk.size_bytes, self._clock())
        return None

    def _continue(self, chunk: Chunk) -> MaterialState | NotTaken:
        digest = chunk.digest
        entry = self._find(digest)
        if entry is not None and self._is_whole(entry):
            return self._told(digest, entry.size_bytes, is_complete=True)
        # A crash came between the renaming and the register.
        if self._files.adopt(digest) == chunk.size_bytes:
            return self._note(digest, chunk.size_bytes, is_complete=True)
        held = self._files.held(digest)
        if held > chunk.size_bytes:
            return self._drop(digest)
        new = chunk.content[held - chunk.offset :] if chunk.offset <= held < chunk.offset + len(chunk.content) else b""
        if new:
            self._files.append(digest, new)
            held += len(new)
        if held < chunk.size_bytes:
            return self._note(digest, held) if new else self._told(digest, held)
        return self._note(digest, held, is_complete=True) if self._files.finish(digest) else self._drop(digest)

    def _drop(self, digest: str) -> NotTaken:
        self._files.remove(digest)
        with self._database.transaction() as connection:
            material_register.forget(connection, digest)
        return NotTaken("wrong_digest", "the bytes do not have the digest they are named by; begin anew")

    def _note(self, digest: str, held: int, *, is_complete: bool = False) -> MaterialState:
        with self._database.transaction() as connection:
            material_register.note(connection, digest, held, self._clock(), is_complete=is_complete)
        return self._told(digest, held, is_complete=is_complete)

    def _told(self, digest: str, held: int, *, is_complete: bool = False) -> MaterialState:
        return MaterialState(digest=digest, offset=held, complete=is_complete, platform_time_ms=self._clock())


class SweeperThread:
    """Sweeps in the background until stopped."""

    def __init__(self, store: MaterialStore) -> None:
        self._store = store
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="material-sweeper", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the sweep under way; returns when the thread has ended."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                self._store.sweep()
            except StorageUnavailable as error:
                _log.warning("sweeping pauses: %s", error)
            if self._stop.wait(SWEEP_EVERY_S):
                return
