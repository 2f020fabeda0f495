"""Where each terminal's audit chain stands: a chain that was cut short or rolled back is noticed, and stays noticed.

The terminal chains its own records, which tells of changes within. Only somebody else can tell that the end is missing.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from fleet.database import Database
from fleet.errors import PlatformError

CUT = "cut"
"""The newest entry has a lower number than before: the trail was cut or the queue was set back to an old copy."""
REWRITTEN = "rewritten"
"""The same entry has another link than before."""


@dataclass(frozen=True, slots=True)
class AuditAlarm:
    """An open alarm of one terminal."""

    kind: str
    held_entry: int
    told_entry: int
    raised_at_ms: int
    times: int


def follow(connection: sqlite3.Connection, kiosk_id: str, entry: int, chain: str, now_ms: int) -> None:
    """Take the terminal's word on its chain, and raise an alarm when it contradicts the last one."""
    row = connection.execute("SELECT entry, chain FROM audit_trails WHERE kiosk_id = ?", (kiosk_id,)).fetchone()
    if row is not None:
        kind = CUT if entry < row["entry"] else REWRITTEN if entry == row["entry"] and chain != row["chain"] else ""
        if kind:
            _raise(connection, kiosk_id, kind, (row["entry"], row["chain"], entry, chain), now_ms)
    # From here on the new end counts: the alarm stays open by itself, and the next cut is noticed too.
    connection.execute(
        "INSERT OR REPLACE INTO audit_trails (kiosk_id, entry, chain, told_at_ms) VALUES (?, ?, ?, ?)",
        (kiosk_id, entry, chain, now_ms),
    )


def _raise(connection: sqlite3.Connection, kiosk_id: str, kind: str, ends: tuple[int, str, int, str], now_ms: int) -> None:
    again = connection.execute(
        "UPDATE audit_alarms SET times = times + 1 WHERE kiosk_id = ? AND kind = ? AND closed_at_ms IS NULL", (kiosk_id, kind)
    )
    if again.rowcount:
        return
    connection.execute(
        """INSERT INTO audit_alarms
               (kiosk_id, kind, held_entry, held_chain, told_entry, told_chain, raised_at_ms, times)
           VALUES (?, ?, ?, ?, ?, ?, ?, 1)""",
        (kiosk_id, kind, *ends, now_ms),
    )


def open_alarms(connection: sqlite3.Connection) -> dict[str, tuple[AuditAlarm, ...]]:
    """The open alarms of every terminal that has any, oldest first."""
    found: dict[str, tuple[AuditAlarm, ...]] = {}
    rows = connection.execute(
        """SELECT kiosk_id, kind, held_entry, told_entry, raised_at_ms, times FROM audit_alarms
           WHERE closed_at_ms IS NULL ORDER BY alarm"""
    )
    for kiosk_id, *alarm in rows:
        found[kiosk_id] = (*found.get(kiosk_id, ()), AuditAlarm(*alarm))
    return found


def close_alarms(database: Database, kiosk_id: str, note: str, now_ms: int) -> int:
    """Close the open alarms of a terminal, as an operator who looked into them; how many there were.

    Raises ``PlatformError`` when the terminal is unknown.
    """
    with database.transaction() as connection:
        if connection.execute("SELECT 1 FROM kiosks WHERE kiosk_id = ?", (kiosk_id,)).fetchone() is None:
            raise PlatformError(f"no terminal is known as {kiosk_id!r}")
        closed = connection.execute(
            "UPDATE audit_alarms SET closed_at_ms = ?, closed_note = ? WHERE kiosk_id = ? AND closed_at_ms IS NULL",
            (now_ms, note, kiosk_id),
        )
        return closed.rowcount
