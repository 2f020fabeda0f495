"""Looking into a queue without touching it: while the terminal runs, before it was ever enrolled, or in a copy on a desk.

The file is opened read-only; nothing is checked, repaired, migrated or created. SQLite may leave its two companions (``-wal``,
``-shm``) beside a file that nobody else has open; they are empty, and the next program to open the queue removes them.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import msgspec

from contract.cases import DeliveryReceipt
from offline_queue import ledger, queries, reconcile
from offline_queue.acceptance import Acceptance
from offline_queue.case_ids import CaseIds
from offline_queue.clock import Clock, SystemClock
from offline_queue.decoding import UNDECODABLE
from offline_queue.errors import KnownError, from_os, from_sqlite
from offline_queue.facts import read_fact
from offline_queue.history import LastFailure, last_delivery_ms, last_failure
from offline_queue.identity import Identity
from offline_queue.integrity import suspicion_of
from offline_queue.materials import MaterialStore
from offline_queue.migrations import check_ours
from offline_queue.models import CaseSummary, Gate, Step
from offline_queue.platform_time import PlatformTime
from offline_queue.reconcile import Alarm
from offline_queue.schema import MIGRATIONS
from offline_queue.sequences import SequenceReserve
from offline_queue.settings import QueueSettings
from offline_queue.states import PENDING, CaseState
from offline_queue.tallies import Tallies


@dataclass(frozen=True, slots=True)
class Overview:
    """How the queue is at this moment."""

    counts: dict[CaseState, int]
    pending: int
    oldest_pending_s: float | None
    last_delivery_at_ms: int | None
    """When this machine stored the newest of the platform's receipts; ``None`` when it holds none."""
    last_failure: LastFailure | None
    gate: Gate
    free_disk_bytes: int
    size_bytes: int
    """The file and its log."""
    is_suspect: bool
    """Damage was found while the terminal ran; it will set the file aside at its next start."""
    set_aside: tuple[str, ...]
    """Damaged files kept beside it."""
    alarms: tuple[Alarm, ...]
    """What the last comparison with the platform left open."""


@dataclass(frozen=True, slots=True)
class MaterialFact:
    """A material of a case: sealed, so only its outside."""

    digest: str
    size_bytes: int | None
    """``None`` when its row is gone."""
    is_sent: bool


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """Everything about one case that is not sealed."""

    position: int
    summary: CaseSummary
    kiosk_id: str
    sequence: int
    digest: str
    size_bytes: int
    due_at_ms: int | None
    """When a waiting case is tried again, by the wall clock."""
    received_at_ms: int | None
    """By the platform's receipt; ``None`` without a readable one."""
    receipt_key_id: str
    materials: tuple[MaterialFact, ...]
    steps: tuple[Step, ...]


def connect_read_only(path: Path, busy_timeout_s: float) -> sqlite3.Connection:
    """A connection that cannot change the file. Raises ``KnownError`` for what is no queue of this version; it stays as it is."""
    _check_there(path)
    try:
        try:
            return _connect(path, "mode=ro", busy_timeout_s)
        except sqlite3.OperationalError as error:
            # In a folder that cannot be written, SQLite cannot lay its companions beside the file. Without a log none are needed.
            log = path.with_name(path.name + "-wal")
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CANTOPEN or (log.exists() and log.stat().st_size):
                raise
            return _connect(path, "mode=ro&immutable=1", busy_timeout_s)
    except sqlite3.Error as error:
        known = from_sqlite(error)
        if isinstance(known, KnownError) and known.code == "corrupt":
            words = f"no queue, or damaged ({error}); if it is one, start the terminal: it sets it aside and saves what it can"
            raise KnownError("corrupt", words) from error
        raise known from error


def _check_there(path: Path) -> None:
    try:
        if path.is_file() and path.stat().st_size:
            return
        if path.exists() and not path.is_file():
            raise KnownError("cannot_open", "this is no file; name the terminal's data folder")
        if not SequenceReserve(path).is_empty:
            raise KnownError("absent", "the queue is gone or empty, though cases were taken; start the terminal and ask for help")
    except OSError as error:
        raise from_os(error) from error
    raise KnownError("absent", "there is no queue here yet; it is made when the terminal starts for the first time")


def _connect(path: Path, how: str, busy_timeout_s: float) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True, timeout=busy_timeout_s, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        connection.text_factory = lambda raw: raw.decode("utf-8", errors="replace")
        connection.execute("PRAGMA trusted_schema = OFF")
        check_ours(connection)
        if connection.execute("PRAGMA user_version").fetchone()[0] < len(MIGRATIONS):
            raise KnownError(
                "older_schema", "the queue was written by an earlier program; start the terminal once, then ask again"
            )
    except BaseException:
        connection.close()
        raise
    return connection


