"""电子证照 at the platform: whose each is, how long it is valid, and for what it was shown.

The reference platform keeps the certificates of fictitious residents. A true one asks the registers of certificates instead.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

import assets
from contract.cases import CasePayload
from contract.certificates import (
    MAX_IDENTIFIER,
    MAX_SEALED_BYTES,
    CertificateAnswer,
    CertificateQuestion,
    CertificateState,
    CheckCertificate,
    Outcome,
    certificate_info,
    seal_state,
)
from contract.sealed_answers import ANSWER_KEY_BYTES
from contract.statements import LATEST_MS
from fleet.clock import Clock, in_china
from fleet.database import Database
from fleet.decoding import is_plain_text
from fleet.digest_key import DigestKey
from fleet.keys import KeyCabinet
from fleet.sealed_questions import NotAnswered, open_question


@dataclass(frozen=True, slots=True)
class HeldCertificate:
    """One certificate and its holder."""

    identifier: str = field(repr=False)
    id_type: str
    id_number: str = field(repr=False)
    valid_from: date
    valid_to: date | None = None
    revoked: bool = False


class CertificateDesk:
    """Answers terminals. Safe to use from several threads."""

    def __init__(self, database: Database, cabinet: KeyCabinet, digests: DigestKey, clock: Clock) -> None:
        self._database = database
        self._cabinet = cabinet
        self._digests = digests
        self._clock = clock

    def put(self, certificates: Iterable[HeldCertificate]) -> int:
        """Add or replace; how many. Neither identifier nor person lies in the clear."""
        rows = [
            (
                self._digests.certificate(one.identifier),
                self._digests.person(one.id_type, one.id_number),
                one.valid_from.isoformat(),
                one.valid_to.isoformat() if one.valid_to is not None else "",
                int(one.revoked),
            )
            for one in certificates
        ]
        with self._database.transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO certificates VALUES (?, ?, ?, ?, ?)", rows)
        return len(rows)

    def answer(self, kiosk_id: str, asked: CheckCertificate) -> CertificateAnswer | NotAnswered:
        """Whether the certificate sealed in ``asked`` is that person's and valid today; noted before it is told."""
        question = open_question(self._cabinet, asked, certificate_info(kiosk_id), MAX_SEALED_BYTES, CertificateQuestion)
        if isinstance(question, NotAnswered):
            return question
        if not _is_sound(question):
            return NotAnswered("bad_request", "person, certificate, purpose or key is missing or too long")
        now_ms = self._clock()
        state = self._note(kiosk_id, question, now_ms)
        return CertificateAnswer(sealed=seal_state(state, question.answer_key, asked.sealed), platform_time_ms=now_ms)

    def _note(self, kiosk_id: str, question: CertificateQuestion, now_ms: int) -> CertificateState:
        person = self._digests.person(question.id_type, question.id_number)
        certificate = self._digests.certificate(question.identifier)
        with self._database.transaction() as connection:
            state = _state(connection, certificate, person, now_ms)
            connection.execute(
                "INSERT INTO certificate_uses (kiosk_id, certificate, person, purpose, outcome, at_ms) VALUES (?, ?, ?, ?, ?, ?)",
                (kiosk_id, certificate, person, question.purpose, state.outcome, now_ms),
            )
        return state

    def doubts(self, payload: CasePayload, at_ms: int) -> tuple[str, ...]:
        """``certificate_not_valid`` for a case that names one which was not valid then, or is somebody else's.

        A terminal that could not ask took it on its check character alone.
        """
        person = self._digests.person(payload.applicant.id_type, payload.applicant.id_number)
        named = [self._digests.certificate(identifier) for identifier in _named(payload)]
        if not named:
            return ()
        with self._database.reading() as connection:
            are_valid = all(_state(connection, one, person, at_ms).outcome == "valid" for one in named)
        return () if are_valid else ("certificate_not_valid",)


def _is_sound(question: CertificateQuestion) -> bool:
    texts = (question.id_type, question.id_number, question.purpose)
    are_plain = all(is_plain_text(text, 64) for text in texts) and is_plain_text(question.identifier, MAX_IDENTIFIER)
    return are_plain and len(question.answer_key) == ANSWER_KEY_BYTES


def _named(payload: CasePayload) -> Iterator[str]:
    lines = payload.contents.materials if payload.contents is not None else ()
    return (line.certificate for line in lines if line.certificate)


def _state(connection: sqlite3.Connection, certificate: str, person: str, at_ms: int) -> CertificateState:
    """Of a certificate that this person shows; both as digests."""
    row = connection.execute(
        "SELECT valid_from, valid_to, revoked FROM certificates WHERE certificate = ? AND person = ?", (certificate, person)
    ).fetchone()
    if row is None:
        return CertificateState(outcome="unknown")
    return CertificateState(
        outcome=_outcome(row, in_china(max(0, min(at_ms, LATEST_MS))).date().isoformat()), valid_to=row["valid_to"]
    )


def _outcome(row: Mapping[str, Any], today: str) -> Outcome:
    if row["revoked"]:
        return "revoked"
    if today < row["valid_from"]:
        return "not_yet_valid"
    return "expired" if row["valid_to"] and row["valid_to"] < today else "valid"


def sample_certificates() -> tuple[HeldCertificate, ...]:
    """Those of the fictitious residents (``assets/samples/certificates.yaml``)."""
    with (assets.ROOT / "samples" / "certificates.yaml").open(encoding="utf-8") as file:
        given = yaml.safe_load(file)["certificates"]
    return tuple(
        HeldCertificate(
            one["identifier"], one["id_type"], one["id_number"], one["valid_from"], one.get("valid_to"), one.get("revoked", False)
        )
        for one in given
    )


def uses(database: Database, limit: int = 100) -> tuple[Mapping[str, str | int], ...]:
    """The newest uses on record: where, when, for what, and what came of it; people and certificates as digests only."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT at_ms, kiosk_id, purpose, outcome, certificate, person FROM certificate_uses ORDER BY use DESC LIMIT ?",
            (limit,),
        ).fetchall()
    return tuple({**dict(row), "certificate": row["certificate"][:12], "person": row["person"][:12]} for row in rows)
