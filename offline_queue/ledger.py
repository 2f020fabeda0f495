"""Changes of state and their audit trail, always together. Nothing else in this package writes ``state`` or ``audit``.

Each audit row carries a hash over itself and the row before, so a row that is changed or taken out later is noticed.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from offline_queue.clock import Stamp
from offline_queue.errors import BugError
from offline_queue.facts import read_fact, write_fact
from offline_queue.models import Step
from offline_queue.states import CaseState, may_move
from offline_queue.tallies import shift_tallies

Value = str | int | bytes | None
_START = b"\0" * 32
_BASE = "audit_base"
_LINKED = "entry, case_id, at_ms, boot_id, monotonic_ms, from_state, to_state, code, detail"
MAX_REASON = 500


def plain(text: str) -> str:
    """Words from outside, made harmless: one line, bounded."""
    if text.isprintable() and len(text) <= MAX_REASON:
        return text
    return "".join(c if c.isprintable() else " " for c in text[:MAX_REASON])


def _link(before: bytes, parts: tuple[str | int, ...]) -> bytes:
    return hashlib.sha256(before + msgspec.json.encode(parts)).digest()


@dataclass(slots=True)
class Trail:
    """The end of the audit trail, while one transaction writes to it."""

    entry: int
    chain: bytes
    rows: list[tuple[str | int | bytes, ...]] = field(default_factory=list)

    def add(  # noqa: PLR0917 - the columns of the table
        self, now: Stamp, case_id: str, old: str, new: str, code: str, detail: str = "", previous: int = 0
    ) -> int:
        """Append one row, whose number is returned. ``previous`` is the row before of the same case, 0 for the first."""
        self.rows.append(self.row(now, case_id, old, new, code, detail, previous))
        return self.entry

    def row(  # noqa: PLR0917 - the columns of the table
        self, now: Stamp, case_id: str, old: str, new: str, code: str, detail: str = "", previous: int = 0
    ) -> tuple[str | int | bytes, ...]:
        """The next row in the order of the table's columns, for a caller that writes it."""
        self.entry += 1
        parts = (self.entry, case_id, now.wall_ms, now.boot_id, now.monotonic_ms, old, new, code, plain(detail))
        self.chain = _link(self.chain, parts)
        return (*parts, self.chain, previous)

    def write(self, connection: sqlite3.Connection) -> None:
        """Write down what was added."""
        connection.executemany("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", self.rows)
        self.rows.clear()


def read_trail(connection: sqlite3.Connection) -> Trail:
    """The end of the trail as it is now; rows that were let go of (see ``retention``) have left their last link behind."""
    last = connection.execute("SELECT entry, chain FROM audit ORDER BY entry DESC LIMIT 1").fetchone()
    return Trail(last["entry"], last["chain"]) if last else Trail(*read_base(connection))


def read_base(connection: sqlite3.Connection) -> tuple[int, bytes]:
    """Number and link of the row before the first one that is still here."""
    base = read_fact(connection, _BASE)
    if base is None:
        return 0, _START
    entry, _, chain = base.partition(" ")
    return int(entry), bytes.fromhex(chain)


def write_base(connection: sqlite3.Connection, entry: int, chain: bytes) -> None:
    """Remember the last row that is about to be let go of."""
    write_fact(connection, _BASE, f"{entry} {chain.hex()}")


def write_entry(  # noqa: PLR0917 - the columns of the table
    connection: sqlite3.Connection, now: Stamp, case_id: str, old: str, new: str, code: str, detail: str = "", previous: int = 0
) -> int:
    """Append one row and return its number. ``case_id`` is empty for what concerns the whole queue."""
    trail = read_trail(connection)
    entry = trail.add(now, case_id, old, new, code, detail, previous)
    trail.write(connection)
    return entry


@dataclass(frozen=True, slots=True)
class Move:
    """One change of state. ``row`` holds at least position, case_id, state and last_entry."""

    row: sqlite3.Row | Mapping[str, Any]
    new: CaseState
    code: str
    detail: str = ""
    columns: Mapping[str, Value] = field(default_factory=dict)


