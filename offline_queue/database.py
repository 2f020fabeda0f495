"""The queue file: how it is opened, and transactions that either happen whole or not at all."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from offline_queue.case_rows import create_intake
from offline_queue.checkpoints import Checkpointer
from offline_queue.errors import BugError, KnownError, from_sqlite
from offline_queue.facts import write_fact
from offline_queue.migrations import check_ours, migrate
from offline_queue.schema import MIGRATIONS, Migration
from offline_queue.settings import QueueSettings
from offline_queue.tallies import Tallies

_lenient_text = partial(str, encoding="utf-8", errors="replace")
"""Rotten text must not make a whole page of cases unreadable; what matters is checked by digest."""


def connect(path: Path, settings: QueueSettings, known_steps: int = len(MIGRATIONS)) -> sqlite3.Connection:
    """A connection with every safety on.

    Raises ``sqlite3.Error``, and ``KnownError`` for a file that is not ours or too new; such a file stays untouched.
    """
    connection = sqlite3.connect(path, timeout=settings.busy_timeout_s, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        connection.text_factory = _lenient_text
        check_ours(connection, known_steps)
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL syncs the log at every commit: with NORMAL a power cut may take back what the resident was promised.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA trusted_schema = OFF")
        # Folding the log into the file is left to ``checkpoints``: it must not make a resident wait.
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute(f"PRAGMA journal_size_limit = {settings.wal_limit_bytes}")
    except (sqlite3.Error, KnownError):
        connection.close()
        raise
    return connection


_log = logging.getLogger(__name__)
_ROWS_OF_A_CASE = 64
"""Rows of a large transaction that fill the log about as much as one case by itself, for they share pages."""


class QueueDatabase:
    """One connection, used by one thread at a time; other processes may hold theirs. Raises only ``offline_queue.errors``."""

    def __init__(self, path: Path, settings: QueueSettings, migrations: tuple[Migration, ...] = MIGRATIONS) -> None:
        self.path = path
        self._settings = settings
        self._known_steps = len(migrations)
        self._lock = threading.RLock()
        self._closed = False
        try:
            self._connection = connect(path, settings, len(migrations))
        except sqlite3.Error as error:
            raise from_sqlite(error) from error
        try:
            migrate(self._connection, path, migrations)
            self._tallies = Tallies(self._connection)
            create_intake(self._connection)
        except sqlite3.Error as error:
            self._connection.close()
            raise from_sqlite(error) from error
        except BaseException:
            self._connection.close()
            raise
        self._checkpointer = Checkpointer(partial(connect, path, settings, len(migrations)), self._lock, settings)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One immediate transaction: committed (and synced) on the way out, rolled back when anything is raised inside."""
        with self._lock:
            self._check_open()
            if self._connection.in_transaction:
                raise BugError("a transaction within a transaction")
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                self._tallies.refresh()
                before = self._connection.total_changes
                yield self._connection
                self._connection.execute("COMMIT")
                self._checkpointer.note_commit(1 + (self._connection.total_changes - before) // _ROWS_OF_A_CASE)
            except sqlite3.Error as error:
                self._undo()
                self._write_over(error)
                raise from_sqlite(error) from error
            except BaseException:
                self._undo()
                raise

    def execute_alone(self, statement: str, values: tuple[str | int | bytes, ...]) -> int:
        """Carry out one changing statement as a transaction of its own: durable when this returns, without effect when it raises.

        Returns ``total_changes`` of the connection behind it. ``sqlite3.IntegrityError`` is passed on as it is.
        """
        with self._lock:
            self._check_open()
            try:
                self._connection.execute(statement, values)
            except sqlite3.IntegrityError:
                raise
            except sqlite3.Error as error:
                self._write_over(error)
                raise from_sqlite(error) from error
            self._checkpointer.note_commit()
            return self._connection.total_changes

    @property
    def total_changes(self) -> int:
        """Rows this connection has changed so far; as long as it stands still, so does what was read over it."""
        return self._connection.total_changes

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """For queries that see one moment each."""
        with self._lock:
            self._check_open()
            try:
                self._tallies.refresh()
                yield self._connection
            except sqlite3.Error as error:
                raise from_sqlite(error) from error

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """One moment of the file, however long it is read: on a connection of its own, which holds nobody up."""
        try:
            with closing(connect(self.path, self._settings, self._known_steps)) as connection:
                connection.execute("BEGIN")
                yield connection
        except sqlite3.Error as error:
            raise from_sqlite(error) from error

    def close(self) -> None:
        """Give the file back, its log folded in; safe to repeat."""
        self._checkpointer.stop()
        with self._lock:
            if not self._closed:
                self._closed = True
                self._connection.close()

    def _check_open(self) -> None:
        if self._closed:
            raise BugError("the queue is closed")

    def _write_over(self, error: sqlite3.Error) -> None:
        """After a commit whose sync failed, put another transaction in its place.

        SQLite has taken it back, but its frames lie in the log: should the process end before the next write, the next start
        would find them whole, and a case that was refused would be there after all.
        """
        if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_IOERR:
            return
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            write_fact(self._connection, "written_over", str(self._connection.total_changes))
            self._connection.execute("COMMIT")
        except sqlite3.Error as second:
            # Its frames are in their place all the same; only a power cut could still bring the old ones back.
            _log.error("a failed commit could not be written over durably: %s", second)
            self._undo()

    def _undo(self) -> None:
        # After some failures (SQLITE_FULL, SQLITE_IOERR) SQLite has rolled back by itself already.
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
