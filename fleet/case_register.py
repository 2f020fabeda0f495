"""The register of cases: what is held, in which state, and every change of state in order."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from contract.cases import CaseHeader, CaseState, SealedCase, SignedReceipt
from contract.merkle import HASH_BYTES

_IDS_A_QUERY = 500
_RECEIPT = (
    "case_id, digest, receipt_body, receipt_key_id, receipt_signature, receipt_leaf_index, receipt_tree_size, receipt_proof"
)


@dataclass(frozen=True, slots=True)
class HeldCase:
    """What tells whether a case that comes again is the same."""

    digest: str
    receipt: SignedReceipt


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case that passed every check, ready to be stored."""

    header: CaseHeader
    sealed: SealedCase
    digest: str
    delivered_by: str


def held(connection: sqlite3.Connection, case_ids: Sequence[str]) -> dict[str, HeldCase]:
    """Those of the cases that the platform holds already."""
    found: dict[str, HeldCase] = {}
    for start in range(0, len(case_ids), _IDS_A_QUERY):
        ids = case_ids[start : start + _IDS_A_QUERY]
        marks = ",".join("?" * len(ids))
        rows = connection.execute(
            f"SELECT {_RECEIPT} FROM cases WHERE case_id IN ({marks})",  # noqa: S608
            tuple(ids),
        )
        for case_id, digest, body, key_id, signature, leaf_index, tree_size, proof in rows:
            found[case_id] = HeldCase(digest, SignedReceipt(body, key_id, signature, leaf_index, tree_size, _nodes(proof)))
    return found


def _nodes(proof: bytes) -> tuple[bytes, ...]:
    return tuple(proof[start : start + HASH_BYTES] for start in range(0, len(proof), HASH_BYTES))


def store(connection: sqlite3.Connection, case: NewCase, receipt: SignedReceipt, now_ms: int) -> None:
    """Enter a case as ``received``, sealed as it came, with the receipt that will be given for it."""
    header = case.header
    values = {
        "case_id": header.case_id,
        "kiosk_id": header.kiosk_id,
        "delivered_by": case.delivered_by,
        "receipt_number": header.receipt_number,
        "item_code": header.item_code,
        "sequence": header.sequence,
        "digest": case.digest,
        "committed_at_ms": header.committed_at_ms,
        "received_at_ms": now_ms,
        "state": "received",
        "reason": "",
        "state_at_ms": now_ms,
        "receipt_key_id": receipt.key_id,
        "receipt_body": receipt.body,
        "receipt_signature": receipt.signature,
        "receipt_leaf_index": receipt.leaf_index,
        "receipt_tree_size": receipt.tree_size,
        "receipt_proof": b"".join(receipt.proof),
        "signature": case.sealed.signature,
        "header": case.sealed.header,
        "sealed": case.sealed.sealed,
    }
    columns, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    connection.execute(f"INSERT INTO cases ({columns}) VALUES ({marks})", values)  # noqa: S608 - the names stand above
    _note_change(connection, header.case_id, header.kiosk_id, "received", "", now_ms)


def move(
    connection: sqlite3.Connection, case_id: str, *, from_states: Sequence[CaseState], to: CaseState, reason: str, now_ms: int
) -> bool:
    """Change a case's state and note it in the feed; False when somebody else moved it meanwhile."""
    marks = ",".join("?" * len(from_states))
    moved = connection.execute(
        f"""UPDATE cases SET state = ?, reason = ?, state_at_ms = ?, processed_at_ms = CASE ? WHEN 'processed' THEN ? END
            WHERE case_id = ? AND state IN ({marks}) RETURNING kiosk_id""",  # noqa: S608 - only question marks
        (to, reason, now_ms, to, now_ms, case_id, *from_states),
    ).fetchone()
    if moved is None:
        return False
    _note_change(connection, case_id, moved["kiosk_id"], to, reason, now_ms)
    return True


def _note_change(connection: sqlite3.Connection, case_id: str, kiosk_id: str, state: CaseState, reason: str, now_ms: int) -> None:
    connection.execute(
        "INSERT INTO case_changes (case_id, kiosk_id, state, reason, at_ms) VALUES (?, ?, ?, ?, ?)",
        (case_id, kiosk_id, state, reason, now_ms),
    )
