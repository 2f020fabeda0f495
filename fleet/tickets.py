"""Tickets of bad ratings 差评: opened with the rating, closed after contact, correction and a second look.

Source: GB/T 39735-2020.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from fleet.clock import Clock
from fleet.database import Database
from fleet.decoding import is_plain_text
from fleet.errors import PlatformError

CONTACT_DAYS, CORRECT_DAYS = 1, 5
"""Days from the step before. Cities differ (5 or 15 working days for the correction)."""
_DAY_MS = 86_400_000
_NEXT = {"open": "contacted", "contacted": "corrected", "corrected": "closed"}
"""No step is skipped: nobody closes what nobody looked into."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One bad rating and what was done about it."""

    ticket_id: int
    case_id: str
    kiosk_id: str
    grade: int
    reasons: str
    state: str
    opened_at_ms: int
    due_at_ms: int
    """When the next step is due; a plain count of days, for the platform's people know their own holidays."""


def open_ticket(connection: sqlite3.Connection, case_id: str, kiosk_id: str, grade: int, reasons: str, now_ms: int) -> None:
    """Open the ticket of a bad rating, within the transaction that stores the rating."""
    cursor = connection.execute(
        """INSERT INTO tickets (case_id, kiosk_id, grade, reasons, state, opened_at_ms, due_at_ms)
           VALUES (?, ?, ?, ?, 'open', ?, ?) ON CONFLICT DO NOTHING""",
        (case_id, kiosk_id, grade, reasons, now_ms, now_ms + CONTACT_DAYS * _DAY_MS),
    )
    if cursor.rowcount:
        _note(connection, int(cursor.lastrowid or 0), "open", "platform", "", now_ms)


class TicketDesk:
    """What people do about tickets. Safe to use from several threads, and beside a second process."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def all(self, *, only_open: bool = False) -> tuple[Ticket, ...]:
        """Tickets, the most urgent first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM tickets WHERE NOT ? OR state <> 'closed' ORDER BY state = 'closed', due_at_ms", (only_open,)
            ).fetchall()
        return tuple(Ticket(**dict(row)) for row in rows)

    def step(self, ticket_id: int, state: str, by: str, words: str) -> Ticket:
        """Note the next step: who did it and what it was. Raises ``PlatformError`` for one that is not next."""
        if not is_plain_text(by, 60) or not is_plain_text(words, 500):
            raise PlatformError("say who did it and what was done, in at most 500 characters")
        now_ms = self._clock()
        with self._database.transaction() as connection:
            row = connection.execute("SELECT * FROM tickets WHERE ticket_id = ?", (ticket_id,)).fetchone()
            if row is None:
                raise PlatformError(f"there is no ticket {ticket_id}")
            if _NEXT.get(row["state"]) != state:
                told = _NEXT.get(row["state"])
                rest = f"next comes {told}" if told else "nothing is left"
                raise PlatformError(f"ticket {ticket_id} is {row['state']}; {rest}")
            due_ms = now_ms + CORRECT_DAYS * _DAY_MS
            changed = (state, due_ms, ticket_id)
            connection.execute("UPDATE tickets SET state = ?, due_at_ms = ? WHERE ticket_id = ?", changed)
            _note(connection, ticket_id, state, by, words, now_ms)
            return Ticket(**(dict(row) | {"state": state, "due_at_ms": due_ms}))

    def history(self, ticket_id: int) -> tuple[tuple[str, str, str, int], ...]:
        """(state, by, words, time) of every step, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT state, by, words, at_ms FROM ticket_history WHERE ticket_id = ? ORDER BY rowid", (ticket_id,)
            ).fetchall()
        return tuple((row["state"], row["by"], row["words"], row["at_ms"]) for row in rows)


def _note(connection: sqlite3.Connection, ticket_id: int, state: str, by: str, words: str, now_ms: int) -> None:
    connection.execute(
        "INSERT INTO ticket_history (ticket_id, state, by, words, at_ms) VALUES (?, ?, ?, ?, ?)",
        (ticket_id, state, by, words, now_ms),
    )
