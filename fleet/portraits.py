"""登记照片: whose photo the platform holds, and to which terminal it was given, when, on which consent.

Photos lie sealed to the platform's own sealing key under a digest of whose they are: neither a copy of the database nor a backup
of it shows a face or a number. Each request leaves a row when it comes, and one that tells what came of it.
"""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import dataclass, field
from typing import Protocol

from contract.portraits import (
    MAX_PORTRAIT_BYTES,
    MAX_SEALED_BYTES,
    PORTRAITS_A_DAY,
    PORTRAITS_AN_HOUR,
    PURPOSE_PORTRAIT,
    PortraitAnswer,
    PortraitWanted,
    RequestPortrait,
    answer_info,
    is_consent_id,
    portrait_info,
)
from fleet.clock import Clock
from fleet.database import Database
from fleet.digest_key import DigestKey
from fleet.errors import PlatformError
from fleet.keys import KeyCabinet
from fleet.portrait_pictures import as_register_jpeg
from fleet.residents import Resident, Residents
from fleet.sealed_questions import NotAnswered, open_question
from fleet.sealing_keys import CannotOpen, seal_to

_log = logging.getLogger(__name__)

KEPT_MS = 3 * 366 * 86_400_000
"""The record of who asked for whose photo is kept so long (个人信息保护法, article 56: three years)."""
_DAY_MS, _HOUR_MS = 86_400_000, 3_600_000
_AT_REST_INFO = b"oueban portrait at rest v1\0"


@dataclass(frozen=True, slots=True)
class HeldPortrait:
    """A photo from a source."""

    jpeg: bytes = field(repr=False)
    is_sample: bool


class PortraitSource(Protocol):
    """Knows people's photos. A true platform puts its authority's in here."""

    def portrait_of(self, id_type: str, id_number: str, name: str) -> HeldPortrait | None:
        """The photo of this very person; ``None`` when there is none, or no such person. May block."""
        ...


class SamplePortraits:
    """The photos of the fictitious residents: the reference platform's ``PortraitSource``."""

    def __init__(self, database: Database, cabinet: KeyCabinet, digests: DigestKey, residents: Residents) -> None:
        self._database = database
        self._cabinet = cabinet
        self._digests = digests
        self._residents = residents

    def keep(self, resident: Resident, picture: bytes, now_ms: int) -> None:
        """Keep a JPEG or PNG as the photo of a resident who is in the register. Raises ``PlatformError``."""
        if self._residents.find(resident.id_number) is None:
            raise PlatformError("only residents in the register have a portrait")
        person = self._digests.person(resident.id_type, resident.id_number)
        key = self._cabinet.present.opening[0].public
        sealed = seal_to(key.public_key, _AT_REST_INFO + person.encode(), as_register_jpeg(picture))
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO portraits (person, sealing_key_id, sealed, kept_at_ms) VALUES (?, ?, ?, ?)",
                (person, key.key_id, sealed, now_ms),
            )

    def holds(self, resident: Resident) -> bool:
        """Whether there is one."""
        return self._row(self._digests.person(resident.id_type, resident.id_number)) is not None

    def portrait_of(self, id_type: str, id_number: str, name: str) -> HeldPortrait | None:
        """See ``PortraitSource``."""
        found = self._residents.find(id_number)
        if found is None or (found.id_type, found.name) != (id_type, name):
            return None
        person = self._digests.person(id_type, id_number)
        row = self._row(person)
        key = self._cabinet.present.opening_key(row["sealing_key_id"]) if row is not None else None
        if row is None or key is None:
            return None
        try:
            return HeldPortrait(key.open_request(_AT_REST_INFO + person.encode(), row["sealed"]), is_sample=True)
        except CannotOpen:
            _log.error("a portrait in the register does not open: the database was changed from outside")
            return None

    def _row(self, person: str) -> sqlite3.Row | None:
        with self._database.reading() as connection:
            row: sqlite3.Row | None = connection.execute(
                "SELECT sealing_key_id, sealed FROM portraits WHERE person = ?", (person,)
            ).fetchone()
        return row


