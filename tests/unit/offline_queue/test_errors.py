from __future__ import annotations

import errno
import sqlite3

import pytest

from offline_queue.errors import BugError, KnownError, from_os, from_sqlite


def sqlite_error(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("words")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("sqlite_code", "code"),
    [
        (sqlite3.SQLITE_FULL, "disk_full"),
        (sqlite3.SQLITE_READONLY_DBMOVED, "read_only"),
        (sqlite3.SQLITE_IOERR_FSYNC, "io_error"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "locked"),
        (sqlite3.SQLITE_CORRUPT_INDEX, "corrupt"),
        (sqlite3.SQLITE_NOTADB, "corrupt"),
        (sqlite3.SQLITE_CANTOPEN, "cannot_open"),
        (sqlite3.SQLITE_NOMEM, "out_of_memory"),
    ],
)
def test_what_the_machine_did_wrong_is_known_by_its_number(sqlite_code: int, code: str) -> None:
    told = from_sqlite(sqlite_error(sqlite_code))
    assert isinstance(told, KnownError)
    assert told.code == code


@pytest.mark.parametrize("sqlite_code", [sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_MISUSE])
def test_what_we_did_wrong_is_a_bug(sqlite_code: int) -> None:
    assert isinstance(from_sqlite(sqlite_error(sqlite_code)), BugError)


def test_an_error_without_a_number_is_a_bug() -> None:
    assert isinstance(from_sqlite(sqlite3.ProgrammingError("closed")), BugError)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EDQUOT, "disk_full"),
        (errno.EROFS, "read_only"),
        (errno.EACCES, "no_permission"),
        (errno.EIO, "io_error"),
    ],
)
def test_file_operations_speak_the_same_codes(number: int, code: str) -> None:
    assert from_os(OSError(number, "words")).code == code
