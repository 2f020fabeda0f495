"""Part of ``verify``: what SQLite says about the file, and whether its tables are ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from offline_queue.schema_objects import expected_objects, objects_of
from offline_queue.verify_findings import Finding, Kind


def check_integrity(connection: sqlite3.Connection) -> Iterator[Finding]:
    """SQLite's own checks."""
    try:
        for (words,) in connection.execute("PRAGMA integrity_check(50)"):
            if words != "ok":
                yield Finding(Kind.INTEGRITY, "the file", str(words))
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise
        yield Finding(Kind.INTEGRITY, "the file", str(error))
    for row in connection.execute("PRAGMA foreign_key_check"):
        yield Finding(
            Kind.FOREIGN_KEY, f"{row['table']} {row['rowid']}", f"belongs to a row of {row['parent']} that is not there"
        )


def check_schema(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Tables and indexes against those of a new file."""
    expected, found = expected_objects(), objects_of(connection)
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            yield Finding(Kind.SCHEMA_CHANGED, name, "is missing in the file")
        elif name not in expected:
            yield Finding(Kind.SCHEMA_CHANGED, name, "does not belong into the file")
        elif expected[name] != found[name]:
            yield Finding(Kind.SCHEMA_CHANGED, name, "was made or changed by another program")
