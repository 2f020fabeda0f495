"""How many cases stand in each state: counted once when a connection is made, kept by triggers from then on, never a scan.

Tallies and triggers are temporary: they live in the memory of the connection, take part in its transactions, and add nothing to
what a commit must write. When another process changed the file, SQLite's ``data_version`` tells, and the rows are counted again.
"""

from __future__ import annotations

import sqlite3

from offline_queue.states import CaseState

_UP = "UPDATE tallies SET cases = cases + 1 WHERE state = new.state;"
_DOWN = "UPDATE tallies SET cases = cases - 1 WHERE state = old.state;"


class Tallies:
    """Keeps the table ``temp.tallies`` of one connection right."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute("CREATE TEMP TABLE tallies (state TEXT PRIMARY KEY, cases INTEGER NOT NULL) WITHOUT ROWID")
        connection.execute(f"CREATE TEMP TRIGGER tally_added AFTER INSERT ON main.cases BEGIN {_UP} END")
        connection.execute(f"CREATE TEMP TRIGGER tally_moved AFTER UPDATE OF state ON main.cases BEGIN {_DOWN} {_UP} END")
        connection.execute(f"CREATE TEMP TRIGGER tally_removed AFTER DELETE ON main.cases BEGIN {_DOWN} END")
        self._version = -1

    def refresh(self) -> None:
        """Count anew when another connection has changed the file since. Raises ``sqlite3.Error``."""
        version = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        if version == self._version:
            return
        counted = dict(self._connection.execute("SELECT state, count(*) FROM main.cases GROUP BY state").fetchall())
        rows = [(state.value, counted.get(state.value, 0)) for state in CaseState]
        self._connection.executemany("INSERT OR REPLACE INTO tallies VALUES (?, ?)", rows)
        self._version = version
