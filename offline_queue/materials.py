"""Materials 材料 kept durably until the platform has their case: sealed, named by their digest, apart from the table of cases.

Small ones are rows of the queue file. Larger ones are files in a folder beside it, written under another name, synced, renamed,
and the folder synced: a file that bears its name is whole. A material is kept before its case; ``name`` ties it to the case in
the transaction that commits it. What no case names is swept after a day: by then no visit can still be under way.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contract.cases import Material
from contract.kiosks import SealingKey
from contract.materials import MAX_MATERIAL_BYTES, MAX_MATERIALS_A_CASE, is_digest, material_digest, pack
from offline_queue.clock import Stamp
from offline_queue.files import sync_folder, write_new_durably
from offline_queue.models import MaterialDraft
from offline_queue.sealing import seal_material

INLINE_BYTES = 64 * 1024
"""Materials up to this size are rows: a file of its own costs more than it saves."""
ORPHAN_AGE_MS = 86_400_000
"""Away from now in either direction: a clock that was wrong must not keep them for ever."""
_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class MaterialReader:
    """One sealed material, read a piece at a time."""

    digest: str
    size_bytes: int
    _content: bytes | None
    _path: Path | None

    def read(self, offset: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``offset``. Raises ``OSError``."""
        if self._content is not None:
            return self._content[offset : offset + length]
        if self._path is None:
            return b""
        with self._path.open("rb") as file:
            file.seek(offset)
            return file.read(length)


