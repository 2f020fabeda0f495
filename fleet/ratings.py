"""Ratings, 好差评 (GB/T 39734-2020): one a case, the first one stands, and nobody is counted as satisfied who did not say so."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from contract.cases import RATING_REASONS, SKIPPED, Rating
from fleet import registry
from fleet.clock import Clock
from fleet.database import Database
from fleet.decoding import is_counting
from fleet.envelope import is_case_id
from fleet.tickets import open_ticket

MAX_RATINGS = 500
BAD_GRADES = (1, 2)
"""差评."""


def take_ratings(database: Database, clock: Clock, kiosk_id: str, ratings: tuple[Rating, ...]) -> tuple[str, ...]:
    """Store what can be stored; the ids that the terminal may forget.

    A rating may come before its case and is kept. One that is malformed, or for a case of another line, will never be taken.
    """
    now_ms = clock()
    with database.transaction() as connection:
        line = registry.line_of(connection, kiosk_id)
        for rating in ratings:
            if not _is_rating(rating):
                continue
            row = connection.execute("SELECT kiosk_id FROM cases WHERE case_id = ?", (rating.case_id,)).fetchone()
            if row is None or row["kiosk_id"] in line:
                _store(connection, kiosk_id, rating, now_ms)
    return tuple(rating.case_id for rating in ratings)


def _is_rating(rating: Rating) -> bool:
    is_graded = SKIPPED <= rating.grade <= 5 and RATING_REASONS.issuperset(rating.reasons)
    is_whole = not (rating.grade == SKIPPED and rating.reasons) and len(set(rating.reasons)) == len(rating.reasons)
    return is_case_id(rating.case_id) and is_counting(rating.rated_at_ms) and is_graded and is_whole


def _store(connection: sqlite3.Connection, kiosk_id: str, rating: Rating, now_ms: int) -> None:
    """The first rating of a case stands; a bad one opens its ticket in the same transaction."""
    reasons = " ".join(sorted(rating.reasons))
    cursor = connection.execute(
        """INSERT INTO ratings (case_id, kiosk_id, grade, rated_at_ms, received_at_ms, reasons) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT DO NOTHING""",
        (rating.case_id, kiosk_id, rating.grade, rating.rated_at_ms, now_ms, reasons),
    )
    if cursor.rowcount and rating.grade in BAD_GRADES:
        open_ticket(connection, rating.case_id, kiosk_id, rating.grade, reasons, now_ms)


@dataclass(frozen=True, slots=True)
class RatingFigures:
    """All ratings together. A skip is an answer that was not given: it counts in no score."""

    cases: int
    rated: int
    skipped: int
    satisfied: int
    """Grades 3 to 5."""
    bad: int

    @property
    def score(self) -> float | None:
        """Share of satisfied among those who rated; ``None`` when nobody did."""
        return self.satisfied / self.rated if self.rated else None

    @property
    def response_rate(self) -> float | None:
        """Share of cases that were rated."""
        return self.rated / self.cases if self.cases else None

    @property
    def skip_rate(self) -> float | None:
        """Share of cases whose resident skipped."""
        return self.skipped / self.cases if self.cases else None


def figures(database: Database) -> RatingFigures:
    """Of all cases the platform holds."""
    with database.reading() as connection:
        cases = connection.execute("SELECT count(*) FROM cases").fetchone()[0]
        row = connection.execute(
            """SELECT count(*) FILTER (WHERE grade > 0) AS rated, count(*) FILTER (WHERE grade = 0) AS skipped,
                      count(*) FILTER (WHERE grade >= 3) AS satisfied, count(*) FILTER (WHERE grade IN (1, 2)) AS bad
               FROM ratings WHERE case_id IN (SELECT case_id FROM cases)"""
        ).fetchone()
    return RatingFigures(cases, row["rated"], row["skipped"], row["satisfied"], row["bad"])
