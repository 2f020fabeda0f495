"""Ratings 好差评 on their way to the platform: kept durably, sent after their case, forgotten once settled."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from contract.cases import Rating
from offline_queue.clock import Stamp
from offline_queue.states import CaseState

_HELD_BY_PLATFORM = (CaseState.ACCEPTED.value, CaseState.PROCESSED.value, CaseState.PURGED.value)


def keep(connection: sqlite3.Connection, now: Stamp, case_id: str, grade: int) -> None:
    """Keep the first rating of a case; a later one changes nothing. ``ValueError`` for a grade outside 1..5."""
    if grade not in range(1, 6):
        raise ValueError(f"no grade: {grade}")
    connection.execute("INSERT OR IGNORE INTO ratings VALUES (?, ?, ?)", (case_id, grade, now.wall_ms))


def sendable(connection: sqlite3.Connection, limit: int) -> tuple[Rating, ...]:
    """Ratings whose case the platform holds, oldest first."""
    rows = connection.execute(
        "SELECT r.case_id, r.grade, r.rated_at_ms FROM ratings r JOIN cases c ON c.case_id = r.case_id"
        " WHERE c.state IN (?, ?, ?) ORDER BY r.rated_at_ms, r.case_id LIMIT ?",
        (*_HELD_BY_PLATFORM, limit),
    )
    return tuple(Rating(*row) for row in rows)


def settle(connection: sqlite3.Connection, case_ids: Sequence[str]) -> int:
    """Forget ratings that the platform holds, or will never take. Returns their number."""
    return sum(connection.execute("DELETE FROM ratings WHERE case_id = ?", (case_id,)).rowcount for case_id in case_ids)
