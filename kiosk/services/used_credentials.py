"""Which credentials this machine has taken, so that none is taken twice. On disk: a restart must not forget.

The file holds digests of random numbers and when they expire, nothing of anybody.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from contract.credentials import LEEWAY_S, MAX_LIFETIME_S

_log = logging.getLogger(__name__)

_BUSY_S = 2.0
_VERSION = 1
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_AFTER_DAMAGE_MS = (MAX_LIFETIME_S + 2 * LEEWAY_S) * 1000
"""Whatever was issued before the loss has expired by then, also by a clock that differs."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS used (credential_id TEXT PRIMARY KEY, kept_until_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS used_until ON used (kept_until_ms);
CREATE TABLE IF NOT EXISTS floor (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), until_ms INTEGER NOT NULL) STRICT;
INSERT OR IGNORE INTO floor VALUES (1, 0);
"""

Result = TypeVar("Result")


class ReplayTrouble(Exception):
    """It cannot be told now whether a credential was used; the message is one line for the log."""


class ReplayStore:
    """One file, one connection, safe from any thread; two processes may share it. A damaged file is set aside.

    Entries go once their time is over. Up to the latest time at which one went, nothing is taken any more: so a clock that is
    set back brings no used credential to life.
    """

    def __init__(self, path: Path) -> None:
        """Opened at the first use, so that a full disk costs no restart. Never raises."""
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def use(self, credential_id: str, kept_until_ms: int, now_ms: int) -> bool:
        """Take it; ``False`` when it was taken before, or may have been. Durable on return. Raises ``ReplayTrouble``."""

        def note(connection: sqlite3.Connection) -> bool:
            connection.execute("BEGIN IMMEDIATE")
            try:
                floor_ms = connection.execute("SELECT until_ms FROM floor").fetchone()[0]
                over = connection.execute("SELECT max(kept_until_ms) FROM used WHERE kept_until_ms < ?", (now_ms,)).fetchone()[0]
                if over is not None:
                    connection.execute("DELETE FROM used WHERE kept_until_ms <= ?", (over,))
                    floor_ms = max(floor_ms, over)
                    connection.execute("UPDATE floor SET until_ms = ?", (floor_ms,))
                fresh = kept_until_ms > floor_ms and bool(
                    connection.execute("INSERT OR IGNORE INTO used VALUES (?, ?)", (credential_id, kept_until_ms)).rowcount
                )
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            return fresh

        return self._use(note, now_ms)

    def close(self) -> None:
        """Let go of the file; may be called twice, and the store be used again."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _use(self, work: Callable[[sqlite3.Connection], Result], now_ms: int) -> Result:
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = self._open(now_ms)
                return work(self._connection)
            except (sqlite3.Error, OSError) as error:
                self._close()
                if isinstance(error, sqlite3.Error) and _is_damage(error):
                    self._try_to_set_aside(error, now_ms)
                raise ReplayTrouble(f"{self._path}: {error}") from error

    def _open(self, now_ms: int) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _connect(self._path)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            return self._begin_anew(error, now_ms)

    def _try_to_set_aside(self, error: sqlite3.Error, now_ms: int) -> None:
        """A disk that damages files often cannot be written any more: the next use finds the damage again."""
        try:
            self._begin_anew(error, now_ms).close()
        except (sqlite3.Error, OSError) as refusal:
            _log.error("%s cannot be set aside: %s", self._path, refusal)

    def _begin_anew(self, error: sqlite3.Error, now_ms: int) -> sqlite3.Connection:
        """What was used is not known any more, so for some minutes only what is issued from now on is taken."""
        self._path.replace(self._path.with_name(self._path.name + ".damaged"))
        for ending in ("-wal", "-shm"):
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        _log.error("%s is damaged (%s): set aside, and a new one begun", self._path, error)
        connection = _connect(self._path)
        connection.execute("UPDATE floor SET until_ms = ?", (now_ms + _AFTER_DAMAGE_MS,))
        return connection


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        path.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL syncs the log at every commit: a credential counts as used before anybody is let in by it.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA trusted_schema = OFF")
        damage = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if damage != "ok":
            raise _Damaged(str(damage))
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise sqlite3.OperationalError(f"written by a newer version ({version})")
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
    except BaseException:
        connection.close()
        raise
    return connection


class _Damaged(sqlite3.DatabaseError):
    """SQLite found damage when asked to look for it."""


def _is_damage(error: sqlite3.Error) -> bool:
    code: int | None = getattr(error, "sqlite_errorcode", None)  # only errors of the library itself carry one
    return isinstance(error, _Damaged) or (code is not None and code & 0xFF in _DAMAGED)
