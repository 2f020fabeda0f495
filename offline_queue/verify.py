"""Checks the whole queue without changing anything, and does not stop at the first thing it finds.

Everything is asked within one read transaction, so a terminal that works on meanwhile causes no false finding; while it runs,
that terminal's log cannot begin anew. Rows are streamed: memory does not grow with their number (sorting spills to temporary
files, which hold ids and numbers only). Findings are values; a check that the damage itself ends is a finding as well.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from offline_queue.errors import KnownError, from_sqlite
from offline_queue.identity import IdentityStore
from offline_queue.inspection import connect_read_only
from offline_queue.settings import QueueSettings
from offline_queue.verify_cases import check_cases, check_numbers
from offline_queue.verify_files import check_asides, check_facts, check_modes, check_reserve
from offline_queue.verify_findings import Finding, Kind
from offline_queue.verify_materials import check_material_files, check_materials
from offline_queue.verify_schema import check_integrity, check_schema
from offline_queue.verify_trail import check_chain, check_ratings, check_trail

__all__ = ["Finding", "Kind", "verify"]


@dataclass(frozen=True, slots=True)
class _Subject:
    connection: sqlite3.Connection
    path: Path
    identity_folder: Path
    identity: IdentityStore


_Check = Callable[[_Subject], Iterator[Finding]]
_CHECKS: tuple[tuple[str, _Check], ...] = (
    ("integrity", lambda on: check_integrity(on.connection)),
    ("schema", lambda on: check_schema(on.connection)),
    ("facts", lambda on: check_facts(on.connection)),
    ("cases", lambda on: check_cases(on.connection, on.identity)),
    ("numbers", lambda on: check_numbers(on.connection)),
    ("reserve", lambda on: check_reserve(on.connection, on.path)),
    ("chain", lambda on: check_chain(on.connection)),
    ("trail", lambda on: check_trail(on.connection)),
    ("ratings", lambda on: check_ratings(on.connection)),
    ("materials", lambda on: check_materials(on.connection)),
    ("material files", lambda on: check_material_files(on.connection, on.path)),
    ("modes", lambda on: check_modes(on.path, on.identity_folder)),
    ("files set aside", lambda on: check_asides(on.path)),
)


def verify(path: Path, identity_folder: Path, *, settings: QueueSettings | None = None) -> Iterator[Finding]:
    """Everything that is wrong with the queue at ``path``; nothing when all is well, apart from notes.

    Raises ``KnownError`` when it is no queue of this version at all, or cannot be read.
    """
    settings = settings or QueueSettings()
    with closing(connect_read_only(path, settings.busy_timeout_s)) as connection:
        try:
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # from here on the moment stands still
        except sqlite3.Error as error:
            raise from_sqlite(error) from error
        # Keys and reserve are read after that moment: what a row of it needs was on the disk before the row.
        identity = IdentityStore(identity_folder, read_only=True)
        subject = _Subject(connection, path, identity_folder, identity)
        is_sound = True
        for name, check in _CHECKS:
            for finding in _guarded(name, check, subject, is_sound):
                is_sound = is_sound and finding.kind is not Kind.INTEGRITY
                yield finding


def _guarded(name: str, check: _Check, subject: _Subject, is_sound: bool) -> Iterator[Finding]:
    """One check; when the damage ends it, that is told and the others go on."""
    try:
        yield from check(subject)
    except (TypeError, ValueError) as error:
        # In a sound file this is a mistake of ours. In a rotten one a text may stand where a number should.
        if is_sound:
            raise
        yield Finding(Kind.UNREADABLE, name, f"this check could not be ended: {type(error).__name__}")
    except sqlite3.Error as error:
        known = from_sqlite(error)
        if not isinstance(known, KnownError):
            raise known from error
        if known.code != "corrupt":
            raise known from error
        yield Finding(Kind.UNREADABLE, name, f"this check could not be ended: {error}")
