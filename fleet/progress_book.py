"""办件进度: whose a case is, and what the window and the department do with it after it was received."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from contract.case_contents import MaterialLine
from contract.cases import CasePayload
from contract.progress import ACTORS, MAX_WORDS
from fleet.clock import Clock
from fleet.database import Database
from fleet.decoding import is_plain_text
from fleet.digest_key import DigestKey
from fleet.errors import PlatformError

_OPEN = ("in_review", "supplement", "withdrawn")
NEXT: dict[str, tuple[str, ...]] = {
    "received": ("accepted", "accepted_lacking", "supplement", "refused", "withdrawn"),
    "checking": ("accepted", "accepted_lacking", "supplement", "refused", "withdrawn"),
    "accepted": _OPEN,
    "accepted_lacking": ("accepted", *_OPEN),
    "supplement": ("accepted", "accepted_lacking", "in_review", "refused", "withdrawn"),
    "in_review": ("granted", "denied", "supplement", "withdrawn"),
    "granted": ("finished",),
    "finished": ("sent", "collected"),
    "sent": ("collected",),
}
"""Which state may follow which. What is missing here is an end. ``accepted`` after ``accepted_lacking``: the papers have come."""
_NOTHING_DUE = frozenset({"refused", "denied", "finished", "sent", "collected", "withdrawn"})
"""Nobody waits for a promised paper any more."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One state that somebody at the platform brought a case into."""

    state: str
    at_ms: int
    words: str
    by: str


@dataclass(frozen=True, slots=True)
class FoundCase:
    """One case as the register holds it."""

    case_id: str
    receipt_number: str
    item_code: str
    committed_at_ms: int
    received_at_ms: int
    state: str
    state_at_ms: int
    promised: bool
    """容缺: it came with papers that were promised."""
    entries: tuple[Entry, ...]

    @property
    def is_lacking(self) -> bool:
        """Promised papers are still due."""
        is_complete = any(entry.state == "accepted" for entry in self.entries)
        return self.promised and not is_complete and self.steps()[-1].state not in _NOTHING_DUE

    def steps(self) -> tuple[Entry, ...]:
        """All states reached, oldest first: the register's own, then those that people entered."""
        began = [Entry("submitted", self.committed_at_ms, "", ""), Entry("received", self.received_at_ms, "", "")]
        if self.state == "needs_staff":
            began.append(Entry("checking", self.state_at_ms, "", ""))
        elif self.state == "processed":
            began.append(Entry("accepted_lacking" if self.promised else "accepted", self.state_at_ms, "", ""))
        return (*began, *self.entries)


@dataclass(frozen=True, slots=True)
class Inside:
    """What is noted of the inside of a case. Without a person, nobody's: it did not open."""

    person: str = field(default="", repr=False)
    """A digest (``DigestKey.person``)."""
    promised: bool = False


def inside(payload: CasePayload, digests: DigestKey) -> Inside:
    """What is noted of an opened case."""
    person = digests.person(payload.applicant.id_type, payload.applicant.id_number)
    return Inside(person, bool(promised_papers(payload)))


def promised_papers(payload: CasePayload) -> tuple[MaterialLine, ...]:
    """容缺: the papers that the applicant promised."""
    lines = payload.contents.materials if payload.contents is not None else ()
    return tuple(line for line in lines if line.source == "promise")


def note(connection: sqlite3.Connection, case_id: str, found: Inside) -> None:
    """Note it once. Of a case that did not open then, what is found later counts: its key may have come back."""
    connection.execute(
        """INSERT INTO case_people (case_id, person, promised) VALUES (?, ?, ?) ON CONFLICT (case_id)
           DO UPDATE SET person = excluded.person, promised = excluded.promised WHERE case_people.person = ''""",
        (case_id, found.person, int(found.promised)),
    )


