"""Can a queue file be trusted? Looks for damage and changes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import quote

from offline_queue.errors import KnownError, from_sqlite
from offline_queue.ledger import plain
from offline_queue.migrations import check_ours
from offline_queue.schema import MIGRATIONS
from offline_queue.schema_objects import expected_objects, objects_of
from offline_queue.settings import QueueSettings

NO_CASES = "the table of cases is missing"
_INSTRUCTIONS_BETWEEN_LOOKS = 100_000
_ENDS = tuple(
    f"SELECT * FROM {table} ORDER BY {key} {{}} LIMIT 50"  # noqa: S608 - names of ours
    for table, key in (
        *(("cases", "position"), ("cases", "case_id"), ("cases", "state"), ("envelopes", "position"), ("audit", "entry")),
        *(("facts", "name"), ("ratings", "case_id")),
    )
)


def suspicion_of(path: Path) -> Path:
    """The mark beside a queue file in which damage was found while it was in use."""
    return path.with_name(path.name + ".suspect")


def is_too_large_to_wait(path: Path, settings: QueueSettings) -> bool:
    """True for a file whose whole check would keep the machine from serving for seconds, and that nothing is known against."""
    return path.stat().st_size > settings.check_at_once_bytes and not suspicion_of(path).exists()


def find_damage(path: Path, busy_timeout_s: float, should_stop: Callable[[], bool] = lambda: False) -> str:
    """What SQLite's checks have to say against the file; empty when it is sound or absent. Raises ``KnownError``.

    Reads the file whole. ``should_stop`` is asked now and then; then the answer is empty too.
    """

    def check() -> list[str]:
        with closing(read_only(path, busy_timeout_s)) as connection:
            connection.set_progress_handler(should_stop, _INSTRUCTIONS_BETWEEN_LOOKS)
            check_ours(connection, len(MIGRATIONS))
            findings = [str(row[0]) for row in connection.execute("PRAGMA quick_check(5)") if row[0] != "ok"]
            findings += [f"foreign key of {row[0]}" for row in connection.execute("PRAGMA foreign_key_check").fetchmany(5)]
            findings += [] if findings else _changed_objects(connection)
            if not findings and connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'cases'").fetchone() is None:
                findings = [NO_CASES]
        if not findings:
            # SQLite leaves CHECK constraints out where it cannot write; they show rotten bytes within rows.
            with closing(sqlite3.connect(path, timeout=busy_timeout_s, isolation_level=None)) as connection:
                connection.set_progress_handler(should_stop, _INSTRUCTIONS_BETWEEN_LOOKS)
                findings = [str(row[0]) for row in connection.execute("PRAGMA integrity_check('cases')") if row[0] != "ok"]
        return findings

    return _told(check) if path.exists() else ""


def _changed_objects(connection: sqlite3.Connection) -> list[str]:
    """Rot within the text of the schema, which SQLite reads as if it was meant; files of earlier versions are not looked at."""
    if connection.execute("PRAGMA user_version").fetchone()[0] != len(MIGRATIONS):
        return []
    expected, found = expected_objects(), objects_of(connection)
    return [f"{name} is not as it was made" for name in expected if found.get(name) != expected[name]][:5]


def find_damage_at_the_ends(path: Path, busy_timeout_s: float) -> str:
    """As ``find_damage``, but reads only the schema and both ends of every table and index: where it was written last."""

    def check() -> list[str]:
        with closing(read_only(path, busy_timeout_s)) as connection:
            check_ours(connection, len(MIGRATIONS))
            if changed := _changed_objects(connection):
                return changed
            for query in _ENDS:
                connection.execute(query.format("ASC")).fetchall()
                connection.execute(query.format("DESC")).fetchall()
        return []

    return _told(check)


def _told(check: Callable[[], list[str]]) -> str:
    try:
        return plain("; ".join(check()))
    except UnicodeDecodeError:
        return "corrupt: SQLite's own message about the file is garbled"
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            return ""
        known = from_sqlite(error)
        if isinstance(known, KnownError) and known.code == "corrupt":
            return str(known)
        raise known from error


def read_only(path: Path, busy_timeout_s: float) -> sqlite3.Connection:
    """A connection that cannot change the file.

    The last writer to close it would fold the log in, and evidence is left as found.
    """
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=busy_timeout_s, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")
    return connection
