"""What became of the cases: outcomes of sending, the platform's progress, the end of a case. All in the caller's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import assert_never

import msgspec

from contract.cases import CaseStatus
from offline_queue.clock import Stamp, elapsed_ms
from offline_queue.facts import read_fact, write_fact
from offline_queue.leases import MAX_WAIT_MS
from offline_queue.ledger import Move, Value, move_all, note, plain
from offline_queue.materials import MaterialStore
from offline_queue.models import AskStaff, Delivered, PutBack, Resolution, WaitFor
from offline_queue.settings import QueueSettings
from offline_queue.states import CaseState, may_move

_CURSOR = "status_cursor"


def _row(connection: sqlite3.Connection, case_id: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute("SELECT * FROM cases WHERE case_id = ?", (case_id,)).fetchone()
    return row


def _rows(connection: sqlite3.Connection, case_ids: Iterable[str]) -> list[sqlite3.Row]:
    """What a move needs to know of these cases, in order of commitment; unknown ids are passed over."""
    return connection.execute(
        "SELECT position, case_id, state, attempts, lease_owner, platform_state, last_entry FROM cases"
        " WHERE case_id IN (SELECT value FROM json_each(?)) ORDER BY position",
        (msgspec.json.encode(list(case_ids)).decode(),),
    ).fetchall()


def record(connection: sqlite3.Connection, now: Stamp, owner: str, resolutions: Iterable[Resolution]) -> None:
    """Write down what became of cases that ``owner`` claimed.

    A verified receipt counts whoever holds the lease by now; everything else only while the lease is still ours.
    """
    moves, ahead = [], []
    by_id = {resolution.case_id: resolution for resolution in resolutions}
    for row in _rows(connection, by_id):
        resolution = by_id[row["case_id"]]
        if isinstance(resolution, Delivered):
            # A move that the table does not know: another sender brought the same receipt first.
            if may_move(CaseState(row["state"]), CaseState.ACCEPTED):
                moves.append(_acceptance(row, resolution))
                # The feed was ahead of the receipt, because an earlier answer had been lost on the way.
                ahead += [resolution.case_id] * (row["platform_state"] == "processed")
        elif row["state"] == CaseState.SENDING and row["lease_owner"] == owner:
            moves.append(_settlement(now, row, resolution))
    move_all(connection, now, moves)
    move_all(connection, now, [_end(now, row) for row in _rows(connection, ahead)])


def _acceptance(row: sqlite3.Row, delivered: Delivered) -> Move:
    receipt = delivered.receipt
    columns: dict[str, Value] = {
        "receipt_body": receipt.body,
        "receipt_key_id": receipt.key_id,
        "receipt_signature": receipt.signature,
        "receipt_leaf_index": receipt.leaf_index,
        "receipt_tree_size": receipt.tree_size,
        "receipt_proof": b"".join(receipt.proof),
    }
    return Move(row, CaseState.ACCEPTED, "held_already" if delivered.was_held else "receipt", columns=columns)


def _settlement(now: Stamp, row: sqlite3.Row, resolution: PutBack | WaitFor | AskStaff) -> Move:
    match resolution:
        case PutBack(_, code):
            # Nothing was learned about the case, so this was no attempt of its own.
            return Move(row, CaseState.COMMITTED, code, columns={"attempts": max(0, row["attempts"] - 1)})
        case WaitFor(_, seconds, code, detail):
            wait_ms = min(MAX_WAIT_MS, max(0, round(seconds * 1000)))
            due: dict[str, Value] = {
                "due_at_ms": now.wall_ms + wait_ms,
                "due_boot_id": now.boot_id,
                "due_monotonic_ms": now.monotonic_ms + wait_ms,
            }
            return Move(row, CaseState.WAITING, code, detail, due)
        case AskStaff(_, code, reason):
            return Move(row, CaseState.NEEDS_STAFF, code, reason)
    assert_never(resolution)


def _cursor(connection: sqlite3.Connection) -> tuple[str, str]:
    value = read_fact(connection, _CURSOR)
    return msgspec.json.decode(value, type=tuple[str, str]) if value else ("", "")


def read_cursor(connection: sqlite3.Connection, kiosk_id: str) -> str:
    """Where the status feed of ``kiosk_id`` was read up to; empty at first."""
    owner, cursor = _cursor(connection)
    return cursor if owner == kiosk_id else ""


def _write_cursor(connection: sqlite3.Connection, kiosk_id: str, cursor: str) -> None:
    value = msgspec.json.encode((kiosk_id, cursor)).decode()
    write_fact(connection, _CURSOR, value)


def take_statuses(
    connection: sqlite3.Connection, now: Stamp, kiosk_id: str, changes: Sequence[CaseStatus], cursor: str
) -> tuple[int, int]:
    """Apply one page of the status feed and remember the cursor with it. Returns (cases now processed, unknown ids)."""
    processed = unknown = 0
    for change in changes:
        row = _row(connection, change.case_id)
        if row is None:
            unknown += 1
            continue
        if row["platform_state"] == "processed":
            continue  # a page told twice
        connection.execute(
            "UPDATE cases SET platform_state = ?, platform_reason = ? WHERE position = ?",
            (change.state, plain(change.reason), row["position"]),
        )
        # Without a receipt for these very bytes the platform may mean another case with this id.
        if change.state == "processed" and row["state"] == CaseState.ACCEPTED:
            move_all(connection, now, [_end(now, row)])
            processed += 1
        else:
            note(connection, now, row, f"platform_{change.state}", change.reason)
    _write_cursor(connection, kiosk_id, cursor)
    return processed, unknown


def _end(now: Stamp, row: sqlite3.Row) -> Move:
    columns: dict[str, Value] = {
        "processed_at_ms": now.wall_ms,
        "processed_boot_id": now.boot_id,
        "processed_monotonic_ms": now.monotonic_ms,
    }
    return Move(row, CaseState.PROCESSED, "processed", columns=columns)


def show_again(connection: sqlite3.Connection, now: Stamp, kiosk_id: str) -> int:
    """After this machine was enrolled under another id: put accepted cases of the old id up for sending once more.

    The platform holds them and answers *duplicate*; from then on it reports their progress to the new id. Once per change.
    """
    if _cursor(connection)[0] == kiosk_id:
        return 0
    others = connection.execute("SELECT * FROM cases WHERE state = 'accepted' AND kiosk_id <> ?", (kiosk_id,)).fetchall()
    move_all(connection, now, [Move(other, CaseState.COMMITTED, "enrolled_anew") for other in others])
    _write_cursor(connection, kiosk_id, "")
    return len(others)


def purge(connection: sqlite3.Connection, now: Stamp, settings: QueueSettings, limit: int) -> int:
    """Wipe the sealed bytes of up to ``limit`` processed cases whose grace period is over, or that are too many; oldest first."""
    held = int(connection.execute("SELECT cases FROM tallies WHERE state = 'processed'").fetchone()["cases"])
    rows = connection.execute("SELECT * FROM cases WHERE state = 'processed' ORDER BY position LIMIT ?", (limit,)).fetchall()
    moves: list[Move] = []
    for row in rows:
        since = Stamp(row["processed_at_ms"], row["processed_boot_id"], row["processed_monotonic_ms"])
        if held - len(moves) <= settings.max_processed and elapsed_ms(since, now) < settings.purge_grace_s * 1000:
            continue
        connection.execute("DELETE FROM envelopes WHERE position = ?", (row["position"],))
        MaterialStore.let_go(connection, row["position"])
        moves.append(Move(row, CaseState.PURGED, "purged"))
    move_all(connection, now, moves)
    return len(moves)
