"""Taking a case: numbered, sealed and signed without holding anybody up, then made durable by one statement.

What must be known first (the newest number, the end of the audit trail) is read, or still known from the case before. The
statement that writes the case is refused when anything was written meanwhile; then all is done again with what is true now, at
the third time under the write lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from offline_queue import queries
from offline_queue.acceptance import Acceptance, Refusal
from offline_queue.case_rows import INTAKE, OVERTAKEN, intake_values
from offline_queue.clock import Stamp
from offline_queue.database import QueueDatabase
from offline_queue.errors import from_sqlite
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
            end = self._known_end(identity)
            if end is None:
                with self._database.read() as connection:
                    self._make_room(connection)
                    end = self._read_end(connection, identity)
            try:
                return self._take_after(end, identity, draft, now)
            except _Overtaken:
                self._end = None
        return self._take_locked(identity, draft, now)

    def take_together(self, identity: Identity | None, drafts: Sequence[CaseDraft], now: Stamp) -> tuple[CaseCommitted, ...]:
        """Take several cases durably in one transaction, in this order: all or none. Raises as ``take``."""
        identity = self._acceptance.admit(identity, now)
        taken: list[CaseCommitted] = []
        with self._database.write() as connection:
            self._end = None
            end = self._read_end(connection, identity)
            for draft in drafts:
                self._make_room(connection)
                case, end, values = self._prepared(end, identity, draft, now)
                connection.execute(INTAKE, values)
                if draft.materials:
                    self._name_materials(connection, case.case_id, draft, now)
                self._room -= 1
                taken.append(case)
        return tuple(taken)

    def _known_end(self, identity: Identity) -> _End | None:
        """The end as it was left by the case before, when nothing was written over this connection since, and there is room."""
        end = self._end
        if end is None or self._room <= 0 or end.changes != self._database.total_changes or end.kiosk_id != identity.kiosk_id:
            return None
        return end

    def _take_after(self, end: _End, identity: Identity, draft: CaseDraft, now: Stamp) -> CaseCommitted:
        case, behind, values = self._prepared(end, identity, draft, now)
        behind.changes = _overtaken_or(lambda: self._database.execute_alone(INTAKE, values))
        self._end = behind
        self._room -= 1
        return case

    def _take_locked(self, identity: Identity, draft: CaseDraft, now: Stamp) -> CaseCommitted:
        """As ``take``, with nobody else writing from the first look to the commit."""
        with self._database.write() as connection:
            self._end = None
            self._make_room(connection)
            case, _, values = self._prepared(self._read_end(connection, identity), identity, draft, now)
            connection.execute(INTAKE, values)
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

    @staticmethod
    def _read_end(connection: sqlite3.Connection, identity: Identity) -> _End:
        trail = read_trail(connection)
        floor = connection.execute("SELECT value FROM facts WHERE name = ?", (floor_name(identity.kiosk_id),)).fetchone()
        highest = queries.highest_sequence(connection, identity.kiosk_id) or 0
        sequence = max(highest, int(floor["value"]) if floor else 0)
        return _End(identity.kiosk_id, sequence, trail.entry, trail.chain, connection.total_changes)

    def _prepared(
        self, end: _End, identity: Identity, draft: CaseDraft, now: Stamp
    ) -> tuple[CaseCommitted, _End, tuple[str | int | bytes, ...]]:
        """The case as it will stand there, the end behind it, and what ``INTAKE`` is bound to. Raises ``Refusal``."""
        sequence = end.sequence + 1
        header, case, digest = self._acceptance.seal(identity, draft, sequence, now)
        trail = Trail(end.entry, end.chain)
        audit = trail.row(now, header.case_id, "", CaseState.COMMITTED, "committed")
        behind = _End(end.kiosk_id, sequence, trail.entry, trail.chain, 0)
        committed = CaseCommitted(header.case_id, header.receipt_number, sequence, digest, now.wall_ms)
        return committed, behind, intake_values(header, case, digest, audit)

    def _name_materials(self, connection: sqlite3.Connection, case_id: str, draft: CaseDraft, now: Stamp) -> None:
        position = connection.execute("SELECT position FROM cases WHERE case_id = ?", (case_id,)).fetchone()["position"]
        digests = [material.digest for material in draft.materials]
        missing = self._acceptance.materials.name(connection, position, digests, now)
        if missing:
            raise Refusal(RefusalCode.MATERIAL_MISSING, f"{len(missing)} of {len(digests)} are not here")


def _overtaken_or(write: Callable[[], int]) -> int:
    """What ``write`` returns; raises ``_Overtaken`` when the statement found another end than it was made for."""
    try:
        return write()
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorname == OVERTAKEN:
            raise _Overtaken from error
        raise from_sqlite(error) from error
