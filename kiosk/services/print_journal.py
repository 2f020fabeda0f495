"""What this terminal has begun to print: noted before the first byte leaves, with the outcome after.

A slip is worth something in the hand of whoever holds it. So no second one of a case may come out that looks like the first, not
even when the power failed in the middle of the first. The file holds case ids, times and outcomes, nothing of anybody.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from drivers.receipt_printer.types import PrintResult

_log = logging.getLogger(__name__)

MAX_PRINTS = 20_000
"""Rows kept: more than a year of a busy terminal, in 3 MB. By number and not by age, for a clock may be wrong."""

_BUSY_S = 2.0
_VERSION = 1
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS prints (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL,
    begun_at_ms INTEGER NOT NULL,
    outcome TEXT CHECK (outcome IN ('printed', 'partly_printed', 'not_printed', 'unknown'))
) STRICT;
CREATE INDEX IF NOT EXISTS prints_of_case ON prints (case_id);
CREATE INDEX IF NOT EXISTS prints_open ON prints (id) WHERE outcome IS NULL;
"""

Result = TypeVar("Result")


class JournalTrouble(Exception):
    """The journal cannot be read or written now; the message is one line for the log."""


class PrintJournal:
    """One file, one connection, safe from any thread. Every method but ``close`` may raise ``JournalTrouble``.

    It is opened at once if that is possible, else at the next use; so a full disk costs no restart. A damaged file is set aside.
    """

    def __init__(self, path: Path, now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000) -> None:
        """Open ``path``; prints that an earlier run left open are noted as unknown. Never raises: trouble shows at use."""
        self._path = path
        self._now_ms = now_ms
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self.has_forgotten = False
        """A damaged file was set aside in this run: of slips printed before that, nothing is known."""
        try:
            self._use(lambda _connection: None)
        except JournalTrouble as error:
            _log.error("%s", error)

    def must_be_copy(self, case_id: str) -> bool:
        """True when a slip of this case may already be in somebody's hand, whole or in part."""
        return self._use(
            lambda connection: (
                connection.execute(
                    "SELECT 1 FROM prints WHERE case_id = ? AND outcome IS NOT 'not_printed' LIMIT 1", (case_id,)
                ).fetchone()
                is not None
            )
        )

    def begin(self, case_id: str) -> int:
        """Note that a slip is about to be sent; on return that is on the disk. The answer names the print for ``end``."""

        def note(connection: sqlite3.Connection) -> int:
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                number = connection.execute(
                    "INSERT INTO prints (case_id, begun_at_ms) VALUES (?, ?)", (case_id, self._now_ms())
                ).lastrowid
                connection.execute("DELETE FROM prints WHERE id <= ?", ((number or 0) - MAX_PRINTS,))
            return number or 0

        return self._use(note)

    def end(self, number: int, outcome: PrintResult) -> None:
        """Note how it ended. A print without this stays open, which counts as perhaps printed."""
        self._use(lambda connection: _set(connection, "UPDATE prints SET outcome = ? WHERE id = ?", (outcome.value, number)))

    def close(self) -> None:
        """Let go of the file; may be called twice, and the journal be used again."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _use(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = self._open()
                return work(self._connection)
            except (sqlite3.Error, OSError) as error:
                self._close()
                if isinstance(error, sqlite3.Error) and _is_damage(error):
                    self._try_to_set_aside(error)
                raise JournalTrouble(f"{self._path}: {error}") from error

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _connect(self._path)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            self._set_aside(error)
            return _connect(self._path)

    def _try_to_set_aside(self, error: sqlite3.Error) -> None:
        """A disk that damages files is often one that cannot be written any more: the next use finds the damage again."""
        try:
            self._set_aside(error)
        except OSError as refusal:
            _log.error("%s cannot be set aside: %s", self._path, refusal)

    def _set_aside(self, error: sqlite3.Error) -> None:
        """A damaged file must not end printing for good; it is kept for whoever wants to look. Raises ``OSError``."""
        self._path.replace(self._path.with_name(self._path.name + ".damaged"))
        self.has_forgotten = True
        _log.error("%s is damaged (%s): set aside, and a new one begun", self._path, error)
        for ending in ("-wal", "-shm"):
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL syncs the log at every commit: the note must be on the disk before the printer moves.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA trusted_schema = OFF")
        damage = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if damage != "ok":
            raise _Damaged(str(damage))
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise sqlite3.OperationalError(f"written by a newer version ({version})")
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
        found = _set(connection, "UPDATE prints SET outcome = ? WHERE outcome IS NULL", (PrintResult.UNKNOWN.value,))
        if found:
            _log.info("%d slips were being printed when the terminal last stopped: their outcome is unknown", found)
    except BaseException:
        connection.close()
        raise
    return connection


class _Damaged(sqlite3.DatabaseError):
    """SQLite found damage when asked to look for it."""


def _is_damage(error: sqlite3.Error) -> bool:
    code: int | None = getattr(error, "sqlite_errorcode", None)  # only errors of the library itself carry one
    return isinstance(error, _Damaged) or (code is not None and code & 0xFF in _DAMAGED)


def _set(connection: sqlite3.Connection, statement: str, values: tuple[str | int, ...]) -> int:
    return connection.execute(statement, values).rowcount
