"""Ratings, 好差评 (GB/T 39734-2020): one a case, the first one stands, and nobody is counted as satisfied who did not say so."""

from __future__ import annotations

from contract.cases import Rating
from fleet import registry
from fleet.clock import Clock
from fleet.database import Database
from fleet.decoding import is_counting
from fleet.envelope import is_case_id

MAX_RATINGS = 500


def take_ratings(database: Database, clock: Clock, kiosk_id: str, ratings: tuple[Rating, ...]) -> tuple[str, ...]:
    """Store what can be stored; the ids that the terminal may forget.

    A rating may come before its case and is kept. One that is malformed, or for a case of another line, will never be taken.
    """
    now_ms = clock()
    with database.transaction() as connection:
        line = registry.line_of(connection, kiosk_id)
        for rating in ratings:
            if not (is_case_id(rating.case_id) and 1 <= rating.grade <= 5 and is_counting(rating.rated_at_ms)):
                continue
            row = connection.execute("SELECT kiosk_id FROM cases WHERE case_id = ?", (rating.case_id,)).fetchone()
            if row is None or row["kiosk_id"] in line:
                connection.execute(
                    """INSERT INTO ratings (case_id, kiosk_id, grade, rated_at_ms, received_at_ms) VALUES (?, ?, ?, ?, ?)
                       ON CONFLICT DO NOTHING""",
                    (rating.case_id, kiosk_id, rating.grade, rating.rated_at_ms, now_ms),
                )
    return tuple(rating.case_id for rating in ratings)
