"""Changes of state and their audit trail, always together. Nothing else in this package writes ``state`` or ``audit``.

Each audit row carries a hash over itself and the row before, so a row that is changed or taken out later is noticed.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from typing import Any

import msgspec

from offline_queue.clock import Stamp
from offline_queue.errors import BugError
from offline_queue.models import Step
from offline_queue.states import CaseState, may_move

_START = b"\0" * 32
MAX_REASON = 500


def plain(text: str) -> str:
    """Words from outside, made harmless: one line, bounded."""
    return "".join(c if c.isprintable() else " " for c in text[:MAX_REASON])


def _link(before: bytes, parts: tuple[str | int, ...]) -> bytes:
    return hashlib.sha256(before + msgspec.json.encode(parts)).digest()


def write_entry(  # noqa: PLR0917 - the columns of the table
    connection: sqlite3.Connection, now: Stamp, case_id: str, old: str, new: str, code: str, detail: str = ""
) -> None:
    """Append one row. ``case_id`` is empty for what concerns the whole queue."""
    last = connection.execute("SELECT entry, chain FROM audit ORDER BY entry DESC LIMIT 1").fetchone()
    entry, before = (last["entry"] + 1, last["chain"]) if last else (1, _START)
    parts = (entry, case_id, now.wall_ms, now.boot_id, now.monotonic_ms, old, new, code, plain(detail))
    connection.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*parts, _link(before, parts)))


def move(  # noqa: PLR0917 - one move has this many sides
    connection: sqlite3.Connection,
    now: Stamp,
    row: sqlite3.Row | Mapping[str, Any],
    new: CaseState,
    code: str,
    detail: str = "",
    columns: Mapping[str, str | int | bytes | None] | None = None,
) -> None:
    """Bring a case (``row`` holds at least position, case_id, state) to ``new``, with the other ``columns``, and write it down.

    Leaving ``sending`` ends the lease; leaving ``waiting`` ends the wait. Raises ``BugError`` for a move the table does not know.
    """
    old = CaseState(row["state"])
    if not may_move(old, new):
        raise BugError(f"{row['case_id']}: no way from {old} to {new}")
    values: dict[str, str | int | bytes | None] = {
        "state": new.value,
        "reason_code": code if new in _WITH_REASON else "",
        "reason": "",
    }
    if new in _WITH_REASON:
        values["reason"] = plain(detail)
    if new is not CaseState.SENDING:
        values |= {"lease_owner": None, "lease_boot_id": None, "lease_until_ms": None}
    if new is not CaseState.WAITING:
        values |= {"due_at_ms": None, "due_boot_id": None, "due_monotonic_ms": None}
    values |= columns or {}
    assignments = ", ".join(f"{name} = ?" for name in values)
    connection.execute(
        f"UPDATE cases SET {assignments} WHERE position = ?",  # noqa: S608 - column names of ours
        (*values.values(), row["position"]),
    )
    write_entry(connection, now, row["case_id"], old, new, code, detail)


_WITH_REASON = frozenset({CaseState.WAITING, CaseState.NEEDS_STAFF, CaseState.VOID})


def timeline(connection: sqlite3.Connection, case_id: str) -> tuple[Step, ...]:
    """History of one case, oldest first."""
    rows = connection.execute("SELECT * FROM audit WHERE case_id = ? ORDER BY entry", (case_id,))
    return tuple(Step(r["at_ms"], r["from_state"], CaseState(r["to_state"]), r["code"], r["detail"]) for r in rows)


def first_broken_entry(connection: sqlite3.Connection) -> int | None:
    """Number of the first audit row that does not follow from the one before, ``None`` when the chain holds."""
    before, expected = _START, 1
    for row in connection.execute("SELECT * FROM audit ORDER BY entry"):
        parts = tuple(row[name] for name in row.keys() if name != "chain")  # noqa: SIM118 - a Row iterates over values
        if row["entry"] != expected or _link(before, parts) != row["chain"]:
            return int(expected)
        before, expected = row["chain"], expected + 1
    return None
