"""Makes the statement on a slip: this machine's signed word on where a case is (``contract.statements``)."""

from __future__ import annotations

import sqlite3

from contract.statements import Kind, Statement, compose, key_id_of, signed_bytes
from offline_queue.identity import Identity
from offline_queue.queries import state_of
from offline_queue.states import CaseState

DELIVERED = frozenset({CaseState.ACCEPTED, CaseState.PROCESSED, CaseState.PURGED})
"""States in which the platform's verified receipt is stored here."""


def make(connection: sqlite3.Connection, identity: Identity, case_id: str) -> str | None:
    """The statement of this very moment, signed with the present key; ``None`` when nothing true can be stated.

    That is so for an unknown or withdrawn case, and for a row whose parts do not fit the layout. Raises ``KnownError`` for a
    state that the disk has garbled.
    """
    row = connection.execute(
        "SELECT case_id, receipt_number, item_code, committed_at_ms, digest, state FROM cases WHERE case_id = ?", (case_id,)
    ).fetchone()
    if row is None or (state := state_of(row)) is CaseState.VOID:
        return None
    statement = Statement(
        kind=Kind.DELIVERED if state in DELIVERED else Kind.SAVED,
        case_id=row["case_id"],
        receipt_number=row["receipt_number"],
        item_code=row["item_code"],
        committed_at_ms=row["committed_at_ms"],
        digest=row["digest"],
        key_id=key_id_of(identity.public_key),
    )
    try:
        return compose(statement, identity.signing_key.sign(signed_bytes(statement)))
    except ValueError:
        return None  # an item code of another length, a clock before 1970: the slip does without
