"""Questions about the queue. Each takes a connection and sees one moment."""

from __future__ import annotations

import sqlite3

from offline_queue.clock import Stamp, elapsed_ms
from offline_queue.errors import KnownError
from offline_queue.models import CaseSummary
from offline_queue.states import PENDING, CaseState

_SUMMARY = (
    "case_id, receipt_number, item_code, state, committed_at_ms, attempts, reason_code, reason, platform_state, platform_reason,"
    " receipt_body IS NOT NULL AS has_receipt"
)


def summary_of(row: sqlite3.Row) -> CaseSummary:
    """A row of ``_SUMMARY`` as staff may see it."""
    facts = {name: row[name] for name in row.keys() if name != "position"}  # noqa: SIM118 - a Row iterates over values
    return CaseSummary(**(facts | {"state": state_of(row), "has_receipt": bool(row["has_receipt"])}))


def state_of(row: sqlite3.Row) -> CaseState:
    """The row's state; ``KnownError`` when the disk has garbled it since the file was opened."""
    try:
        return CaseState(row["state"])
    except ValueError as error:
        raise KnownError("corrupt", "a state that does not exist; restart to set the file aside and salvage it") from error


def counts(connection: sqlite3.Connection) -> dict[CaseState, int]:
    """Number of cases in every state; costs the same however many there are."""
    return {CaseState(row["state"]): int(row["cases"]) for row in connection.execute("SELECT state, cases FROM tallies")}


def pending_count(connection: sqlite3.Connection) -> int:
    """Cases that only this machine holds for certain."""
    tallies = counts(connection)
    return sum(tallies[state] for state in PENDING)


def oldest_pending_ms(connection: sqlite3.Connection, now: Stamp, platform_now_ms: int) -> int | None:
    """How long the oldest pending case has waited. Across a reboot it is reckoned by the platform's clock as far as known."""
    oldest: sqlite3.Row | None = None
    query = "SELECT position, committed_at_ms, boot_id, monotonic_ms FROM cases WHERE state = ? ORDER BY position LIMIT 1"
    for state in PENDING:
        row = connection.execute(query, (state.value,)).fetchone()
        if row and (oldest is None or row["position"] < oldest["position"]):
            oldest = row
    if oldest is None:
        return None
    since = Stamp(oldest["committed_at_ms"], oldest["boot_id"], oldest["monotonic_ms"])
    return elapsed_ms(since, Stamp(platform_now_ms, now.boot_id, now.monotonic_ms))


def highest_sequence(connection: sqlite3.Connection, kiosk_id: str) -> int | None:
    """The highest number given under ``kiosk_id``: that of the newest case. Reads every case only after a change of identity."""
    newest = connection.execute("SELECT kiosk_id, sequence FROM cases ORDER BY position DESC LIMIT 1").fetchone()
    if newest is None or newest["kiosk_id"] == kiosk_id:
        return None if newest is None else int(newest["sequence"])
    row = connection.execute("SELECT max(sequence) AS highest FROM cases WHERE kiosk_id = ?", (kiosk_id,)).fetchone()
    return None if row["highest"] is None else int(row["highest"])


def find(connection: sqlite3.Connection, case_id: str) -> CaseSummary | None:
    """One case by id."""
    row = connection.execute(f"SELECT {_SUMMARY} FROM cases WHERE case_id = ?", (case_id,)).fetchone()  # noqa: S608 - ours
    return summary_of(row) if row else None


def find_by_number(connection: sqlite3.Connection, receipt_number: str) -> CaseSummary | None:
    """One case by its receipt number."""
    query = f"SELECT {_SUMMARY} FROM cases WHERE receipt_number = ?"  # noqa: S608 - ours
    row = connection.execute(query, (receipt_number,)).fetchone()
    return summary_of(row) if row else None


def page(
    connection: sqlite3.Connection, state: CaseState | None, after_position: int, limit: int
) -> list[tuple[int, CaseSummary]]:
    """Cases in order of commitment behind ``after_position``, each with its position, which is the key of the next page."""
    where, key = ("state = ? AND", [state.value]) if state else ("", [])
    rows = connection.execute(
        f"SELECT position, {_SUMMARY} FROM cases WHERE {where} position > ? ORDER BY position LIMIT ?",  # noqa: S608 - ours
        (*key, after_position, limit),
    )
    return [(int(row["position"]), summary_of(row)) for row in rows]


def next_due_ms(connection: sqlite3.Connection, now: Stamp) -> int | None:
    """Milliseconds until the first waiting case or lapsing lease is due: 0 for now, ``None`` when there is none."""
    if connection.execute("SELECT 1 FROM cases WHERE state = 'committed' LIMIT 1").fetchone():
        return 0
    waits = connection.execute("SELECT due_at_ms, due_boot_id, due_monotonic_ms FROM cases WHERE state = 'waiting'")
    remaining = [due - now.monotonic_ms if boot == now.boot_id else at - now.wall_ms for at, boot, due in waits]
    leases = connection.execute("SELECT lease_boot_id, lease_until_ms FROM cases WHERE state = 'sending'")
    remaining += [until - now.monotonic_ms if boot == now.boot_id else 0 for boot, until in leases]
    return max(0, min(remaining)) if remaining else None
