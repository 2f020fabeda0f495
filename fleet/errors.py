"""Conditions of the surroundings that stop the platform from doing what was asked. Each message is one line for people."""

from __future__ import annotations

import sqlite3

_ENVIRONMENT = {
    sqlite3.SQLITE_PERM: "the database may not be opened",
    sqlite3.SQLITE_BUSY: "the database is busy",
    sqlite3.SQLITE_LOCKED: "the database is locked",
    sqlite3.SQLITE_READONLY: "the database is read-only",
    sqlite3.SQLITE_IOERR: "the disk reports an error",
    sqlite3.SQLITE_CORRUPT: "the database file is damaged",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_CANTOPEN: "the database cannot be opened",
    sqlite3.SQLITE_NOTADB: "the file is not a database",
}


class PlatformError(Exception):
    """Something outside the program is wrong; ``str()`` says what."""


class StorageUnavailable(PlatformError):
    """The database cannot be used now. Nothing of the failed transaction was kept."""


class KeysUnusable(PlatformError):
    """The platform's own keys are missing, damaged or open to others."""


def storage_problem(error: sqlite3.Error) -> StorageUnavailable | None:
    """The condition behind an SQLite error; ``None`` when it is a defect of ours."""
    # The low byte is the primary code; the rest only tells details apart (sqlite.org/rescode.html).
    code = getattr(error, "sqlite_errorcode", -1) & 0xFF
    words = _ENVIRONMENT.get(code)
    return StorageUnavailable(words) if words else None
