"""Letting go of what nobody needs any more, so that a machine that runs for years does not fill its disk with history."""

from __future__ import annotations

import sqlite3

from contract.reconciliation import day_of
from offline_queue import reconcile
from offline_queue.ledger import write_base
from offline_queue.sequences import raise_floor
from offline_queue.settings import QueueSettings


def _surplus(connection: sqlite3.Connection, settings: QueueSettings) -> int:
    row = connection.execute("SELECT cases FROM tallies WHERE state = 'purged'").fetchone()
    return int(row["cases"]) - settings.max_purged


def is_due(connection: sqlite3.Connection, settings: QueueSettings) -> bool:
    """True when more purged cases are remembered than should be."""
    return _surplus(connection, settings) > 0


def let_go(connection: sqlite3.Connection, settings: QueueSettings, limit: int) -> int:
    """Forget the oldest purged cases beyond the limit, at most ``limit`` at once, and the oldest audit rows that only they need.

    Within the caller's transaction. Their sequence numbers stay taken. Returns the number of cases forgotten.
    """
    surplus = min(limit, _surplus(connection, settings))
    if surplus <= 0:
        return 0
    rows = connection.execute(
        "SELECT position, case_id, kiosk_id, sequence FROM cases WHERE state = 'purged' ORDER BY position LIMIT ?", (surplus,)
    ).fetchall()
    for row in rows:
        raise_floor(connection, row["kiosk_id"], row["sequence"])
        reconcile.start_after(connection, day_of(row["case_id"]))
        connection.execute("DELETE FROM cases WHERE position = ?", (row["position"],))
    _shorten_trail(connection)
    return len(rows)


def _shorten_trail(connection: sqlite3.Connection) -> None:
    """Drop the beginning of the audit trail up to the first row of a case that is still here; the last link dropped is kept."""
    first_needed = connection.execute(
        "SELECT min(entry) AS entry FROM audit WHERE case_id IN (SELECT case_id FROM cases)"
    ).fetchone()["entry"]
    newest = connection.execute("SELECT max(entry) AS entry FROM audit").fetchone()["entry"]
    behind = newest if first_needed is None else first_needed
    last = connection.execute("SELECT entry, chain FROM audit WHERE entry < ? ORDER BY entry DESC LIMIT 1", (behind,)).fetchone()
    if last is None:
        return
    write_base(connection, last["entry"], last["chain"])
    connection.execute("DELETE FROM audit WHERE entry <= ?", (last["entry"],))