class MaterialStore:
    """The folder of large materials, and their rows. Methods with a connection run within the caller's transaction."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def seal(self, draft: MaterialDraft, key: SealingKey) -> tuple[Material, bytes]:
        """Seal and name a material; its plain content is overwritten. ``ValueError`` when it is empty or too large."""
        size = len(draft.content)
        if not 0 < size <= MAX_MATERIAL_BYTES:
            raise ValueError(f"a material has 1 to {MAX_MATERIAL_BYTES} bytes, not {size}")
        try:
            plain_sha256 = hashlib.sha256(draft.content).hexdigest()
            packed = pack(*seal_material(draft.content, key))
        finally:
            draft.content[:] = bytes(size)
        material = Material(
            digest=material_digest(packed),
            kind=draft.kind,
            name=draft.name,
            media_type=draft.media_type,
            plain_sha256=plain_sha256,
            size_bytes=size,
        )
        return material, packed

    def keep_file(self, digest: str, packed: bytes) -> None:
        """Write a large material durably. Raises ``OSError``; then nothing of it bears its name."""
        try:
            write_new_durably(self._folder, digest, packed)
        except FileNotFoundError:
            # The first large material of this machine.
            self._folder.mkdir(mode=0o700, exist_ok=True)
            sync_folder(self._folder.parent)
            write_new_durably(self._folder, digest, packed)

    @staticmethod
    def keep_row(connection: sqlite3.Connection, digest: str, packed: bytes, now: Stamp) -> None:
        """Write a small material."""
        connection.execute(
            "INSERT INTO materials VALUES (?, ?, ?, ?, 0) ON CONFLICT DO NOTHING", (digest, len(packed), packed, now.wall_ms)
        )

    def name(self, connection: sqlite3.Connection, position: int, digests: Sequence[str], now: Stamp) -> list[str]:
        """Tie materials to the case at ``position``.

        Returns those that are not here; then the caller gives up the transaction.
        """
        if len(digests) > MAX_MATERIALS_A_CASE:
            raise ValueError(f"at most {MAX_MATERIALS_A_CASE} materials a case")
        tied = [self.tie(connection, position, ordinal, digest, now) for ordinal, digest in enumerate(digests)]
        return [digest for digest, is_here in zip(digests, tied, strict=True) if not is_here]

    def tie(self, connection: sqlite3.Connection, position: int, ordinal: int, digest: str, now: Stamp) -> bool:
        """Tie one material to the case at ``position``, so that it is not swept; False when it is not here."""
        is_here = self._enter(connection, digest, now)
        if is_here:
            connection.execute("INSERT INTO case_materials VALUES (?, ?, ?)", (position, ordinal, digest))
        return is_here

    def _enter(self, connection: sqlite3.Connection, digest: str, now: Stamp) -> bool:
        if connection.execute("SELECT 1 FROM materials WHERE digest = ?", (digest,)).fetchone():
            return True
        size = self._file_size(digest)
        if size is None:
            return False
        connection.execute("INSERT INTO materials VALUES (?, ?, NULL, ?, 0)", (digest, size, now.wall_ms))
        return True

    def _file_size(self, digest: str) -> int | None:
        if not is_digest(digest):
            return None
        try:
            return (self._folder / digest).stat().st_size
        except FileNotFoundError:
            return None

    def reader(self, connection: sqlite3.Connection, digest: str) -> MaterialReader | None:
        """Access to the sealed bytes, ``None`` when they are gone."""
        row = connection.execute("SELECT size_bytes, content FROM materials WHERE digest = ?", (digest,)).fetchone()
        if row is not None and row["content"] is not None:
            return MaterialReader(digest, int(row["size_bytes"]), bytes(row["content"]), None)
        size = self._file_size(digest)
        return None if size is None else MaterialReader(digest, size, None, self._folder / digest)

    @staticmethod
    def unsent_of(connection: sqlite3.Connection, digests: Sequence[str]) -> tuple[str, ...]:
        """Those that the platform is not known to hold, in order. What the signed header names counts, not what the rows say."""
        marks = ",".join("?" * len(digests))
        sent = {
            row["digest"]
            for row in connection.execute(
                f"SELECT digest FROM materials WHERE is_sent AND digest IN ({marks})",  # noqa: S608 - question marks
                tuple(digests),
            )
        }
        return tuple(digest for digest in digests if digest not in sent)

    @staticmethod
    def mark_sent(connection: sqlite3.Connection, digest: str, *, is_sent: bool = True) -> None:
        """Remember whether the platform holds the whole material."""
        connection.execute("UPDATE materials SET is_sent = ? WHERE digest = ?", (int(is_sent), digest))

    @staticmethod
    def let_go(connection: sqlite3.Connection, position: int) -> None:
        """Untie the materials of a purged case and wipe the rows no case names any more; ``sweep`` removes their files."""
        digests = connection.execute("SELECT digest FROM case_materials WHERE position = ?", (position,)).fetchall()
        connection.execute("DELETE FROM case_materials WHERE position = ?", (position,))
        connection.executemany(
            "DELETE FROM materials WHERE digest = :digest AND NOT EXISTS (SELECT 1 FROM case_materials WHERE digest = :digest)",
            [{"digest": row["digest"]} for row in digests],
        )

    def sweep(self, connection: sqlite3.Connection, now: Stamp) -> int:
        """Remove what no case names and is more than a day away from now. Returns the number. Raises ``OSError``.

        Files go within the transaction, so no case can name one of them meanwhile.
        """
        rows = connection.execute(
            "DELETE FROM materials WHERE abs(kept_at_ms - ?) > ? AND digest NOT IN (SELECT digest FROM case_materials)",
            (now.wall_ms, ORPHAN_AGE_MS),
        ).rowcount
        orphans = [name for name in self._old_files(now) if not self._is_named(connection, name)]
        for name in orphans:
            (self._folder / name).unlink()
        if orphans:
            sync_folder(self._folder)
        return rows + len(orphans)

    @staticmethod
    def _is_named(connection: sqlite3.Connection, name: str) -> bool:
        return connection.execute("SELECT 1 FROM materials WHERE digest = ?", (name,)).fetchone() is not None

    def _old_files(self, now: Stamp) -> list[str]:
        """Whole materials, and halves of writes that a power cut left."""
        try:
            entries = list(os.scandir(self._folder))
        except FileNotFoundError:
            return []
        names = []
        for entry in entries:
            age_ms = now.wall_ms - entry.stat(follow_symlinks=False).st_mtime_ns // 1_000_000
            if _NAME.match(entry.name) and abs(age_ms) > ORPHAN_AGE_MS:
                names.append(entry.name)
        return names