class Inspection:
    """An open queue to look into, on one thread. Methods raise ``KnownError`` when the file cannot be read."""

    def __init__(
        self,
        path: Path,
        *,
        settings: QueueSettings | None = None,
        clock: Clock | None = None,
        free_disk_bytes: Callable[[], int] | None = None,
    ) -> None:
        """Open. Raises ``KnownError``; ``absent``, ``foreign_database``, ``newer_schema``, ``older_schema``, ``corrupt`` …"""
        self.path = path
        self._settings = settings or QueueSettings()
        self._clock = clock or SystemClock()
        self._free_disk_bytes = free_disk_bytes or (lambda: shutil.disk_usage(path.parent).free)
        self._connection = connect_read_only(path, self._settings.busy_timeout_s)
        try:
            self._tallies = Tallies(self._connection)
        except sqlite3.Error as error:
            self._connection.close()
            raise from_sqlite(error) from error

    def close(self) -> None:
        """Let go of the file; safe to repeat."""
        self._connection.close()

    def __enter__(self) -> Inspection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def moment(self) -> Iterator[sqlite3.Connection]:
        """Everything asked inside sees the same moment. Meanwhile the log of a running terminal grows and cannot begin anew."""
        try:
            self._connection.execute("BEGIN")
            try:
                self._tallies.refresh()
                yield self._connection
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise from_sqlite(error) from error

    def overview(self, identity: Identity | None) -> Overview:
        """How the queue is. The gate is what a terminal with ``identity`` would say before it has heard the platform."""
        with self.moment() as connection:
            now = self._clock.now()
            platform_time = _platform_time(connection, self._clock)
            tallies = queries.counts(connection)
            counts = {state: tallies[state] for state in CaseState}
            age_ms = queries.oldest_pending_ms(connection, now, platform_time.now_ms(now))
            delivered_ms = last_delivery_ms(connection)
            return Overview(
                counts=counts,
                pending=sum(counts[state] for state in PENDING),
                oldest_pending_s=None if age_ms is None else age_ms / 1000,
                last_delivery_at_ms=delivered_ms,
                last_failure=last_failure(connection),
                gate=self._acceptance(platform_time).gate(connection, identity, now),
                free_disk_bytes=self._free_disk_bytes(),
                size_bytes=sum(_size(self.path.with_name(self.path.name + end)) for end in ("", "-wal")),
                is_suspect=suspicion_of(self.path).exists(),
                set_aside=set_aside_beside(self.path),
                alarms=reconcile.alarms(connection),
            )

    def _acceptance(self, platform_time: PlatformTime) -> Acceptance:
        materials = MaterialStore(self.path.with_name(self.path.name + ".materials"))
        case_ids = CaseIds(bytes)
        reserve = SequenceReserve(self.path)
        return Acceptance(self._settings, platform_time, reserve, materials, case_ids, self._free_disk_bytes)

    def page(self, state: CaseState | None, after_position: int, limit: int) -> list[tuple[int, CaseSummary]]:
        """As ``Outbox.list_cases``."""
        with self.moment() as connection:
            return queries.page(connection, state, after_position, limit)

    def find(self, id_or_number: str) -> CaseDetail | None:
        """The case with this id or receipt number, in whatever case the letters are; a number may read every row."""
        with self.moment() as connection:
            row = connection.execute("SELECT * FROM cases WHERE case_id = ?", (id_or_number.lower(),)).fetchone()
            if row is None:
                query = "SELECT * FROM cases WHERE receipt_number = ? ORDER BY position DESC LIMIT 1"
                row = connection.execute(query, (id_or_number.upper(),)).fetchone()
            return None if row is None else _detail(connection, row)


def set_aside_beside(path: Path) -> tuple[str, ...]:
    """Names of damaged files that were set aside and kept."""
    found = path.parent.glob(f"{path.name}.damaged-*")
    return tuple(sorted(aside.name for aside in found if not aside.name.endswith(("-wal", "-shm"))))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _platform_time(connection: sqlite3.Connection, clock: Clock) -> PlatformTime:
    told: list[int | None] = []
    for name in ("platform_offset_ms", "platform_last_heard_ms"):
        value = read_fact(connection, name)
        told.append(int(value) if value and value.lstrip("-").isdigit() else None)
    return PlatformTime(clock, told[0], None, told[1])


def _detail(connection: sqlite3.Connection, row: sqlite3.Row) -> CaseDetail:
    summary = queries.find(connection, row["case_id"])
    if summary is None:
        raise KnownError("corrupt", "a case cannot be found by its own id; run: kiosk queue verify")
    received_at_ms = None
    if row["receipt_body"] is not None:
        with suppress(*UNDECODABLE):
            received_at_ms = msgspec.json.decode(row["receipt_body"], type=DeliveryReceipt).received_at_ms
    materials = connection.execute(
        "SELECT n.digest, m.size_bytes, m.is_sent FROM case_materials n LEFT JOIN materials m ON m.digest = n.digest"
        " WHERE n.position = ? ORDER BY n.ordinal",
        (row["position"],),
    )
    return CaseDetail(
        position=row["position"],
        summary=summary,
        kiosk_id=row["kiosk_id"],
        sequence=row["sequence"],
        digest=row["digest"],
        size_bytes=row["size_bytes"],
        due_at_ms=row["due_at_ms"],
        received_at_ms=received_at_ms,
        receipt_key_id=row["receipt_key_id"] or "",
        materials=tuple(MaterialFact(digest, size, bool(is_sent)) for digest, size, is_sent in materials),
        steps=ledger.timeline(connection, row["case_id"]),
    )
