"""Failures of the store, told apart by SQLite's numeric code: the environment's fault, or ours.

Codes of ``KnownError``: ``disk_full``, ``read_only``, ``io_error``, ``locked``, ``corrupt``, ``cannot_open``, ``no_permission``,
``out_of_memory``, ``foreign_database``, ``newer_schema``; for whoever only looks also ``absent``, ``older_schema``.
"""

from __future__ import annotations

import errno
import sqlite3


class QueueError(Exception):
    """Root of this package's exceptions."""


class KnownError(QueueError):
    """Something in the machine is wrong, not in the program. ``code`` is stable; the message is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class BugError(QueueError):
    """The program asked for something it should not have."""


_KNOWN_SQLITE_CODES = {
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_IOERR: "io_error",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_PROTOCOL: "locked",
    sqlite3.SQLITE_CORRUPT: "corrupt",
    sqlite3.SQLITE_NOTADB: "corrupt",
    sqlite3.SQLITE_CANTOPEN: "cannot_open",
    sqlite3.SQLITE_PERM: "no_permission",
    sqlite3.SQLITE_AUTH: "no_permission",
    sqlite3.SQLITE_NOMEM: "out_of_memory",
    sqlite3.SQLITE_NOLFS: "disk_full",
}

_KNOWN_ERRNOS = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EROFS: "read_only",
    errno.EACCES: "no_permission",
    errno.EPERM: "no_permission",
}


def from_sqlite(error: sqlite3.Error) -> QueueError:
    """The error of ours for one of SQLite's. SQLite's texts name tables and columns, never values."""
    extended = getattr(error, "sqlite_errorcode", None)
    if extended is None:
        return BugError(str(error))
    code = _KNOWN_SQLITE_CODES.get(extended & 0xFF)
    if code is None:
        return BugError(f"{error} ({getattr(error, 'sqlite_errorname', extended)})")
    return KnownError(code, str(error))


def from_os(error: OSError) -> KnownError:
    """The error of ours for a failed file operation."""
    return KnownError(_KNOWN_ERRNOS.get(error.errno or 0, "io_error"), error.strerror or "file operation failed")