def without_person(connection: sqlite3.Connection, limit: int) -> tuple[str, ...]:
    """Cases of which nothing is noted yet, newest first."""
    rows = connection.execute(
        """SELECT case_id FROM cases WHERE NOT EXISTS (SELECT 1 FROM case_people AS known WHERE known.case_id = cases.case_id)
           ORDER BY received_at_ms DESC LIMIT ?""",
        (limit,),
    ).fetchall()
    return tuple(row["case_id"] for row in rows)


def is_of(connection: sqlite3.Connection, case_id: str, receipt_number: str, person: str) -> bool:
    """Whether this very case is held and is this person's."""
    row = connection.execute(
        "SELECT 1 FROM cases JOIN case_people USING (case_id) WHERE case_id = ? AND receipt_number = ? AND person = ?",
        (case_id, receipt_number, person),
    ).fetchone()
    return row is not None


def of_person(connection: sqlite3.Connection, person: str, receipt_number: str, limit: int) -> tuple[FoundCase, ...]:
    """Cases of this person, newest first; with a number only that one."""
    rows = connection.execute(
        """SELECT cases.*, promised FROM cases JOIN case_people USING (case_id)
           WHERE person = ? AND (? = '' OR receipt_number = ?) ORDER BY received_at_ms DESC, case_id DESC LIMIT ?""",
        (person, receipt_number, receipt_number, limit),
    ).fetchall()
    return tuple(_found(connection, row) for row in rows)


def _found(connection: sqlite3.Connection, row: sqlite3.Row) -> FoundCase:
    entries = connection.execute(
        "SELECT state, at_ms, words, by FROM case_progress WHERE case_id = ? ORDER BY entry", (row["case_id"],)
    ).fetchall()
    return FoundCase(
        case_id=row["case_id"],
        receipt_number=row["receipt_number"],
        item_code=row["item_code"],
        committed_at_ms=row["committed_at_ms"],
        received_at_ms=row["received_at_ms"],
        state=row["state"],
        state_at_ms=row["state_at_ms"],
        promised=bool(row["promised"]),
        entries=tuple(Entry(entry["state"], entry["at_ms"], entry["words"], entry["by"]) for entry in entries),
    )


class ProgressBook:
    """Where window and department write what they did. Safe to use from several threads, and beside a second process."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def look(self, receipt_number: str) -> FoundCase:
        """The case of that number; ``PlatformError`` where there is none, or more than one."""
        with self._database.reading() as connection:
            return self._look(connection, receipt_number)

    def advance(self, receipt_number: str, state: str, by: str, words: str) -> FoundCase:
        """Bring a case into its next state. Raises ``PlatformError`` for one that cannot follow."""
        if not is_plain_text(by, 60) or (words and not is_plain_text(words, MAX_WORDS)):
            raise PlatformError(f"say who did it; the words for the applicant have at most {MAX_WORDS} characters")
        if state in ("supplement", "refused", "denied") and not words:
            raise PlatformError("tell the applicant why, and what to do: --words")
        with self._database.transaction() as connection:
            found = self._look(connection, receipt_number)
            present = found.steps()[-1].state
            allowed = NEXT.get(present, ())
            if state not in allowed:
                raise PlatformError(f"the case is {present}; next may come: {', '.join(allowed) or 'nothing more'}")
            connection.execute(
                "INSERT INTO case_progress (case_id, state, at_ms, words, by) VALUES (?, ?, ?, ?, ?)",
                (found.case_id, state, self._clock(), words, by),
            )
            return self._look(connection, receipt_number)

    @staticmethod
    def _look(connection: sqlite3.Connection, receipt_number: str) -> FoundCase:
        rows = connection.execute(
            "SELECT cases.*, promised FROM cases LEFT JOIN case_people USING (case_id) WHERE receipt_number = ? LIMIT 2",
            (receipt_number,),
        ).fetchall()
        if not rows:
            raise PlatformError(f"no case has the receipt number {receipt_number}")
        if len(rows) > 1:
            raise PlatformError(f"more than one case has the receipt number {receipt_number}: people must look")
        return _found(connection, rows[0])


STATES = tuple(state for state in ACTORS if state not in ("submitted", "received", "checking"))
"""States that people bring a case into."""
