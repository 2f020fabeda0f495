"""The outbox: one SQLite file that takes cases, holds them until the platform has processed them, and says how they fare.

Safe to use from several threads. Every change is one transaction together with its audit row, synced to the disk before the call
returns. Methods raise ``KnownError`` when the machine fails (disk, permissions, a damaged file) and ``BugError`` when we do;
``accept`` turns the former into a value.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from contract.cases import CaseStatus, Rating
from contract.search_misses import SearchMiss
from offline_queue import damage, deliveries, leases, ledger, queries, ratings, retention, search_misses, statements
from offline_queue.acceptance import Acceptance, Refusal, refused
from offline_queue.case_ids import CaseIds
from offline_queue.clock import Clock, Stamp, SystemClock
from offline_queue.database import QueueDatabase
from offline_queue.errors import KnownError, from_os
from offline_queue.files import sync_folder, write_durably
from offline_queue.identity import IdentitySource
from offline_queue.intake import Intake
from offline_queue.integrity import find_damage, is_too_large_to_wait, suspicion_of
from offline_queue.material_desk import MaterialDesk
from offline_queue.materials import MaterialStore
from offline_queue.models import (
    CaseCommitted,
    CaseDraft,
    CaseRefused,
    CaseSummary,
    ClaimedCase,
    Closed,
    Damage,
    Gate,
    RefusalCode,
    Resolution,
    Step,
)
from offline_queue.opening import make_private, stored_platform_time, take_stock
from offline_queue.reconciliation_desk import ReconciliationDesk
from offline_queue.sequences import SequenceReserve
from offline_queue.settings import QueueSettings
from offline_queue.states import CaseState, may_move

_log = logging.getLogger(__name__)
_PURGE_BATCH = 200
_Taken = TypeVar("_Taken")


class Outbox:
    """See the module. Made by ``open``."""

    def __init__(self, database: QueueDatabase, identity: IdentitySource, acceptance: Acceptance, clock: Clock) -> None:
        self._database = database
        self._identity = identity
        self._acceptance = acceptance
        self._clock = clock
        self.settings = acceptance.settings
        self.platform_time = acceptance.platform_time
        self._intake = Intake(database, acceptance)
        self.materials = MaterialDesk(database, identity, acceptance, clock)
        self.reconciliation = ReconciliationDesk(database, clock)
        self.damage: Damage | None = None
        """What was wrong with the file when it was opened; ``None`` when nothing was."""
        self.is_unchecked = False
        """True for a large file that is still to be read whole, see ``check_whole``."""
        self._suspicion = ""

    @classmethod
    def open(
        cls,
        path: Path,
        identity: IdentitySource,
        *,
        settings: QueueSettings | None = None,
        clock: Clock | None = None,
        random_bytes: Callable[[int], bytes] = os.urandom,
        free_disk_bytes: Callable[[], int] | None = None,
    ) -> Outbox:
        """Open or create the queue file. A damaged file is set aside and salvaged (see ``damage``), never deleted.

        Raises ``KnownError``; ``foreign_database`` and ``newer_schema`` leave the file untouched.
        """
        settings, clock = settings or QueueSettings(), clock or SystemClock()
        probe = free_disk_bytes or (lambda: shutil.disk_usage(path.parent).free)
        case_ids = CaseIds(random_bytes)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            reserve = SequenceReserve(path)
            is_unchecked = path.exists() and is_too_large_to_wait(path, settings)
            finding = damage.look(path, reserve, settings, clock.now())
            make_private(path)
            database = QueueDatabase(path, settings)
        except OSError as error:
            raise from_os(error) from error
        try:
            path.chmod(0o600)
            sync_folder(path.parent)
            platform_time = stored_platform_time(database, clock)
            materials = MaterialStore(path.with_name(path.name + ".materials"))
            outbox = cls(database, identity, Acceptance(settings, platform_time, reserve, materials, case_ids, probe), clock)
            outbox.is_unchecked = is_unchecked and finding is None
            outbox.damage = take_stock(database, path, finding, clock.now(), identity.known_public_keys(), reserve)
        except BaseException as error:
            database.close()
            if isinstance(error, OSError):
                raise from_os(error) from error
            raise
        return outbox

    def close(self) -> None:
        """Give the file back; safe to repeat."""
        self._database.close()

    def __enter__(self) -> Outbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def check_whole(self, should_stop: Callable[[], bool] = lambda: False) -> str:
        """Read a large file whole, on a thread that has time; returns what is wrong with it. Raises ``KnownError``.

        What is found closes the gate and is marked beside the file: at the next start it is set aside and salvaged.
        """
        found = find_damage(self._database.path, self.settings.busy_timeout_s, should_stop)
        if found:
            _log.error("queue file damaged: %s; restart to set it aside and salvage it", found)
            self._suspicion = found
            try:
                write_durably(suspicion_of(self._database.path), found.encode())
            except OSError as error:
                raise from_os(error) from error
        self.is_unchecked = self.is_unchecked and should_stop()
        return found

    # Taking cases

    def gate(self) -> Gate:
        """May a new visit begin? By enrolment, free disk, number and age of what waits. An unreadable store closes it too."""
        now = self._clock.now()
        if self._suspicion:
            return Closed(RefusalCode.STORAGE_FAILED, f"the queue file is damaged: {self._suspicion}")
        try:
            with self._database.read() as connection:
                return self._acceptance.gate(connection, self._identity.current(), now)
        except KnownError as error:
            return Closed(RefusalCode.STORAGE_FAILED, str(error))

    def accept(self, draft: CaseDraft) -> CaseCommitted | CaseRefused:
        """Take a case. ``CaseCommitted`` means synced to the disk; ``CaseRefused`` means that nothing of it was kept."""
        return self._take(lambda now: self._intake.take(self._identity.current(), draft, now))

    def accept_together(self, drafts: Sequence[CaseDraft]) -> tuple[CaseCommitted, ...] | CaseRefused:
        """Take the parts of a bundle, all or none: what a power cut leaves behind is the whole bundle or nothing of it."""
        return self._take(lambda now: self._intake.take_together(self._identity.current(), drafts, now))

    def _take(self, take: Callable[[Stamp], _Taken]) -> _Taken | CaseRefused:
        now = self._clock.now()
        try:
            return take(now)
        except Refusal as refusal:
            outcome = refusal.value
        except KnownError as error:
            outcome = refused(error)
        except OSError as error:
            outcome = refused(from_os(error))
        _log.warning("case refused: %s (%s)", outcome.code, outcome.detail)
        return outcome

    # Questions

    def counts(self) -> dict[CaseState, int]:
        """Number of cases in every state."""
        with self._database.read() as connection:
            return queries.counts(connection)

    def pending_count(self) -> int:
        """Cases that only this machine holds for certain."""
        with self._database.read() as connection:
            return queries.pending_count(connection)

    def oldest_pending_age_s(self) -> float | None:
        """How long the oldest pending case has waited, ``None`` when nothing is pending."""
        now = self._clock.now()
        with self._database.read() as connection:
            age_ms = queries.oldest_pending_ms(connection, now, self.platform_time.now_ms(now))
        return None if age_ms is None else age_ms / 1000

    def find(self, case_id: str) -> CaseSummary | None:
        """One case, without anything of the resident."""
        with self._database.read() as connection:
            return queries.find(connection, case_id)

    def find_by_number(self, receipt_number: str) -> CaseSummary | None:
        """The same by receipt number."""
        with self._database.read() as connection:
            return queries.find_by_number(connection, receipt_number)

    def state_of(self, case_id: str) -> CaseState | None:
        """State of one case, ``None`` for an unknown id."""
        found = self.find(case_id)
        return found.state if found else None

    def statement(self, case_id: str) -> str | None:
        """This machine's signed word on where the case is, for its slip; ``None`` without an identity or such a case."""
        identity = self._identity.current()
        if identity is None:
            return None
        with self._database.read() as connection:
            return statements.make(connection, identity, case_id)

    def list_cases(
        self, state: CaseState | None = None, after_position: int = 0, limit: int = 100
    ) -> list[tuple[int, CaseSummary]]:
        """One page in order of commitment: (position, case). Pass the last position to get the next page."""
        with self._database.read() as connection:
            return queries.page(connection, state, after_position, limit)

    def needs_staff(self, limit: int = 100) -> tuple[CaseSummary, ...]:
        """The desk: cases that wait for a person, with their reasons, oldest first."""
        return tuple(case for _, case in self.list_cases(CaseState.NEEDS_STAFF, limit=limit))

    def timeline(self, case_id: str) -> tuple[Step, ...]:
        """History of one case, oldest first."""
        with self._database.read() as connection:
            return ledger.timeline(connection, case_id)

    def next_due_s(self) -> float | None:
        """Seconds until something can be sent: 0 for now, ``None`` when nothing waits."""
        now = self._clock.now()
        with self._database.read() as connection:
            due_ms = queries.next_due_ms(connection, now)
        return None if due_ms is None else due_ms / 1000

    def first_broken_audit_entry(self) -> int | None:
        """Number of the first audit row that was tampered with, ``None`` when the chain holds."""
        with self._database.read() as connection:
            return ledger.first_broken_entry(connection)

    # Decisions of staff

    def retry(self, case_id: str, by: str) -> bool:
        """Put a case of the desk, or a waiting one, up for sending now; False when it is in no such state."""
        return self._decide(case_id, (CaseState.NEEDS_STAFF, CaseState.WAITING), CaseState.COMMITTED, "retry", f"by {by}")

    def void(self, case_id: str, by: str, why: str) -> bool:
        """Withdraw a case that was not delivered; its sealed bytes stay. False when it is being sent, or was delivered."""
        old = (CaseState.COMMITTED, CaseState.WAITING, CaseState.NEEDS_STAFF)
        return self._decide(case_id, old, CaseState.VOID, "void", f"by {by}: {why}")

    def _decide(self, case_id: str, old: Sequence[CaseState], new: CaseState, code: str, detail: str) -> bool:
        with self._change() as (connection, now):
            row = connection.execute("SELECT * FROM cases WHERE case_id = ?", (case_id,)).fetchone()
            if row is None or row["state"] not in old or not may_move(CaseState(row["state"]), new):
                return False
            ledger.move(connection, now, row, new, code, detail, {"attempts": 0})
            return True

    # For the sync

    def claim(self, owner: str, *, after_position: int, max_cases: int, max_bytes: int) -> list[ClaimedCase]:
        """Lease the oldest sendable cases behind ``after_position`` to ``owner``."""
        with self._change() as (connection, now):
            return leases.claim(
                connection,
                now,
                owner,
                lease_ms=round(self.settings.lease_s * 1000),
                after_position=after_position,
                max_cases=max_cases,
                max_bytes=max_bytes,
            )

    def record(self, owner: str, resolutions: Sequence[Resolution]) -> None:
        """Write down what became of claimed cases, all in one transaction."""
        with self._change() as (connection, now):
            deliveries.record(connection, now, owner, resolutions)

    def awaits_progress(self) -> bool:
        """True while a delivered case is not yet processed."""
        return self.counts()[CaseState.ACCEPTED] > 0

    def status_cursor(self, kiosk_id: str) -> str:
        """Where the status feed of ``kiosk_id`` was read up to; empty at first."""
        with self._database.read() as connection:
            return deliveries.read_cursor(connection, kiosk_id)

    def take_statuses(self, kiosk_id: str, changes: Sequence[CaseStatus], cursor: str) -> tuple[int, int]:
        """Apply one page of the status feed together with its cursor. Returns (cases now processed, unknown ids)."""
        with self._change() as (connection, now):
            return deliveries.take_statuses(connection, now, kiosk_id, changes, cursor)

    def show_again(self, kiosk_id: str) -> int:
        """After enrolment under another id: put accepted cases of the old id up for sending once more. Returns their number."""
        with self._change() as (connection, now):
            return deliveries.show_again(connection, now, kiosk_id)

    def purge(self) -> int:
        """Wipe the sealed bytes of processed cases whose time is over, and let go of what nothing needs.

        Returns the number wiped.
        """
        total = 0
        while True:
            with self._change() as (connection, now):
                purged = deliveries.purge(connection, now, self.settings, _PURGE_BATCH)
            total += purged
            if purged < _PURGE_BATCH:
                break
        with self._database.read() as connection:
            is_history_due = retention.is_due(connection, self.settings)
        if is_history_due:
            with self._change() as (connection, _now):
                retention.let_go(connection, self.settings, _PURGE_BATCH)
        if total or self.materials.sweep_is_due():
            self.materials.sweep()
        return total

    def audit_head(self) -> tuple[int, str]:
        """Number and link (lower-case hex) of the newest audit row: told to the platform, so that a cut trail is noticed."""
        with self._database.read() as connection:
            trail = ledger.read_trail(connection)
        return trail.entry, trail.chain.hex() if trail.entry else ""

    # Ratings

    def rate(self, case_id: str, grade: int, reasons: Sequence[str] = ()) -> None:
        """Keep the resident's rating, 5 to 1, or 0 for skipped, until the platform has it; the first one of a case stands."""
        with self._change() as (connection, now):
            ratings.keep(connection, now, case_id, grade, reasons)

    def sendable_ratings(self, limit: int) -> tuple[Rating, ...]:
        """Ratings whose case the platform holds, oldest first."""
        with self._database.read() as connection:
            return ratings.sendable(connection, limit)

    def settle_ratings(self, case_ids: Sequence[str]) -> int:
        """Forget ratings that the platform has settled. Returns their number."""
        with self._change() as (connection, _now):
            return ratings.settle(connection, case_ids)

    # Searches that found nothing

    def note_miss(self, text: str) -> None:
        """Count that ``text``, which names nobody, was looked for and not found on this day."""
        with self._change() as (connection, now):
            search_misses.note(connection, self.platform_time.now_ms(now), text)

    def sendable_misses(self, limit: int) -> tuple[SearchMiss, ...]:
        """Searches that found nothing, oldest day first. Their counts are fixed from now on, until they are settled."""
        with self._database.read() as connection:
            if not search_misses.are_here(connection):
                return ()
        with self._change() as (connection, _now):
            return search_misses.take(connection, limit)

    def settle_misses(self, report_ids: Sequence[str]) -> int:
        """Forget searches that the platform has counted. Returns their number."""
        with self._change() as (connection, _now):
            return search_misses.settle(connection, report_ids)

    @contextlib.contextmanager
    def _change(self) -> Iterator[tuple[sqlite3.Connection, Stamp]]:
        with self._database.write() as connection:
            yield connection, self._clock.now()
