"""Taking a case: numbered, sealed and signed without holding anybody up, then made durable by one statement.

What must be known first (the newest number, the end of the audit trail) is read, or still known from the case before. The
statement that writes the case is refused when anything was written meanwhile; then all is done again with what is true now, at
the third time under the write lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from offline_queue import queries
from offline_queue.acceptance import Acceptance, Refusal
from offline_queue.case_rows import INTAKE, OVERTAKEN, intake_values
from offline_queue.clock import Stamp
from offline_queue.database import QueueDatabase
from offline_queue.identity import Identity
from offline_queue.ledger import Trail, read_trail
from offline_queue.models import CaseCommitted, CaseDraft, RefusalCode
from offline_queue.sequences import floor_name
from offline_queue.states import CaseState

_OPTIMISTIC_TRIES = 2
_COUNT_EVERY = 64
"""So many cases are taken before the backlog is counted again; nobody else takes cases."""


class _Overtaken(Exception):
    """Somebody wrote to the file between reading and writing."""


@dataclass(slots=True)
class _End:
    """The end of the file: after which number and which audit row the next case comes."""

    kiosk_id: str
    sequence: int
    entry: int
    chain: bytes
    changes: int
    """``total_changes`` of the connection when this was true."""


class Intake:
    """Takes cases. Safe to use from several threads."""

    def __init__(self, database: QueueDatabase, acceptance: Acceptance) -> None:
        self._database = database
        self._acceptance = acceptance
        self._end: _End | None = None
        self._room = 0

    def take(self, identity: Identity | None, draft: CaseDraft, now: Stamp) -> CaseCommitted:
        """Take a case durably. Raises ``Refusal``, ``KnownError``; then nothing of it is kept."""
        identity = self._acceptance.admit(identity, now)
        if draft.materials:
            return self._take_locked(identity, draft, now)
        for _ in range(_OPTIMISTIC_TRIES):
            with self._database.read() as connection:
                self._make_room(connection)
                end = self._present_end(connection, identity)
            try:
                return self._take_after(end, identity, draft, now)
            except _Overtaken:
                self._end = None
        return self._take_locked(identity, draft, now)

    def _take_after(self, end: _End, identity: Identity, draft: CaseDraft, now: Stamp) -> CaseCommitted:
        case, write = self._prepared(end, identity, draft, now)
        with self._database.single_statement() as connection:
            write(connection)
            self._advance(end, connection)
        return case

    def _take_locked(self, identity: Identity, draft: CaseDraft, now: Stamp) -> CaseCommitted:
        """As ``take``, with nobody else writing from the first look to the commit."""
        with self._database.write() as connection:
            self._end = None
            self._make_room(connection)
            end = self._present_end(connection, identity)
            case, write = self._prepared(end, identity, draft, now)
            write(connection)
            if draft.materials:
                self._name_materials(connection, case.case_id, draft, now)
            self._room -= 1
        return case

    def _make_room(self, connection: sqlite3.Connection) -> None:
        """Raise ``Refusal`` when the backlog is full."""
        if self._room <= 0:
            pending = queries.pending_count(connection)
            if pending >= self._acceptance.settings.max_pending:
                raise Refusal(RefusalCode.BACKLOG_FULL, f"{pending} cases pending")
            self._room = min(_COUNT_EVERY, self._acceptance.settings.max_pending - pending)

    def _present_end(self, connection: sqlite3.Connection, identity: Identity) -> _End:
        known = self._end
        if known is not None and known.changes == connection.total_changes and known.kiosk_id == identity.kiosk_id:
            return known
        trail = read_trail(connection)
        floor = connection.execute("SELECT value FROM facts WHERE name = ?", (floor_name(identity.kiosk_id),)).fetchone()
        highest = queries.highest_sequence(connection, identity.kiosk_id) or 0
        sequence = max(highest, int(floor["value"]) if floor else 0)
        return _End(identity.kiosk_id, sequence, trail.entry, trail.chain, connection.total_changes)

    def _prepared(
        self, end: _End, identity: Identity, draft: CaseDraft, now: Stamp
    ) -> tuple[CaseCommitted, Callable[[sqlite3.Connection], None]]:
        """The case as it will stand there, and what writes it. Raises ``Refusal``, ``KnownError``."""
        sequence = end.sequence + 1
        header, case = self._acceptance.seal(identity, draft, sequence, now)
        digest = case.digest
        trail = Trail(end.entry, end.chain)
        audit = trail.row(now, header.case_id, "", CaseState.COMMITTED, "committed")
        values = intake_values(header, case, digest, audit)

        def write(connection: sqlite3.Connection) -> None:
            _insert(connection, values)
            end.sequence, end.entry, end.chain = sequence, trail.entry, trail.chain

        return CaseCommitted(header.case_id, header.receipt_number, sequence, digest, now.wall_ms), write

    def _advance(self, end: _End, connection: sqlite3.Connection) -> None:
        end.changes = connection.total_changes
        self._end = end
        self._room -= 1

    def _name_materials(self, connection: sqlite3.Connection, case_id: str, draft: CaseDraft, now: Stamp) -> None:
        position = connection.execute("SELECT position FROM cases WHERE case_id = ?", (case_id,)).fetchone()["position"]
        digests = [material.digest for material in draft.materials]
        missing = self._acceptance.materials.name(connection, position, digests, now)
        if missing:
            raise Refusal(RefusalCode.MATERIAL_MISSING, f"{len(missing)} of {len(digests)} are not here")


def _insert(connection: sqlite3.Connection, values: tuple[str | int | bytes, ...]) -> None:
    try:
        connection.execute(INTAKE, values)
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorname == OVERTAKEN:
            raise _Overtaken from error
        raise
