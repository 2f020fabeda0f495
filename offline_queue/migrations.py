"""Bringing the queue file up to date. ``user_version`` counts the steps of ``schema`` taken; there is no way back.

Before a step is taken on a file that holds something, a copy of the file is kept beside it.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlite_utils import Database

from offline_queue.errors import KnownError
from offline_queue.files import sync_folder
from offline_queue.schema import MIGRATIONS, Migration

APPLICATION_ID = 0x4F754562
"""``OuEb``: tells our file from anybody else's (SQLite file format, offset 68)."""


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _keep_copy(connection: sqlite3.Connection, path: Path, version: int) -> None:
    kept = path.with_name(f"{path.name}.before-step-{version + 1}")
    target = sqlite3.connect(kept)
    try:
        connection.backup(target)
    finally:
        target.close()
    kept.chmod(0o600)
    sync_folder(path.parent)


def check_ours(connection: sqlite3.Connection, known: int = len(MIGRATIONS)) -> None:
    """Raise ``KnownError`` when the file is another program's or a newer version's. Changes nothing."""
    version = _pragma(connection, "user_version")
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if _pragma(connection, "application_id") != APPLICATION_ID and (version or tables):
        raise KnownError("foreign_database", "this file belongs to another program; name another file for the queue")
    if version > known:
        raise KnownError(
            "newer_schema",
            f"the queue was written by a newer program (step {version}, known {known}); install that version again",
        )


def migrate(connection: sqlite3.Connection, path: Path, migrations: tuple[Migration, ...] = MIGRATIONS) -> None:
    """Bring the file to the newest step, each step one transaction. Raises ``sqlite3.Error``, ``KnownError`` (``corrupt``)."""
    version = _pragma(connection, "user_version")
    if version >= len(migrations):
        return
    if version > 0:
        _keep_copy(connection, path, version)
    # A step may build a table anew under its old name; references to it are checked before the step is committed.
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        for step in range(version, len(migrations)):
            _take(connection, step, migrations[step])
    finally:
        connection.execute("PRAGMA foreign_keys = ON")


def _take(connection: sqlite3.Connection, step: int, migration: Migration) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have taken this step while we waited for the lock.
        if _pragma(connection, "user_version") == step:
            migration(Database(connection, recursive_triggers=False, execute_plugins=False))
            if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise KnownError("corrupt", f"step {step + 1} found rows without their case; the copy before it is kept")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {step + 1}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
