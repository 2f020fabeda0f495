"""数据共享 at the platform: what authorities know of people, asked for one matter, with consent, and each question on record.

The reference platform keeps fictitious values in its own database. A true one asks the authorities instead: whatever answers
``Authorities`` can stand in for the table.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from contract.sealed_answers import ANSWER_KEY_BYTES
from contract.sharing import (
    MAX_ELEMENTS,
    MAX_SEALED_BYTES,
    MAX_TEXT,
    RequestSharedData,
    SharedData,
    SharedDataAnswer,
    SharedDataQuestion,
    SharedElement,
    SharedValue,
    seal_answer,
    sharing_info,
)
from fleet.clock import Clock
from fleet.database import Database
from fleet.decoding import is_plain_text
from fleet.digest_key import DigestKey
from fleet.errors import PlatformError
from fleet.keys import KeyCabinet
from fleet.residents import Residents
from fleet.sealed_questions import NotAnswered, open_question
from fleet.sealing_keys import CannotOpen, seal_to

_log = logging.getLogger(__name__)

STATES = ("up", "down", "refusing")
_AT_REST_INFO = b"oueban shared value at rest v1\0"
CONSENT_HOLDS_MS = 3_600_000
"""A consent given longer ago was for another visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRow:
    """One value that one authority holds of one person."""

    id_type: str
    id_number: str
    element: str
    authority: str
    value: SharedValue

    def __repr__(self) -> str:
        return f"SharedRow(element={self.element!r}, authority={self.authority!r}, <redacted>)"


@dataclass(frozen=True, slots=True)
class _Held:
    authority: str
    value: SharedValue = field(repr=False)
    as_of_ms: int


class SharedRegister:
    """The table of fictitious values, and which authorities answer at present.

    Values lie sealed to the platform's own sealing key under a digest of whose they are, as photos do.
    """

    def __init__(self, database: Database, cabinet: KeyCabinet, digests: DigestKey) -> None:
        self._database = database
        self._cabinet = cabinet
        self._digests = digests

    def put(self, rows: Iterable[SharedRow], now_ms: int) -> int:
        """Add or replace; how many. Raises ``PlatformError`` for a value that cannot be, and then adds none."""
        rows = tuple(rows)
        for row in rows:
            if not is_plain_text(row.element, 48) or not is_plain_text(row.authority, 48):
                raise PlatformError("element and authority are short names")
            if isinstance(row.value, str) and len(row.value) > MAX_TEXT:
                raise PlatformError(f"the value of {row.element} is longer than {MAX_TEXT} characters")
        sealed = [self._sealed(row, now_ms) for row in rows]
        with self._database.transaction() as connection:
            connection.executemany(
                """INSERT OR REPLACE INTO shared_values (person, element, authority, sealing_key_id, sealed, as_of_ms)
                   VALUES (?, ?, ?, ?, ?, ?)""",
                sealed,
            )
            connection.executemany(
                "INSERT OR IGNORE INTO shared_authorities (authority, state) VALUES (?, 'up')",
                [(name,) for name in {row.authority for row in rows}],
            )
        return len(rows)

    def _sealed(self, row: SharedRow, now_ms: int) -> tuple[str, str, str, str, bytes, int]:
        person = self._digests.person(row.id_type, row.id_number)
        key = self._cabinet.present.opening[0].public
        sealed = seal_to(key.public_key, _at_rest(person, row.element), msgspec.json.encode(row.value))
        return (person, row.element, row.authority, key.key_id, sealed, now_ms)

    def set_state(self, authority: str, state: str) -> bool:
        """Let an authority be ``up``, ``down`` or ``refusing``; False for one that is not known."""
        if state not in STATES:
            raise ValueError(state)
        with self._database.transaction() as connection:
            changed = connection.execute("UPDATE shared_authorities SET state = ? WHERE authority = ?", (state, authority))
            return changed.rowcount > 0

    def authorities(self) -> tuple[tuple[str, str, int], ...]:
        """(authority, state, number of values), by name."""
        with self._database.reading() as connection:
            rows = connection.execute(
                """SELECT a.authority, a.state, count(v.element) AS held FROM shared_authorities a
                   LEFT JOIN shared_values v USING (authority) GROUP BY a.authority ORDER BY a.authority"""
            ).fetchall()
        return tuple((row["authority"], row["state"], row["held"]) for row in rows)

    def look_up(self, connection: sqlite3.Connection, person: str, elements: tuple[str, ...]) -> dict[str, _Held]:
        """What is held of a person (a digest), by element; a value that cannot be opened is not held."""
        marks = ", ".join("?" * len(elements))
        rows = connection.execute(
            f"SELECT * FROM shared_values WHERE person = ? AND element IN ({marks})",  # noqa: S608 - question marks
            (person, *elements),
        ).fetchall()
        held = ((row["element"], self._opened(row)) for row in rows)
        return {element: one for element, one in held if one is not None}

    def _opened(self, row: sqlite3.Row) -> _Held | None:
        key = self._cabinet.present.opening_key(row["sealing_key_id"])
        try:
            if key is None:
                raise CannotOpen(row["sealing_key_id"])
            plain = key.open_request(_at_rest(row["person"], row["element"]), row["sealed"])
        except CannotOpen:
            _log.error("a shared value does not open: its key was removed, or the database was changed from outside")
            return None
        return _Held(row["authority"], msgspec.json.decode(plain, type=SharedValue), row["as_of_ms"])

    def states_by_element(self, connection: sqlite3.Connection, elements: tuple[str, ...]) -> dict[str, str]:
        """State of the authority that keeps an element of anybody; elements that nobody keeps are left out."""
        marks = ", ".join("?" * len(elements))
        rows = connection.execute(
            f"""SELECT DISTINCT v.element, a.state FROM shared_values v
                JOIN shared_authorities a USING (authority) WHERE v.element IN ({marks})""",  # noqa: S608 - question marks
            elements,
        ).fetchall()
        return {row["element"]: row["state"] for row in rows}


