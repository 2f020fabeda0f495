"""Schema of the queue file, step by step. ``user_version`` counts the steps taken; there is no way back.

Before a step is taken on a file that holds something, a copy of the file is kept beside it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.db import ForeignKey

from offline_queue.errors import KnownError
from offline_queue.files import sync_folder
from offline_queue.states import SENDABLE, CaseState

APPLICATION_ID = 0x4F754562
"""``OuEb``: tells our file from anybody else's (SQLite file format, offset 68)."""

Migration = Callable[[Database], None]


_STATES = ", ".join(f"'{state}'" for state in CaseState)
_HEX = "[0-9a-f]"
_CREATE_CASES = f"""
CREATE TABLE cases (
    position INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL UNIQUE CHECK (case_id GLOB '{_HEX * 8}-{_HEX * 4}-7{_HEX * 3}-{_HEX * 4}-{_HEX * 12}'),
    kiosk_id TEXT NOT NULL CHECK (kiosk_id NOT GLOB '*[^A-Za-z0-9._-]*'),
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    receipt_number TEXT NOT NULL UNIQUE CHECK (length(receipt_number) = 22 AND receipt_number NOT GLOB '*[^0-9A-Z]*'),
    item_code TEXT NOT NULL,
    digest TEXT NOT NULL CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*'),
    size_bytes INTEGER NOT NULL CHECK (size_bytes > 0),
    state TEXT NOT NULL CHECK (state IN ({_STATES})),
    committed_at_ms INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    monotonic_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    reason_code TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    due_at_ms INTEGER,
    due_boot_id TEXT,
    due_monotonic_ms INTEGER,
    lease_owner TEXT,
    lease_boot_id TEXT,
    lease_until_ms INTEGER,
    receipt_body BLOB,
    receipt_key_id TEXT,
    receipt_signature BLOB,
    platform_state TEXT NOT NULL DEFAULT '' CHECK (platform_state IN ('', 'received', 'needs_staff', 'processed')),
    platform_reason TEXT NOT NULL DEFAULT '',
    processed_at_ms INTEGER,
    processed_boot_id TEXT,
    processed_monotonic_ms INTEGER,
    UNIQUE (kiosk_id, sequence),
    CHECK ((state = 'sending') = (lease_until_ms IS NOT NULL AND lease_owner IS NOT NULL AND lease_boot_id IS NOT NULL)),
    CHECK ((state = 'waiting') = (due_at_ms IS NOT NULL AND due_boot_id IS NOT NULL AND due_monotonic_ms IS NOT NULL)),
    CHECK (state NOT IN ('accepted', 'processed', 'purged') OR receipt_body IS NOT NULL),
    CHECK (state NOT IN ('processed', 'purged') OR processed_at_ms IS NOT NULL)
) STRICT
"""
"""The checks hold the states together while we run, and let the check at opening find rotten bytes."""


def _one_create(db: Database) -> None:
    """Cases, their sealed bytes apart (so that a change of state rewrites a small row), and the audit trail."""
    db.execute(_CREATE_CASES)
    _create_companions(db)
    _create_state_keeping(db)


def _create_companions(db: Database) -> None:
    db.table("envelopes").create(
        {"position": int, "header": bytes, "sealed": bytes, "signature": bytes},
        pk="position",
        not_null={"header", "sealed", "signature"},
        foreign_keys=[ForeignKey("envelopes", "position", "cases", "position")],
        strict=True,
    )
    db.table("audit").create(
        {
            "entry": int,
            "case_id": str,
            "at_ms": int,
            "boot_id": str,
            "monotonic_ms": int,
            "from_state": str,
            "to_state": str,
            "code": str,
            "detail": str,
            "chain": bytes,
        },
        pk="entry",
        not_null={"case_id", "at_ms", "boot_id", "monotonic_ms", "from_state", "to_state", "code", "detail", "chain"},
        strict=True,
    )
    db.table("audit").create_index(["case_id", "entry"])
    db.table("sequences").create({"kiosk_id": str, "last": int}, pk="kiosk_id", not_null={"last"}, strict=True)
    db.table("facts").create({"name": str, "value": str}, pk="name", not_null={"value"}, strict=True)


def _create_state_keeping(db: Database) -> None:
    """Indexes for the few live rows among many finished ones, and a tally kept by triggers: counting must not cost a scan."""
    sendable = ", ".join(f"'{state}'" for state in sorted(SENDABLE))
    db.execute(f"CREATE INDEX cases_sendable ON cases(position) WHERE state IN ({sendable})")
    db.execute("CREATE INDEX cases_leased ON cases(lease_owner) WHERE state = 'sending'")
    db.execute("CREATE INDEX cases_by_state ON cases(state, position)")
    db.table("tallies").create({"state": str, "cases": int}, pk="state", not_null={"cases"}, strict=True)
    db.table("tallies").insert_all({"state": state.value, "cases": 0} for state in CaseState)
    up = "UPDATE tallies SET cases = cases + 1 WHERE state = new.state;"
    down = "UPDATE tallies SET cases = cases - 1 WHERE state = old.state;"
    db.execute(f"CREATE TRIGGER tally_added AFTER INSERT ON cases BEGIN {up} END")
    db.execute(f"CREATE TRIGGER tally_moved AFTER UPDATE OF state ON cases BEGIN {down} {up} END")
    db.execute(f"CREATE TRIGGER tally_removed AFTER DELETE ON cases BEGIN {down} END")


def _two_ratings(db: Database) -> None:
    """Ratings on their way to the platform; a row is gone once the platform has settled it."""
    db.table("ratings").create(
        {"case_id": str, "grade": int, "rated_at_ms": int}, pk="case_id", not_null={"grade", "rated_at_ms"}, strict=True
    )


MIGRATIONS: tuple[Migration, ...] = (_one_create, _two_ratings)


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _keep_copy(connection: sqlite3.Connection, path: Path, version: int) -> None:
    kept = path.with_name(f"{path.name}.before-step-{version + 1}")
    target = sqlite3.connect(kept)
    try:
        connection.backup(target)
    finally:
        target.close()
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
    """Bring the file to the newest step, each step one transaction."""
    version = _pragma(connection, "user_version")
    if 0 < version < len(migrations):
        _keep_copy(connection, path, version)
    for step in range(version, len(migrations)):
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have taken this step while we waited for the lock.
            if _pragma(connection, "user_version") == step:
                migrations[step](Database(connection, recursive_triggers=False, execute_plugins=False))
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {step + 1}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
