"""Small facts the queue keeps about itself, one text a name."""

from __future__ import annotations

import sqlite3


def read_fact(connection: sqlite3.Connection, name: str) -> str | None:
    """The text kept under ``name``."""
    row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return str(row["value"]) if row else None


def write_fact(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Keep ``value`` under ``name``, within the caller's transaction."""
    connection.execute("INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value))