class PortraitDesk:
    """Gives photos to terminals. Safe to use from several threads, and beside a second process."""

    def __init__(self, database: Database, cabinet: KeyCabinet, digests: DigestKey, source: PortraitSource, clock: Clock) -> None:
        self._database = database
        self._cabinet = cabinet
        self._digests = digests
        self._source = source
        self._clock = clock

    def fetch(self, kiosk_id: str, asked: RequestPortrait) -> PortraitAnswer | NotAnswered:
        """The photo of the person sealed in ``asked``, sealed to the key named there."""
        wanted = open_question(self._cabinet, asked, portrait_info(kiosk_id), MAX_SEALED_BYTES, PortraitWanted)
        if isinstance(wanted, NotAnswered):
            return wanted
        person = self._digests.person(wanted.id_type, wanted.id_number)
        if wait_s := self._book(kiosk_id, person, wanted):
            return NotAnswered("too_many", "too many portraits were asked for; come back later", wait_s)
        if wanted.purpose != PURPOSE_PORTRAIT or not is_consent_id(wanted.consent_id):
            return self._answer(kiosk_id, person, wanted, "refused")
        held = self._source.portrait_of(wanted.id_type, wanted.id_number, wanted.name)
        if held is None or not 0 < len(held.jpeg) <= MAX_PORTRAIT_BYTES:
            return self._answer(kiosk_id, person, wanted, "not_held")
        try:
            sealed = seal_to(wanted.answer_key, answer_info(asked.sealed), held.jpeg)
        except ValueError:
            self._answer(kiosk_id, person, wanted, "refused")
            return NotAnswered("bad_request", "the key for the answer is none of the hybrid suite")
        # Noted before it goes out: no photo leaves without a record.
        return self._answer(kiosk_id, person, wanted, "held", sealed, is_sample=held.is_sample)

    def _book(self, kiosk_id: str, person: str, wanted: PortraitWanted) -> float:
        """Note the request before it is answered, so that several at once cannot get past the limits; seconds to wait, or 0."""
        now_ms = self._clock()
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM portrait_fetches WHERE at_ms < ?", (now_ms - KEPT_MS,))
            wait_s = _wait_s(connection, kiosk_id, person, now_ms)
            _note(connection, kiosk_id, person, wanted, "too_many" if wait_s else "asked", now_ms)
        return wait_s

    def _answer(
        self, kiosk_id: str, person: str, wanted: PortraitWanted, outcome: str, sealed: bytes = b"", *, is_sample: bool = False
    ) -> PortraitAnswer:
        now_ms = self._clock()
        with self._database.transaction() as connection:
            _note(connection, kiosk_id, person, wanted, outcome, now_ms)
        return PortraitAnswer(outcome=outcome, sealed=sealed, is_sample=is_sample, platform_time_ms=now_ms)


def was_given(connection: sqlite3.Connection, kiosk_id: str, person: str, consent: str) -> bool:
    """True when this terminal was given this person's photo on this consent."""
    row = connection.execute(
        """SELECT 1 FROM portrait_fetches WHERE person = ? AND kiosk_id = ? AND consent_id = ? AND outcome = 'held' LIMIT 1""",
        (person, kiosk_id, consent),
    ).fetchone()
    return row is not None


def _note(connection: sqlite3.Connection, kiosk_id: str, person: str, wanted: PortraitWanted, outcome: str, now_ms: int) -> None:
    # What is no id and no short word came from outside: it is not kept.
    consent = wanted.consent_id if is_consent_id(wanted.consent_id) else ""
    purpose = wanted.purpose if wanted.purpose == PURPOSE_PORTRAIT else "another"
    connection.execute(
        "INSERT INTO portrait_fetches (kiosk_id, person, consent_id, purpose, outcome, at_ms) VALUES (?, ?, ?, ?, ?, ?)",
        (kiosk_id, person, consent, purpose, outcome, now_ms),
    )


def _wait_s(connection: sqlite3.Connection, kiosk_id: str, person: str, now_ms: int) -> float:
    """Seconds until another photo may be asked for; 0 when one may now."""
    waits = [0.0]
    for column, value, window_ms, most in (
        ("person", person, _DAY_MS, PORTRAITS_A_DAY),
        ("kiosk_id", kiosk_id, _HOUR_MS, PORTRAITS_AN_HOUR),
    ):
        row = connection.execute(
            f"""SELECT at_ms FROM portrait_fetches WHERE {column} = ? AND outcome = 'asked'
                ORDER BY at_ms DESC LIMIT 1 OFFSET ?""",  # noqa: S608 - constant
            (value, most - 1),
        ).fetchone()
        # A time in the future is one of a clock that was set back since: it must not close the way for good.
        if row is not None and now_ms - window_ms < row[0] <= now_ms:
            waits.append((row[0] + window_ms - now_ms) / 1000)
    return max(waits)
