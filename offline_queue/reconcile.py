"""Daily reconciliation 每日对账: what this machine holds, told to the platform in digests, and what follows from differences.

A case the platform does not hold although a receipt is here is sent again; so is one that it holds although none is here, and is
answered as a duplicate. What sending again cannot settle stays as an alarm until a later comparison finds both sides at one.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import msgspec

from contract.reconciliation import (
    MAX_DAYS,
    DayDifference,
    DayDigest,
    QueueDigest,
    Reconciliation,
    StateDigest,
    day_of,
    ids_of_day,
)
from offline_queue.clock import Stamp, elapsed_ms
from offline_queue.facts import read_fact, write_fact
from offline_queue.ledger import Move, move_all, write_entry
from offline_queue.states import CaseState

_EVERY_MS = 86_400_000
_AGAIN_MS = 3_600_000
_LAST = "reconciled"
_AFTER_DAY = "reconcile_after_day"
_MAX_ALARMS = 1_000
DELIVERED = (CaseState.ACCEPTED, CaseState.PROCESSED, CaseState.PURGED)


class AlarmKind(StrEnum):
    """What sending again cannot settle."""

    LOST_THERE = "lost_there"
    """The platform does not hold a case whose sealed bytes were wiped here after it said *processed*."""
    UNKNOWN_HERE = "unknown_here"
    """The platform holds a case under this machine's name that this machine never took, or lost with its queue file."""
    VOID_HERE = "void_here"
    """The platform holds a case that was withdrawn here."""


class Alarm(msgspec.Struct, frozen=True):
    """One case the two sides do not agree about."""

    kind: AlarmKind
    case_id: str


class _Last(msgspec.Struct, frozen=True):
    at_ms: int
    boot_id: str
    monotonic_ms: int
    differed: bool
    alarms: tuple[Alarm, ...]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a comparison led to."""

    differing_days: int
    sent_again: int
    alarms: tuple[Alarm, ...]


class _IdsDigest:
    """``contract.reconciliation.ids_digest``, fed one id at a time."""

    def __init__(self) -> None:
        self.count, self._sha = 0, hashlib.sha256()

    def add(self, case_id: str) -> None:
        self.count += 1
        self._sha.update(case_id.encode("ascii") + b"\n")

    def hex(self) -> str:
        return self._sha.hexdigest()


def is_due(connection: sqlite3.Connection, now: Stamp) -> bool:
    """True once a day, and an hour after a difference."""
    last = _read_last(connection)
    if last is None:
        return True
    since_ms = elapsed_ms(Stamp(last.at_ms, last.boot_id, last.monotonic_ms), now)
    return since_ms >= (_AGAIN_MS if last.differed else _EVERY_MS)


def make_digest(connection: sqlite3.Connection, now: Stamp) -> QueueDigest:
    """Counts and hashes of all ids, in one pass over the rows; ``connection`` should see one moment."""
    after_day = read_fact(connection, _AFTER_DAY) or ""
    states = {state: _IdsDigest() for state in CaseState}
    days: dict[str, _IdsDigest] = {}
    for case_id, state in connection.execute("SELECT case_id, state FROM cases ORDER BY case_id"):
        states[CaseState(state)].add(case_id)
        if state in DELIVERED and (day := day_of(case_id)) > after_day:
            days.setdefault(day, _IdsDigest()).add(case_id)
    told = sorted(days)[-MAX_DAYS:]
    return QueueDigest(
        made_at_ms=now.wall_ms,
        states=tuple(StateDigest(state.value, ids.count, ids.hex()) for state, ids in states.items()),
        delivered=tuple(DayDigest(day, days[day].count, days[day].hex()) for day in told),
    )


def alarms(connection: sqlite3.Connection) -> tuple[Alarm, ...]:
    """What the last comparison left open."""
    last = _read_last(connection)
    return last.alarms if last else ()


def apply(connection: sqlite3.Connection, now: Stamp, told: QueueDigest, answer: Reconciliation) -> Reconciled:
    """Act on the platform's answer to ``told``, within the caller's transaction."""
    days = {digest.day for digest in told.delivered}
    first = min(days, default="9999")
    found: list[Alarm] = []
    sent_again = 0
    # What is no day is the platform's mistake, and days before the first one told were not asked about.
    differences = [one for one in answer.differences[:MAX_DAYS] if one.day >= first and _is_day(one.day)]
    for difference in differences:
        moves, day_alarms = _sort(connection, difference)
        move_all(connection, now, moves)
        sent_again += len(moves)
        found += day_alarms
    kept = tuple(found[:_MAX_ALARMS])
    _write_last(connection, _Last(now.wall_ms, now.boot_id, now.monotonic_ms, bool(differences), kept))
    if differences:
        detail = f"{len(differences)} days differ, {sent_again} cases sent again, {len(found)} need a person"
        write_entry(connection, now, "", "", "", "reconciled", detail)
    return Reconciled(len(differences), sent_again, kept)


def _sort(connection: sqlite3.Connection, difference: DayDifference) -> tuple[list[Move], list[Alarm]]:
    first, behind = ids_of_day(difference.day)
    held = {case_id for case_id in difference.held_ids if first <= case_id < behind}
    here = {row["case_id"]: row for row in _rows_of_day(connection, first, behind)}
    moves: list[Move] = []
    found = [Alarm(AlarmKind.UNKNOWN_HERE, case_id) for case_id in sorted(held - here.keys())]
    for case_id, row in here.items():
        state = CaseState(row["state"])
        if case_id not in held and state in (CaseState.ACCEPTED, CaseState.PROCESSED):
            moves.append(Move(row, CaseState.COMMITTED, "missing_on_platform", columns={"platform_state": ""}))
        elif case_id not in held and state is CaseState.PURGED:
            found.append(Alarm(AlarmKind.LOST_THERE, case_id))
        elif case_id in held and state in (CaseState.WAITING, CaseState.NEEDS_STAFF):
            moves.append(Move(row, CaseState.COMMITTED, "held_by_platform", columns={"attempts": 0}))
        elif case_id in held and state is CaseState.VOID:
            found.append(Alarm(AlarmKind.VOID_HERE, case_id))
    return moves, found


def _is_day(text: str) -> bool:
    try:
        ids_of_day(text)
    except ValueError:
        return False
    return True


def _rows_of_day(connection: sqlite3.Connection, first: str, behind: str) -> list[sqlite3.Row]:
    query = "SELECT position, case_id, state, last_entry FROM cases WHERE case_id >= ? AND case_id < ? ORDER BY case_id"
    return connection.execute(query, (first, behind)).fetchall()


def start_after(connection: sqlite3.Connection, day: str) -> None:
    """Rows of ``day`` and before may be missing here, and no longer take part in the comparison."""
    if day > (read_fact(connection, _AFTER_DAY) or ""):
        write_fact(connection, _AFTER_DAY, day)


def utc_day(at_ms: int) -> str:
    """The UTC day of a time in milliseconds, as ``contract.reconciliation.day_of`` tells it."""
    day: date = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)).date()
    return day.isoformat()


def _read_last(connection: sqlite3.Connection) -> _Last | None:
    value = read_fact(connection, _LAST)
    return msgspec.json.decode(value, type=_Last) if value else None


def _write_last(connection: sqlite3.Connection, last: _Last) -> None:
    write_fact(connection, _LAST, msgspec.json.encode(last).decode())
