"""Writing a case into the queue file: its row, and apart from it (so that a change of state rewrites little) its sealed bytes.

``insert_case`` does so step by step within a transaction. ``create_intake`` prepares a connection for doing the same, audit row
included, by one statement that is its own transaction: ``INTAKE``. That statement is refused (``OVERTAKEN``) unless the audit
trail still ends where its writer believed, so whatever was read before is still true when it is written.
"""

from __future__ import annotations

import sqlite3

from contract.cases import CaseHeader, SealedCase
from offline_queue.states import CaseState

_CASE = (
    *("case_id", "kiosk_id", "sequence", "receipt_number", "item_code", "digest", "size_bytes", "state", "committed_at_ms"),
    *("boot_id", "monotonic_ms", "last_entry"),
)
_AUDIT = ("entry", "case_id", "at_ms", "boot_id", "monotonic_ms", "from_state", "to_state", "code", "detail", "chain", "previous")
_ENVELOPE = ("header", "sealed", "signature")
_INTAKE = tuple(dict.fromkeys((*_CASE, *_AUDIT, *_ENVELOPE)))
OVERTAKEN = "SQLITE_CONSTRAINT_TRIGGER"
INTAKE = f"INSERT INTO intake VALUES ({', '.join('?' * len(_INTAKE))})"  # noqa: S608 - question marks


def _new(columns: tuple[str, ...]) -> str:
    return ", ".join(f"new.{name}" for name in columns)


def create_intake(connection: sqlite3.Connection) -> None:
    """Give the connection the view ``intake``. It is temporary: nothing of it is in the file."""
    connection.execute(f"CREATE TEMP VIEW intake AS SELECT {', '.join(f'NULL AS {name}' for name in _INTAKE)}")
    connection.execute(_TRIGGER)


_TRIGGER = f"""
CREATE TEMP TRIGGER intake_taken INSTEAD OF INSERT ON intake BEGIN
    SELECT RAISE(ABORT, 'overtaken') WHERE coalesce((SELECT max(entry) FROM audit), new.entry - 1) <> new.entry - 1;
    INSERT INTO audit ({", ".join(_AUDIT)}) VALUES ({_new(_AUDIT)});
    INSERT INTO cases ({", ".join(_CASE)}) VALUES ({_new(_CASE)});
    INSERT INTO envelopes (position, {", ".join(_ENVELOPE)}) VALUES (last_insert_rowid(), {_new(_ENVELOPE)});
END
"""  # noqa: S608 - names of ours


def intake_values(
    header: CaseHeader, case: SealedCase, digest: str, audit: tuple[str | int | bytes, ...]
) -> tuple[str | int | bytes, ...]:
    """What ``INTAKE`` is bound to: a new case, with ``audit`` as its first row of the trail (see ``ledger.Trail``)."""
    entry, case_id, at_ms, _, _, from_state, to_state, code, detail, chain, previous = audit
    return (
        *(case_id, header.kiosk_id, header.sequence, header.receipt_number, header.item_code, digest, _size(case), to_state),
        *(header.committed_at_ms, header.boot_id, header.monotonic_ms, entry),
        *(entry, at_ms, from_state, to_state, code, detail, chain, previous),
        *(case.header, case.sealed, case.signature),
    )


def _size(case: SealedCase) -> int:
    return len(case.header) + len(case.sealed) + len(case.signature)


def insert_case(
    connection: sqlite3.Connection, header: CaseHeader, case: SealedCase, digest: str, entry: int, state: CaseState
) -> int:
    """Enter a case within the caller's transaction; ``entry`` is its first audit row. Returns its position."""
    cursor = connection.execute(
        f"INSERT INTO cases ({', '.join(_CASE)}) VALUES ({', '.join('?' * len(_CASE))})",  # noqa: S608 - names of ours
        (
            *(header.case_id, header.kiosk_id, header.sequence, header.receipt_number, header.item_code, digest, _size(case)),
            *(state.value, header.committed_at_ms, header.boot_id, header.monotonic_ms, entry),
        ),
    )
    position = cursor.lastrowid or 0
    connection.execute("INSERT INTO envelopes VALUES (?, ?, ?, ?)", (position, case.header, case.sealed, case.signature))
    return position