def move(  # noqa: PLR0917 - one move has this many sides
    connection: sqlite3.Connection,
    now: Stamp,
    row: sqlite3.Row | Mapping[str, Any],
    new: CaseState,
    code: str,
    detail: str = "",
    columns: Mapping[str, Value] | None = None,
) -> None:
    """``move_all`` for a single case."""
    move_all(connection, now, [Move(row, new, code, detail, columns or {})])


def move_all(connection: sqlite3.Connection, now: Stamp, moves: Sequence[Move]) -> None:
    """Bring cases to new states, each with its other columns, and write it down, all within the caller's transaction.

    A case may stand in ``moves`` only once. Leaving ``sending`` ends the lease; leaving ``waiting`` ends the wait.
    Raises ``BugError`` for a move the table does not know.
    """
    if not moves:
        return
    trail = read_trail(connection)
    statements: dict[tuple[str, ...], list[tuple[Value, ...]]] = {}
    shifts: Counter[str] = Counter()
    for one in moves:
        row, old = one.row, CaseState(one.row["state"])
        if not may_move(old, one.new):
            raise BugError(f"{row['case_id']}: no way from {old} to {one.new}")
        entry = trail.add(now, row["case_id"], old, one.new, one.code, one.detail, row["last_entry"])
        values = _values(one)
        statements.setdefault(tuple(values), []).append((*values.values(), entry, row["position"]))
        shifts[old] -= 1
        shifts[one.new] += 1
    for names, rows in statements.items():
        assignments = ", ".join(f"{name} = ?" for name in (*names, "last_entry"))
        connection.executemany(f"UPDATE cases SET {assignments} WHERE position = ?", rows)  # noqa: S608 - column names of ours
    shift_tallies(connection, shifts)
    trail.write(connection)


def note(connection: sqlite3.Connection, now: Stamp, row: sqlite3.Row, code: str, detail: str) -> None:
    """Write down something about a case that changes no state."""
    entry = write_entry(connection, now, row["case_id"], row["state"], row["state"], code, detail, row["last_entry"])
    connection.execute("UPDATE cases SET last_entry = ? WHERE position = ?", (entry, row["position"]))


def _values(one: Move) -> dict[str, Value]:
    has_reason = one.new in _WITH_REASON
    values: dict[str, Value] = {
        "state": one.new.value,
        "reason_code": one.code if has_reason else "",
        "reason": plain(one.detail) if has_reason else "",
    }
    if one.new is not CaseState.SENDING:
        values |= _NO_LEASE
    if one.new is not CaseState.WAITING:
        values |= _NO_WAIT
    values.update(one.columns)
    return values


_NO_LEASE: dict[str, Value] = {"lease_owner": None, "lease_boot_id": None, "lease_until_ms": None}
_NO_WAIT: dict[str, Value] = {"due_at_ms": None, "due_boot_id": None, "due_monotonic_ms": None}
_WITH_REASON = frozenset({CaseState.WAITING, CaseState.NEEDS_STAFF, CaseState.VOID})


def timeline(connection: sqlite3.Connection, case_id: str) -> tuple[Step, ...]:
    """History of one case, oldest first; empty for an unknown id. Its rows are linked backwards, from the case to the first."""
    row = connection.execute("SELECT last_entry FROM cases WHERE case_id = ?", (case_id,)).fetchone()
    entry, steps = int(row["last_entry"]) if row else 0, []
    while entry:
        found = connection.execute("SELECT * FROM audit WHERE entry = ? AND case_id = ?", (entry, case_id)).fetchone()
        # The oldest rows of a long trail have been let go of; a link that leads forwards would be damage.
        if found is None or not found["previous"] < entry:
            break
        steps.append(Step(found["at_ms"], found["from_state"], CaseState(found["to_state"]), found["code"], found["detail"]))
        entry = int(found["previous"])
    return tuple(reversed(steps))


def first_broken_entry(connection: sqlite3.Connection) -> int | None:
    """Number of the first audit row that does not follow from the one before, ``None`` when the chain holds."""
    entry, before = read_base(connection)
    expected = entry + 1
    for row in connection.execute(f"SELECT {_LINKED}, chain FROM audit ORDER BY entry"):  # noqa: S608 - ours
        *parts, chain = row
        if parts[0] != expected or _link(before, tuple(parts)) != chain:
            return expected
        before, expected = chain, expected + 1
    return None
