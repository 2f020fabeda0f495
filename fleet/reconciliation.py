"""Daily reconciliation 每日对账, the platform's side: compare what a terminal tells with what is held, and keep what differs.

A day is compared when the terminal tells it, or when it lies between the first day told and today and cases are held of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

import msgspec

from contract.materials import is_digest
from contract.reconciliation import (
    MAX_DAYS,
    MAX_IDS_A_DAY,
    DayDifference,
    DayDigest,
    QueueDigest,
    Reconciliation,
    StateDigest,
    day_of,
    ids_digest,
    ids_of_day,
)
from fleet import registry
from fleet.database import Database
from fleet.decoding import is_counting, is_plain_text

MAX_IDS_AN_ANSWER = 40_000
"""Some 1.6 MB. What does not fit is told with the next digest, after the earlier days are settled."""
SHOWN_DAYS = 3
_MAX_STATES = 32
_MAX_HELD_DAYS = 2 * MAX_DAYS


def digest_problem(digest: QueueDigest) -> str:
    """What is out of bounds, in words; empty when nothing is."""
    if len(digest.states) > _MAX_STATES or len(digest.delivered) > MAX_DAYS:
        return f"a queue digest tells at most {_MAX_STATES} states and {MAX_DAYS} days"
    parts: list[StateDigest | DayDigest] = [*digest.states, *digest.delivered]
    counts = [digest.made_at_ms, *(told.count for told in parts)]
    if not all(is_counting(count) for count in counts):
        return "a number of the queue digest is out of range"
    if not all(is_digest(told.ids_sha256) for told in parts):
        return "the queue digest names ids by something that is no SHA-256"
    if not all(is_plain_text(told.state, 64) for told in digest.states):
        return "a state of the queue digest is no short text"
    days = [told.day for told in digest.delivered]
    if not all(_is_day(day) for day in days) or any(day >= later for day, later in pairwise(days)):
        return "the days of the queue digest are no ascending dates (YYYY-MM-DD)"
    return ""


def _is_day(text: str) -> bool:
    try:
        first, _ = ids_of_day(text)
    except ValueError:
        return False
    # ``fromisoformat`` also takes other spellings (20261125, 2026-W48-3), which would not compare as text.
    return day_of(first) == text


@dataclass(frozen=True, slots=True)
class Difference:
    """A day on which the two sides do not agree."""

    day: str
    told_count: int
    held_count: int
    held_ids: tuple[str, ...]
    """The first ``MAX_IDS_A_DAY``."""


def find_differences(database: Database, line: Sequence[str], digest: QueueDigest, today: str) -> tuple[Difference, ...]:
    """Compare what a terminal tells with the cases held of the terminals of its ``line``. Oldest day first, ``MAX_DAYS`` of them.

    Reads day by day, so that others can read in between.
    """
    told = {day.day: day for day in digest.delivered}
    if not told:
        return ()
    held_days = _held_days(database, line, min(told), today)
    found = (_difference(database, line, day, told.get(day)) for day in sorted({*told, *held_days}))
    return tuple(difference for difference in found if difference is not None)[:MAX_DAYS]


def _difference(database: Database, line: Sequence[str], day: str, told: DayDigest | None) -> Difference | None:
    kept: list[str] = []
    with database.reading() as connection:
        count, sha256 = ids_digest(_keeping_first(_held_ids(connection, line, day), kept))
    if told is not None and (told.count, told.ids_sha256) == (count, sha256):
        return None
    return Difference(day, told.count if told else 0, count, tuple(kept))


def _keeping_first(ids: Iterable[str], kept: list[str]) -> Iterator[str]:
    for case_id in ids:
        if len(kept) < MAX_IDS_A_DAY:
            kept.append(case_id)
        yield case_id


def _held_ids(connection: sqlite3.Connection, line: Sequence[str], day: str) -> Iterator[str]:
    marks = ",".join("?" * len(line))
    rows = connection.execute(
        f"""SELECT case_id FROM cases WHERE kiosk_id IN ({marks}) AND case_id >= ? AND case_id < ?
            ORDER BY case_id""",  # noqa: S608 - only question marks
        (*line, *ids_of_day(day)),
    )
    return (row[0] for row in rows)


def _held_days(database: Database, line: Sequence[str], first: str, last: str) -> set[str]:
    """Days from ``first`` to ``last`` on which cases are held: one look into the index a day, however many cases there are."""
    days: set[str] = set()
    end = ids_of_day(last)[1]
    for kiosk_id in line:
        start = ids_of_day(first)[0]
        while len(days) < _MAX_HELD_DAYS:
            with database.reading() as connection:
                row = connection.execute(
                    "SELECT case_id FROM cases WHERE kiosk_id = ? AND case_id >= ? AND case_id < ? ORDER BY case_id LIMIT 1",
                    (kiosk_id, start, end),
                ).fetchone()
            if row is None:
                break
            days.add(day_of(row[0]))
            start = ids_of_day(day_of(row[0]))[1]
    return days


def answer(differences: Sequence[Difference], now_ms: int) -> Reconciliation:
    """What the terminal is told."""
    told, ids = [], 0
    for difference in differences:
        ids += len(difference.held_ids)
        if ids > MAX_IDS_AN_ANSWER:
            break
        told.append(DayDifference(difference.day, difference.held_ids))
    return Reconciliation(compared_at_ms=now_ms, differences=tuple(told))


def reconcile(database: Database, kiosk_id: str, digest: QueueDigest, now_ms: int) -> Reconciliation:
    """Compare, note what differs and what no longer does, and answer. Raises ``StorageUnavailable``.

    ``digest`` is one that ``digest_problem`` found nothing against.
    """
    with database.reading() as connection:
        line = tuple(registry.line_of(connection, kiosk_id))
    today = datetime.fromtimestamp(now_ms / 1000, UTC).date().isoformat()
    differences = find_differences(database, line, digest, today)
    with database.transaction() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO queue_digests (kiosk_id, received_at_ms, body) VALUES (?, ?, ?)",
            (kiosk_id, now_ms, msgspec.json.encode(digest)),
        )
        _note(connection, kiosk_id, differences, now_ms)
        first = min((told.day for told in digest.delivered), default="")
        _close(connection, kiosk_id, {difference.day for difference in differences}, first, now_ms)
        for former in line:
            if former != kiosk_id:
                _close_all(connection, former, "succeeded", now_ms)
    return answer(differences, now_ms)


def _note(connection: sqlite3.Connection, kiosk_id: str, differences: Iterable[Difference], now_ms: int) -> None:
    # One row a day: a difference that comes back is opened again, and none is ever deleted.
    connection.executemany(
        """INSERT INTO reconciliation_differences (kiosk_id, day, told_count, held_count, since_ms, seen_at_ms, closed_because)
           VALUES (?, ?, ?, ?, ?, ?, '')
           ON CONFLICT (kiosk_id, day) DO UPDATE SET
               told_count = excluded.told_count, held_count = excluded.held_count, seen_at_ms = excluded.seen_at_ms,
               since_ms = CASE WHEN closed_at_ms IS NULL THEN since_ms ELSE excluded.since_ms END,
               closed_at_ms = NULL, closed_because = ''""",
        [(kiosk_id, told.day, told.told_count, told.held_count, now_ms, now_ms) for told in differences],
    )


def _close(connection: sqlite3.Connection, kiosk_id: str, differing: set[str], first: str, now_ms: int) -> None:
    rows = connection.execute(
        "SELECT day FROM reconciliation_differences WHERE kiosk_id = ? AND closed_at_ms IS NULL", (kiosk_id,)
    ).fetchall()
    connection.executemany(
        "UPDATE reconciliation_differences SET closed_at_ms = ?, closed_because = ? WHERE kiosk_id = ? AND day = ?",
        [
            (now_ms, "agreed" if first and row["day"] >= first else "not_compared", kiosk_id, row["day"])
            for row in rows
            if row["day"] not in differing
        ],
    )


def _close_all(connection: sqlite3.Connection, kiosk_id: str, because: str, now_ms: int) -> None:
    connection.execute(
        """UPDATE reconciliation_differences SET closed_at_ms = ?, closed_because = ?
           WHERE kiosk_id = ? AND closed_at_ms IS NULL""",
        (now_ms, because, kiosk_id),
    )


@dataclass(frozen=True, slots=True)
class OpenDay:
    """One day on which the two sides do not agree now."""

    day: str
    told_count: int
    held_count: int


@dataclass(frozen=True, slots=True)
class OpenDifferences:
    """The days on which one terminal and the platform do not agree now."""

    days: int
    since_ms: int
    """When the oldest of them was found."""
    first: tuple[OpenDay, ...]
    """The first ``SHOWN_DAYS`` of them."""


def open_differences(connection: sqlite3.Connection) -> dict[str, OpenDifferences]:
    """For every terminal that has any."""
    rows = connection.execute(
        """SELECT * FROM (
               SELECT kiosk_id, day, told_count, held_count, count(*) OVER kiosk AS days, min(since_ms) OVER kiosk AS oldest_ms,
                      row_number() OVER (PARTITION BY kiosk_id ORDER BY day) AS place
               FROM reconciliation_differences WHERE closed_at_ms IS NULL WINDOW kiosk AS (PARTITION BY kiosk_id))
           WHERE place <= ? ORDER BY kiosk_id, day""",
        (SHOWN_DAYS,),
    ).fetchall()
    first: dict[str, tuple[OpenDay, ...]] = {}
    for row in rows:
        first[row["kiosk_id"]] = (*first.get(row["kiosk_id"], ()), OpenDay(row["day"], row["told_count"], row["held_count"]))
    return {row["kiosk_id"]: OpenDifferences(row["days"], row["oldest_ms"], first[row["kiosk_id"]]) for row in rows}
