"""Who is sending which case: by lease, never by a lock that a crash would leave behind.

A lease names its sender and ends by the monotonic clock of its boot. It is void at once when the machine was restarted or the
sender's process is gone.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from contract.cases import CaseHeader, SealedCase
from offline_queue.clock import Stamp
from offline_queue.decoding import UNDECODABLE
from offline_queue.ledger import Move, Value, move, move_all
from offline_queue.materials import MaterialStore
from offline_queue.models import ClaimedCase
from offline_queue.states import CaseState

MAX_WAIT_MS = 86_400_000
"""No case is made to wait longer. A wait that looks longer after a reboot comes from a jump of the wall clock, and is over."""


def _process_start(pid: int) -> str:
    """When the process began, in ticks since boot; empty when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # The name in parentheses may hold anything; the fields are counted from the last one. starttime is field 22 (proc(5)).
    return stat.rpartition(")")[2].split()[19]


def new_owner(nonce: str) -> str:
    """A name for a sender of this process."""
    return f"{os.getpid()}:{_process_start(os.getpid())}:{nonce}"


def is_alive(owner: str) -> bool:
    """True when the process that made this name still runs."""
    pid, _, rest = owner.partition(":")
    return pid.isdigit() and _process_start(int(pid)) == rest.partition(":")[0]


_COLUMNS = "position, case_id, state, digest, size_bytes, attempts, last_entry"
_READY = {
    CaseState.COMMITTED: "true",
    CaseState.WAITING: "CASE WHEN due_boot_id = :boot THEN due_monotonic_ms <= :monotonic"
    " ELSE due_at_ms <= :wall OR due_at_ms > :wall + :max_wait END",
    CaseState.SENDING: "lease_boot_id <> :boot OR lease_until_ms <= :monotonic"
    " OR lease_owner IN (SELECT value FROM json_each(:void_owners))",
}
"""When a case in one of these states may be sent. Asked one by one: each is answered from the index in order of commitment."""
_SELECT = f"SELECT {_COLUMNS} FROM cases WHERE state = '{{}}' AND position > :after AND ({{}}) ORDER BY position LIMIT :limit"  # noqa: S608


def _ready(
    connection: sqlite3.Connection,
    now: Stamp,
    after_position: int,
    max_cases: int,
    is_void: Callable[[str], bool],
) -> list[sqlite3.Row]:
    """The oldest cases that may be sent now."""
    owners = [str(row[0]) for row in connection.execute("SELECT DISTINCT lease_owner FROM cases WHERE state = 'sending'")]
    asked = {
        "after": after_position,
        "boot": now.boot_id,
        "monotonic": now.monotonic_ms,
        "wall": now.wall_ms,
        "max_wait": MAX_WAIT_MS,
        "void_owners": msgspec.json.encode([owner for owner in owners if is_void(owner)]).decode(),
        "limit": max_cases,
    }
    rows = [row for state, ready in _READY.items() for row in connection.execute(_SELECT.format(state, ready), asked)]
    return sorted(rows, key=lambda row: int(row["position"]))[:max_cases]


def _set_apart(connection: sqlite3.Connection, now: Stamp, position: int) -> None:
    """Bytes that are not what was committed would only be refused; they must not hold up the rest."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM cases WHERE position = ?", (position,)).fetchone()  # noqa: S608 - ours
    why = "the sealed bytes are not those that were committed"
    move(connection, now, row, CaseState.NEEDS_STAFF, "damaged_on_disk", why)


def _within(rows: Sequence[sqlite3.Row], max_bytes: int) -> list[sqlite3.Row]:
    taken: list[sqlite3.Row] = []
    total_bytes = 0
    for row in rows:
        total_bytes += row["size_bytes"]
        if taken and total_bytes > max_bytes:
            break
        taken.append(row)
    return taken


def claim(
    connection: sqlite3.Connection,
    now: Stamp,
    owner: str,
    *,
    lease_ms: int,
    after_position: int,
    max_cases: int,
    max_bytes: int,
    owner_is_alive: Callable[[str], bool] = is_alive,
) -> list[ClaimedCase]:
    """Lease the oldest sendable cases behind ``after_position`` to ``owner``, within the caller's transaction.

    What ``owner`` itself holds from an earlier claim is free again, for it was never settled. ``max_bytes`` bounds the sum of the
    envelopes; one case always fits.
    """
    rows = _ready(connection, now, after_position, max_cases, lambda other: other == owner or not owner_is_alive(other))
    taken = _within(rows, max_bytes)
    lease: dict[str, Value] = {
        "lease_owner": owner,
        "lease_boot_id": now.boot_id,
        "lease_until_ms": now.monotonic_ms + lease_ms,
    }
    move_all(
        connection,
        now,
        [Move(row, CaseState.SENDING, "claimed", columns=lease | {"attempts": row["attempts"] + 1}) for row in taken],
    )
    envelopes = _envelopes(connection, taken)
    claimed = []
    for row in taken:
        case = _whole(connection, row, envelopes.get(row["position"]))
        if case is None:
            _set_apart(connection, now, row["position"])
        else:
            claimed.append(case)
    return claimed


def _envelopes(connection: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> dict[int, SealedCase]:
    positions = msgspec.json.encode([row["position"] for row in rows]).decode()
    found = connection.execute(
        "SELECT position, header, sealed, signature FROM envelopes WHERE position IN (SELECT value FROM json_each(?))",
        (positions,),
    )
    return {position: SealedCase(*parts) for position, *parts in found}


def _whole(connection: sqlite3.Connection, row: sqlite3.Row, case: SealedCase | None) -> ClaimedCase | None:
    """The case, if its bytes are those that were committed."""
    if case is None or case.digest != row["digest"]:
        return None
    try:
        header = msgspec.json.decode(case.header, type=CaseHeader)
    except UNDECODABLE:
        return None
    if header.case_id != row["case_id"]:
        return None
    unsent = MaterialStore.unsent_of(connection, header.materials) if header.materials else ()
    return ClaimedCase(row["position"], case, header, row["digest"], row["attempts"], unsent)
