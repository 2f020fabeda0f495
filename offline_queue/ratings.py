"""Ratings 好差评 on their way to the platform: kept durably, sent after their case, forgotten once settled."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from contract.cases import RATING_REASONS, SKIPPED, Rating
from offline_queue.clock import Stamp
from offline_queue.states import CaseState

_HELD_BY_PLATFORM = (CaseState.ACCEPTED.value, CaseState.PROCESSED.value, CaseState.PURGED.value)


def keep(connection: sqlite3.Connection, now: Stamp, case_id: str, grade: int, reasons: Sequence[str] = ()) -> None:
    """Keep the first rating of a case, or that it was skipped (0); a later one changes nothing.

    ``ValueError`` for a grade outside 0..5, for a reason that is none, and for reasons without a grade.
    """
    if grade not in range(6) or not RATING_REASONS.issuperset(reasons) or (grade == SKIPPED and reasons):
        raise ValueError(f"no rating: {grade} {reasons}")
    connection.execute(
        "INSERT OR IGNORE INTO ratings (case_id, grade, rated_at_ms, reasons) VALUES (?, ?, ?, ?)",
        (case_id, grade, now.wall_ms, " ".join(reasons)),
    )


def sendable(connection: sqlite3.Connection, limit: int) -> tuple[Rating, ...]:
    """Ratings whose case the platform holds, oldest first."""
    rows = connection.execute(
        "SELECT r.case_id, r.grade, r.rated_at_ms, r.reasons FROM ratings r JOIN cases c ON c.case_id = r.case_id"
        " WHERE c.state IN (?, ?, ?) ORDER BY r.rated_at_ms, r.case_id LIMIT ?",
        (*_HELD_BY_PLATFORM, limit),
    )
    return tuple(Rating(row[0], row[1], row[2], tuple(row[3].split())) for row in rows)


def settle(connection: sqlite3.Connection, case_ids: Sequence[str]) -> int:
    """Forget ratings that the platform holds, or will never take. Returns their number."""
    return sum(connection.execute("DELETE FROM ratings WHERE case_id = ?", (case_id,)).rowcount for case_id in case_ids)
