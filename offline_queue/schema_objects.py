"""Tables and indexes of a queue file, as texts that can be compared with those of a new file."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from functools import lru_cache
from pathlib import Path

from offline_queue.migrations import migrate

_QUOTES_AND_BLANKS = re.compile(r"[\"'`\[\]\s]")


@lru_cache(maxsize=1)
def expected_objects() -> dict[str, str]:
    """The objects of a new file."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        fresh.row_factory = sqlite3.Row
        migrate(fresh, Path(":memory:"))
        return objects_of(fresh)


def objects_of(connection: sqlite3.Connection) -> dict[str, str]:
    """By kind and name; how a statement is quoted and spaced means nothing."""
    rows = connection.execute("SELECT type, name, sql FROM sqlite_schema")
    return {f"{row['type']} {row['name']}": _QUOTES_AND_BLANKS.sub("", row["sql"] or "").lower() for row in rows}
