"""Part of ``verify``: the audit trail, whether cases and trail tell the same, and ratings."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from offline_queue.ledger import first_broken_entry, read_base
from offline_queue.states import CaseState, may_move
from offline_queue.verify_findings import Finding, Kind

_STATES = frozenset(CaseState)
_FIRST = frozenset({CaseState.COMMITTED, CaseState.VOID})
"""A case begins as committed; one saved from a damaged file may have been withdrawn there."""
_ROWS = (
    "SELECT a.case_id, a.entry, a.previous, a.from_state, a.to_state, c.state, c.last_entry FROM audit a"
    " LEFT JOIN cases c ON c.case_id = a.case_id WHERE a.case_id <> '' ORDER BY a.case_id, a.entry"
)
_UNTOLD = (
    "SELECT case_id FROM cases c WHERE NOT EXISTS"
    " (SELECT 1 FROM audit a WHERE a.entry = c.last_entry AND a.case_id = c.case_id) ORDER BY position"
)


def check_chain(connection: sqlite3.Connection) -> Iterator[Finding]:
    """The hash chain over all rows."""
    try:
        broken = first_broken_entry(connection)
    except ValueError:
        return  # the fact where it begins cannot be read, which is told already
    if broken is not None:
        yield Finding(Kind.AUDIT_BROKEN, f"entry {broken}", "the audit trail was changed here, or rows were taken out")


def check_trail(connection: sqlite3.Connection) -> Iterator[Finding]:
    """The rows of each case: linked, allowed, and in agreement with the case."""
    try:
        base = read_base(connection)[0]
    except ValueError:
        base = 0
    for case_id, rows in groupby(connection.execute(_ROWS), key=itemgetter("case_id")):
        yield from _check_rows(str(case_id), rows, base)
    for row in connection.execute(_UNTOLD):
        yield Finding(Kind.AUDIT_MISSING, str(row["case_id"]), "the audit trail has no row where the case says its last one is")


def _check_rows(case_id: str, rows: Iterator[sqlite3.Row], base: int) -> Iterator[Finding]:
    before: sqlite3.Row | None = None
    for row in rows:
        # The oldest rows of a long trail have been let go of.
        linked = row["previous"] <= base if before is None else row["previous"] == before["entry"]
        if not linked:
            yield Finding(Kind.AUDIT_LINK_WRONG, case_id, f"entry {row['entry']} does not lead to the row before it")
        old, new = row["from_state"], row["to_state"]
        if not _is_move(old, new) or (before is not None and old != before["to_state"]):
            yield Finding(
                Kind.AUDIT_MOVE_WRONG, case_id, f"entry {row['entry']}: no case can go from {old or 'nothing'} to {new}"
            )
        before = row
    if before is None:
        return
    if before["state"] is None:
        if before["to_state"] != CaseState.PURGED:
            yield Finding(
                Kind.CASE_MISSING, case_id, f"the trail tells of it, last as {before['to_state']}, but the case is gone"
            )
        return
    if before["state"] != before["to_state"]:
        words = f"is {before['state']}, but the trail last says {before['to_state']}"
        yield Finding(Kind.AUDIT_STATE_DIFFERS, case_id, words)
    if before["last_entry"] != before["entry"]:
        yield Finding(Kind.AUDIT_LINK_WRONG, case_id, "the case does not lead to its last row of the trail")


def _is_move(old: str, new: str) -> bool:
    if new not in _STATES:
        return False
    if old == "":
        return new in _FIRST
    # A note about a case changes no state.
    return old in _STATES and (old == new or may_move(CaseState(old), CaseState(new)))


def check_ratings(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Ratings are of cases that are here, with a grade that exists."""
    query = "SELECT r.case_id, r.grade, c.position FROM ratings r LEFT JOIN cases c ON c.case_id = r.case_id"
    for row in connection.execute(query):
        if row["position"] is None:
            yield Finding(Kind.RATING_OF_UNKNOWN_CASE, str(row["case_id"]), "is rated, but there is no such case")
        if row["grade"] not in range(6):
            yield Finding(Kind.RATING_WRONG, str(row["case_id"]), f"has the grade {row['grade']}; there are 0 to 5")
