"""What happened last, found near the end of the audit trail instead of by reading all of it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from offline_queue.states import CaseState

_LOOK_BACK = 5_000
"""So many rows of the trail are searched for a failure; one that lies farther back is no news."""
_HELD = (CaseState.ACCEPTED, CaseState.PROCESSED, CaseState.PURGED)
_MAX_STEPS = 10_000
_NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class LastFailure:
    """The newest thing that kept a case from being delivered. Of a line that fails, the case tried at that moment is named."""

    code: str
    detail: str
    at_ms: int
    case_id: str
    is_over: bool
    """True when a case was delivered afterwards."""


def last_delivery_ms(connection: sqlite3.Connection) -> int | None:
    """When the newest receipt was stored here; ``None`` when no case stands as delivered.

    The newest case of each delivered state leads to an entry that is late already; only the rows behind it are read.
    """
    row = _newest_delivery(connection)
    return None if row is None else int(row["at_ms"])


def _newest_delivery(connection: sqlite3.Connection) -> sqlite3.Row | None:
    late = 0
    for state in _HELD:
        newest = connection.execute(
            "SELECT case_id, last_entry FROM cases WHERE state = ? ORDER BY position DESC LIMIT 1", (state.value,)
        ).fetchone()
        if newest is not None:
            late = max(late, _own_delivery(connection, newest["case_id"], newest["last_entry"]))
    if not late:
        return None
    row: sqlite3.Row | None = connection.execute(
        "SELECT entry, at_ms FROM audit WHERE entry >= ? AND to_state = 'accepted' AND from_state <> 'accepted'"
        " ORDER BY entry DESC LIMIT 1",
        (late,),
    ).fetchone()
    return row


def _own_delivery(connection: sqlite3.Connection, case_id: str, entry: int) -> int:
    """The audit row by which a case became accepted, by the links of its own rows; 0 when there is none."""
    for _ in range(_MAX_STEPS):
        row = connection.execute(
            "SELECT from_state, to_state, previous FROM audit WHERE entry = ? AND case_id = ?", (entry, case_id)
        ).fetchone()
        if row is None or (row["to_state"] == CaseState.ACCEPTED and row["from_state"] != CaseState.ACCEPTED):
            return entry if row is not None else 0
        if not row["previous"] < entry:
            return 0
        entry = row["previous"]
    return 0


def last_failure(connection: sqlite3.Connection) -> LastFailure | None:
    """The newest failure among the last rows of the trail, of the line or of a case; else what a waiting or stuck case tells."""
    row = connection.execute(
        "SELECT entry, case_id, at_ms, code, detail FROM audit WHERE entry > (SELECT max(entry) FROM audit) - ?"
        " AND (to_state = 'needs_staff' AND from_state <> 'needs_staff'"
        " OR from_state = 'sending' AND to_state IN ('committed', 'waiting'))"
        " AND code <> ? ORDER BY entry DESC LIMIT 1",
        (_LOOK_BACK, _NOT_SENT),
    ).fetchone()
    if row is None:
        row = connection.execute(
            "SELECT a.entry, a.case_id, a.at_ms, c.reason_code AS code, c.reason AS detail FROM cases c"
            " JOIN audit a ON a.entry = c.last_entry WHERE c.state IN ('waiting', 'needs_staff')"
            " ORDER BY c.last_entry DESC LIMIT 1"
        ).fetchone()
    if row is None:
        return None
    delivery = _newest_delivery(connection)
    is_over = delivery is not None and delivery["entry"] > row["entry"]
    return LastFailure(row["code"], row["detail"], row["at_ms"], row["case_id"], is_over)
