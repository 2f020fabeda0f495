"""Writing a case into the queue file: its row, and apart from it (so that a change of state rewrites little) its sealed bytes."""

from __future__ import annotations

import sqlite3

from contract.cases import CaseHeader, SealedCase
from offline_queue.states import CaseState


def insert_case(
    connection: sqlite3.Connection, header: CaseHeader, case: SealedCase, digest: str, entry: int, state: CaseState
) -> int:
    """Enter a case within the caller's transaction; ``entry`` is its first audit row. Returns its position."""
    size = len(case.header) + len(case.sealed) + len(case.signature)
    cursor = connection.execute(
        "INSERT INTO cases (case_id, kiosk_id, sequence, receipt_number, item_code, digest, size_bytes, state, committed_at_ms,"
        " boot_id, monotonic_ms, last_entry) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(header.case_id, header.kiosk_id, header.sequence, header.receipt_number, header.item_code, digest, size),
            *(state.value, header.committed_at_ms, header.boot_id, header.monotonic_ms, entry),
        ),
    )
    position = cursor.lastrowid or 0
    connection.execute("INSERT INTO envelopes VALUES (?, ?, ?, ?)", (position, case.header, case.sealed, case.signature))
    return position
