"""The platform's SQLite file: one connection that writes, one that reads; plain transactions.

WAL lets the console read while cases are committed; ``synchronous=FULL`` makes a commit outlast a power cut.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fleet.errors import PlatformError, storage_problem
from fleet.migrations import migrate

FILE_NAME = "platform.sqlite3"
BUSY_TIMEOUT_S = 5.0


class Database:
    """Safe to use from several threads; each transaction holds its connection to the end."""

    def __init__(self, path: Path) -> None:
        """Open or create. Raises ``StorageUnavailable`` or, for a file of a newer version, ``PlatformError``."""
        self._path = path
        self._write_lock = threading.Lock()
        self._read_lock = threading.Lock()
        with _named(path):
            self._writer = _connect(path)
            try:
                path.chmod(0o600)
                migrate(self._writer)
                self._reader = _connect(path)
            except BaseException:
                self._writer.close()
                raise

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction that may write: committed at the end, rolled back on any exception."""
        with self._write_lock, _translated(self._path):
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                # An error such as a full disk can have ended the transaction already.
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent view of what is committed."""
        with self._read_lock, _translated(self._path):
            self._reader.execute("BEGIN")
            try:
                yield self._reader
            finally:
                self._reader.execute("ROLLBACK")

    def close(self) -> None:
        """Close both connections; the write-ahead log is folded in."""
        with self._read_lock:
            self._reader.close()
        with self._write_lock:
            self._writer.close()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA trusted_schema=OFF")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        problem = storage_problem(error)
        if problem is None:
            raise
        raise type(problem)(f"{problem} ({path})") from error


@contextmanager
def _named(path: Path) -> Iterator[None]:
    with _translated(path):
        try:
            yield
        except OSError as error:
            raise PlatformError(f"{path}: {error.strerror or error}") from error
