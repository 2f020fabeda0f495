"""The register of materials: who brought what, how much of it is held, and which cases name it. The bytes lie in files."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

_DIGESTS_A_QUERY = 500
_FIELDS = "digest, brought_by, size_bytes, held_bytes, is_complete"
_DUE = "is_named = 0 AND (is_complete = 0 AND touched_at_ms < ? OR is_complete = 1 AND touched_at_ms < ?)"


@dataclass(frozen=True, slots=True)
class Entry:
    """One material."""

    digest: str
    brought_by: str
    size_bytes: int
    held_bytes: int
    is_complete: bool


def find(connection: sqlite3.Connection, digest: str) -> Entry | None:
    """The material of this digest."""
    row = connection.execute(f"SELECT {_FIELDS} FROM materials WHERE digest = ?", (digest,)).fetchone()  # noqa: S608 - constant
    return _entry(row) if row else None


def find_complete(connection: sqlite3.Connection, digests: Sequence[str]) -> dict[str, Entry]:
    """Those of the materials that are registered as complete."""
    found: dict[str, Entry] = {}
    for start in range(0, len(digests), _DIGESTS_A_QUERY):
        some = digests[start : start + _DIGESTS_A_QUERY]
        marks = ",".join("?" * len(some))
        rows = connection.execute(
            f"SELECT {_FIELDS} FROM materials WHERE is_complete AND digest IN ({marks})",  # noqa: S608 - only question marks
            tuple(some),
        )
        found |= {row["digest"]: _entry(row) for row in rows}
    return found


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(row["digest"], row["brought_by"], row["size_bytes"], row["held_bytes"], bool(row["is_complete"]))


def unfinished_of(connection: sqlite3.Connection, kiosk_id: str) -> tuple[int, int]:
    """Number of incomplete materials that the terminal brought, and the bytes they will have."""
    row = connection.execute(
        "SELECT count(*), coalesce(sum(size_bytes), 0) FROM materials WHERE brought_by = ? AND NOT is_complete", (kiosk_id,)
    ).fetchone()
    return row[0], row[1]


def begin(connection: sqlite3.Connection, kiosk_id: str, digest: str, size_bytes: int, now_ms: int) -> None:
    """Register a material of which nothing is held yet."""
    connection.execute(
        """INSERT INTO materials (digest, brought_by, size_bytes, held_bytes, is_complete, is_named, begun_at_ms, touched_at_ms)
           VALUES (?, ?, ?, 0, 0, 0, ?, ?)""",
        (digest, kiosk_id, size_bytes, now_ms, now_ms),
    )


def note(connection: sqlite3.Connection, digest: str, held_bytes: int, now_ms: int, *, is_complete: bool) -> None:
    """Note how much is held now."""
    connection.execute(
        "UPDATE materials SET held_bytes = ?, is_complete = ?, touched_at_ms = ? WHERE digest = ?",
        (held_bytes, is_complete, now_ms, digest),
    )


def forget(connection: sqlite3.Connection, digest: str) -> None:
    """Nothing of this material is held any more. One that a case names stays on the register, as incomplete."""
    connection.execute("DELETE FROM materials WHERE digest = ? AND is_named = 0", (digest,))
    connection.execute("UPDATE materials SET held_bytes = 0, is_complete = 0 WHERE digest = ?", (digest,))


def due(connection: sqlite3.Connection, unfinished_before_ms: int, unnamed_before_ms: int, limit: int) -> list[str]:
    """Up to ``limit`` materials to sweep: incomplete ones not touched since, and complete ones that no case names."""
    rows = connection.execute(
        f"SELECT digest FROM materials WHERE {_DUE} LIMIT ?",  # noqa: S608 - constant
        (unfinished_before_ms, unnamed_before_ms, limit),
    )
    return [row[0] for row in rows]


def sweep(connection: sqlite3.Connection, digest: str, unfinished_before_ms: int, unnamed_before_ms: int) -> bool:
    """Take a material off the register if it is still due; False when it was touched or named meanwhile."""
    swept = connection.execute(
        f"DELETE FROM materials WHERE digest = ? AND {_DUE}",  # noqa: S608 - constant
        (digest, unfinished_before_ms, unnamed_before_ms),
    )
    return swept.rowcount > 0


def link(connection: sqlite3.Connection, case_id: str, digests: Sequence[str]) -> None:
    """Note that a case names these materials, in this order; from now on they are never swept."""
    connection.executemany(
        "INSERT INTO case_materials (case_id, place, digest) VALUES (?, ?, ?)",
        [(case_id, place, digest) for place, digest in enumerate(digests)],
    )
    connection.executemany("UPDATE materials SET is_named = 1 WHERE digest = ?", [(digest,) for digest in digests])


@dataclass(frozen=True, slots=True)
class Waiting:
    """The materials of one terminal that are not whole, or whose case has not come."""

    unfinished: int
    held_bytes: int
    size_bytes: int
    """Of the unfinished ones: what is held, and what they will have."""
    unnamed: int
    """Complete, but their case has not come."""


def waiting(connection: sqlite3.Connection) -> dict[str, Waiting]:
    """For every terminal that has any."""
    rows = connection.execute(
        """SELECT brought_by, sum(1 - is_complete), sum(held_bytes * (1 - is_complete)), sum(size_bytes * (1 - is_complete)),
                  sum(is_complete) FROM materials WHERE is_complete = 0 OR is_complete = 1 AND is_named = 0 GROUP BY brought_by"""
    )
    return {kiosk_id: Waiting(*counts) for kiosk_id, *counts in rows}