class SharingDesk:
    """Answers terminals. Safe to use from several threads."""

    def __init__(self, database: Database, cabinet: KeyCabinet, digests: DigestKey, residents: Residents, clock: Clock) -> None:
        self._database = database
        self._cabinet = cabinet
        self._digests = digests
        self._residents = residents
        self._clock = clock
        self.register = SharedRegister(database, cabinet, digests)

    def answer(self, kiosk_id: str, asked: RequestSharedData) -> SharedDataAnswer | NotAnswered:
        """What is known of the person sealed in ``asked``. A name that does not go with its number gets nothing."""
        question = open_question(self._cabinet, asked, sharing_info(kiosk_id), MAX_SEALED_BYTES, SharedDataQuestion)
        if isinstance(question, NotAnswered):
            return question
        if problem := _question_problem(question):
            return NotAnswered("bad_request", problem)
        now_ms = self._clock()
        if not -60_000 <= now_ms - question.consented_at_ms <= CONSENT_HOLDS_MS or not question.consent_version:
            return NotAnswered("no_consent", "there is no consent of this visit")
        person = self._residents.find(question.id_number)
        is_known = person is not None and (person.id_type, person.name) == (question.id_type, question.name)
        elements = self._elements(kiosk_id, question, is_known=is_known, now_ms=now_ms)
        sealed = seal_answer(SharedData(elements=elements), question.answer_key, asked.sealed)
        return SharedDataAnswer(sealed=sealed, platform_time_ms=now_ms)

    def _elements(self, kiosk_id: str, question: SharedDataQuestion, *, is_known: bool, now_ms: int) -> tuple[SharedElement, ...]:
        """Reads and notes in one transaction: what was told stands in the record, or it was not told."""
        person = self._digests.person(question.id_type, question.id_number)
        with self._database.transaction() as connection:
            held = self.register.look_up(connection, person, question.elements) if is_known else {}
            states = self.register.states_by_element(connection, question.elements)
            elements = tuple(_element(name, held.get(name), states.get(name, "up")) for name in question.elements)
            connection.execute(
                """INSERT INTO shared_questions (kiosk_id, person, purpose, consent_version, asked_at_ms, outcomes)
                   VALUES (?, ?, ?, ?, ?, ?)""",
                (
                    kiosk_id,
                    person,
                    question.purpose,
                    question.consent_version,
                    now_ms,
                    msgspec.json.encode({element.name: element.outcome for element in elements}).decode(),
                ),
            )
        return elements


def _question_problem(question: SharedDataQuestion) -> str:
    if len(question.answer_key) != ANSWER_KEY_BYTES:
        return f"the key for the answer has not {ANSWER_KEY_BYTES} bytes"
    if not 0 < len(question.elements) <= MAX_ELEMENTS or len(set(question.elements)) < len(question.elements):
        return f"1 to {MAX_ELEMENTS} elements can be asked for, each once"
    texts = (question.purpose, question.consent_version, *question.elements)
    return "" if all(is_plain_text(text, 64) for text in texts) else "purpose, consent and elements are short names"


def _at_rest(person: str, element: str) -> bytes:
    return _AT_REST_INFO + f"{person} {element}".encode()


def _element(name: str, held: _Held | None, state: str) -> SharedElement:
    if state != "up":
        return SharedElement(name=name, outcome="down" if state == "down" else "refused")
    if held is None:
        return SharedElement(name=name, outcome="not_held")
    return SharedElement(name=name, outcome="value", value=held.value, as_of_ms=held.as_of_ms, authority=held.authority)


def questions(database: Database, limit: int = 100) -> tuple[Mapping[str, str | int], ...]:
    """The newest questions on record: who asked, when, for what, and what came of it; no value, and people as digests only."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT kiosk_id, person, purpose, asked_at_ms, outcomes FROM shared_questions ORDER BY rowid DESC LIMIT ?", (limit,)
        ).fetchall()
    return tuple({**dict(row), "person": hashlib.sha256(bytes(row["person"], "ascii")).hexdigest()[:12]} for row in rows)
