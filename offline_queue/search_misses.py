"""Searches that found nothing, on their way to the platform: counted by text and day, sent, forgotten once settled.

A row has a random id of its own, so that the platform counts it once however often it comes. Once it was sent its count stands,
for nobody knows whether the platform has it: who looks for the same again begins a new row.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from contract.search_misses import LEAST_TEXT, MOST_TEXT, SearchMiss

MAX_ROWS = 500
_CHINA = timedelta(hours=8)
_FIRST = "SELECT report_id FROM search_misses ORDER BY is_sent DESC, day, report_id LIMIT ?"
_RAREST = (
    "SELECT report_id FROM (SELECT report_id, day, sum(count) OVER (PARTITION BY text) AS times FROM search_misses)"
    " ORDER BY times, day, report_id LIMIT max(0, (SELECT count(*) FROM search_misses) - ?)"
)


def note(connection: sqlite3.Connection, at_ms: int, text: str) -> None:
    """Count ``text`` once more on the day of ``at_ms`` in China. When there are too many rows the rarest texts are let go.

    ``ValueError`` for a text that is none.
    """
    if not (LEAST_TEXT <= len(text) <= MOST_TEXT and text.isprintable()):
        raise ValueError("no text of a search")
    connection.execute(
        "INSERT INTO search_misses (report_id, day, text, count) VALUES (?, ?, ?, 1)"
        " ON CONFLICT (day, text) WHERE is_sent = 0 DO UPDATE SET count = count + 1",
        (secrets.token_hex(16), _day(at_ms), text),
    )
    connection.execute(f"DELETE FROM search_misses WHERE report_id IN ({_RAREST})", (MAX_ROWS,))  # noqa: S608 - ours


def are_here(connection: sqlite3.Connection) -> bool:
    """True when any row waits."""
    return connection.execute("SELECT 1 FROM search_misses LIMIT 1").fetchone() is not None


def take(connection: sqlite3.Connection, limit: int) -> tuple[SearchMiss, ...]:
    """Up to ``limit`` rows to send, first those that were sent before; none of them counts up any more."""
    chosen = [row[0] for row in connection.execute(_FIRST, (limit,))]
    taken = []
    for report_id in chosen:
        taken += connection.execute(
            "UPDATE search_misses SET is_sent = 1 WHERE report_id = ? RETURNING report_id, day, text, count", (report_id,)
        ).fetchall()
    return tuple(SearchMiss(*row) for row in taken)


def settle(connection: sqlite3.Connection, report_ids: Sequence[str]) -> int:
    """Forget rows that the platform has counted, or will never count. Returns their number."""
    return sum(connection.execute("DELETE FROM search_misses WHERE report_id = ?", (one,)).rowcount for one in report_ids)


def _day(at_ms: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms) + _CHINA).date().isoformat()
