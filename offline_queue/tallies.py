"""How many cases stand in each state: counted once when a connection is made, kept from then on, never a scan.

Triggers see cases come and go; changes of state, which come by the hundred, are told once for all (``shift_tallies``). The table
and its triggers are temporary: they live in the memory of the connection, take part in its transactions, and add nothing to what
a commit must write. When another process changed the file, SQLite's ``data_version`` tells, and the rows are counted again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from offline_queue.states import CaseState

_UP = "UPDATE tallies SET cases = cases + 1 WHERE state = new.state;"
_DOWN = "UPDATE tallies SET cases = cases - 1 WHERE state = old.state;"


def shift_tallies(connection: sqlite3.Connection, shifts: Mapping[str, int]) -> None:
    """Cases changed state, within the caller's transaction: by how many each state has more or less now."""
    connection.executemany(
        "UPDATE tallies SET cases = cases + ? WHERE state = ?", [(n, state) for state, n in shifts.items() if n]
    )


class Tallies:
    """Keeps the table ``temp.tallies`` of one connection right."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute("CREATE TEMP TABLE tallies (state TEXT PRIMARY KEY, cases INTEGER NOT NULL) WITHOUT ROWID")
        connection.execute(f"CREATE TEMP TRIGGER tally_added AFTER INSERT ON main.cases BEGIN {_UP} END")
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
