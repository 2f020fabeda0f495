"""The terminals the platform knows, and the keys they sign with.

A terminal that was enrolled again keeps its earlier keys as *retired*: they speak for cases, no longer for requests.
A terminal may also *succeed* another (new disk, other region): it then speaks for the cases of the whole line.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

_FIELDS = "kiosk_id, region_code, device_code, name"


@dataclass(frozen=True, slots=True)
class Kiosk:
    """One terminal."""

    kiosk_id: str
    region_code: str
    device_code: str
    name: str


@dataclass(frozen=True, slots=True)
class KnownKiosk:
    """A terminal with every key ever registered for it."""

    kiosk: Kiosk
    public_keys: tuple[bytes, ...]


def find(connection: sqlite3.Connection, kiosk_id: str) -> Kiosk | None:
    """The terminal of this id."""
    row = connection.execute(f"SELECT {_FIELDS} FROM kiosks WHERE kiosk_id = ?", (kiosk_id,)).fetchone()  # noqa: S608 - constant
    return Kiosk(*row) if row else None


def present_keys(connection: sqlite3.Connection, kiosk_id: str) -> tuple[bytes, ...]:
    """Keys by which the terminal may sign requests today."""
    rows = connection.execute("SELECT public_key FROM kiosk_keys WHERE kiosk_id = ? AND retired_at_ms IS NULL", (kiosk_id,))
    return tuple(row[0] for row in rows)


def line_of(connection: sqlite3.Connection, kiosk_id: str) -> dict[str, KnownKiosk]:
    """The terminal and all it succeeded, by id: those whose cases it may deliver."""
    rows = connection.execute(
        f"""WITH RECURSIVE line(id) AS (
                VALUES (?) UNION SELECT kiosks.kiosk_id FROM kiosks JOIN line ON kiosks.succeeded_by = line.id
            ) SELECT {_FIELDS} FROM kiosks JOIN line ON kiosk_id = line.id""",  # noqa: S608 - constant
        (kiosk_id,),
    ).fetchall()
    return {row["kiosk_id"]: KnownKiosk(Kiosk(*row), _all_keys(connection, row["kiosk_id"])) for row in rows}


def retire_keys(connection: sqlite3.Connection, kiosk_id: str, now_ms: int) -> None:
    """Let the present keys of a terminal speak for its old cases only."""
    connection.execute("UPDATE kiosk_keys SET retired_at_ms = ? WHERE kiosk_id = ? AND retired_at_ms IS NULL", (now_ms, kiosk_id))


def touch(connection: sqlite3.Connection, kiosk_id: str, now_ms: int) -> None:
    """Note that the terminal was heard from."""
    connection.execute("UPDATE kiosks SET last_contact_at_ms = ? WHERE kiosk_id = ?", (now_ms, kiosk_id))


def _all_keys(connection: sqlite3.Connection, kiosk_id: str) -> tuple[bytes, ...]:
    rows = connection.execute("SELECT public_key FROM kiosk_keys WHERE kiosk_id = ?", (kiosk_id,))
    return tuple(row[0] for row in rows)
