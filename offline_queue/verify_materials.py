"""Part of ``verify``: materials, as rows and as files."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from contract.materials import is_digest, material_digest
from offline_queue.inspection import connect_read_only
from offline_queue.verify_findings import Finding, Kind

_CHUNK_BYTES = 1024 * 1024


def check_materials(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Rows: those that cases name are there, and hold what their digest says."""
    gone = (
        "SELECT c.case_id, n.digest FROM case_materials n LEFT JOIN materials m ON m.digest = n.digest"
        " LEFT JOIN cases c ON c.position = n.position WHERE m.digest IS NULL"
    )
    for row in connection.execute(gone):
        yield Finding(Kind.MATERIAL_ROW_MISSING, str(row["case_id"]), f"material {row['digest'][:16]}… is not noted any more")
    for row in connection.execute("SELECT digest, size_bytes, content FROM materials WHERE content IS NOT NULL"):
        content = bytes(row["content"])
        if material_digest(content) != row["digest"] or len(content) != row["size_bytes"]:
            yield Finding(Kind.MATERIAL_DAMAGED, str(row["digest"]), "its bytes are not those that were sealed")
    unnamed = "SELECT count(*) FROM materials WHERE digest NOT IN (SELECT digest FROM case_materials)"
    count = connection.execute(unnamed).fetchone()[0]
    if count:
        yield Finding(Kind.NOTE_ORPHANS, "materials", f"{count} rows that no case names; they go after a day")


def check_material_files(connection: sqlite3.Connection, queue_path: Path) -> Iterator[Finding]:
    """Files: whole, and each one that a row needs is there."""
    folder = queue_path.with_name(queue_path.name + ".materials")
    for row in connection.execute("SELECT digest, size_bytes FROM materials WHERE content IS NULL"):
        digest = str(row["digest"])
        found = _digest_of(folder / digest) if is_digest(digest) else None
        if found is None:
            # The terminal may have let go of it since the moment that is looked at; then its case is delivered and purged.
            if _is_still_needed(queue_path, digest):
                yield Finding(Kind.MATERIAL_FILE_MISSING, digest, "its file is gone or cannot be read")
        elif found != (digest, row["size_bytes"]):
            yield Finding(Kind.MATERIAL_DAMAGED, digest, "its file does not hold the bytes that were sealed")
    orphans = sum(1 for name in _names(folder) if not _is_noted(connection, name))
    if orphans:
        yield Finding(Kind.NOTE_ORPHANS, folder.name, f"{orphans} files that no case names; they go after a day")


def _digest_of(path: Path) -> tuple[str, int] | None:
    """Digest and size of a file; ``None`` when it cannot be read."""
    sha256, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                sha256.update(chunk)
                size += len(chunk)
    except OSError:
        return None
    return sha256.hexdigest(), size


def _is_still_needed(queue_path: Path, digest: str) -> bool:
    """Asked on a connection of its own, which sees the present moment."""
    with closing(connect_read_only(queue_path, 5.0)) as connection:
        return _is_noted(connection, digest)


def _is_noted(connection: sqlite3.Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM materials WHERE digest = ?", (name,)).fetchone() is not None


def _names(folder: Path) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                yield entry.name
    except FileNotFoundError:
        return
