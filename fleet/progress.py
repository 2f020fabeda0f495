"""Answers progress queries of terminals: by number and card, or of all cases of somebody who is identified.

A number that does not exist and one of somebody else get the same answer, so nobody finds out by trying. A case with
promised papers (容缺) that are still due is opened again for it, in memory; nothing more of the applicant is kept than a digest.
"""

from __future__ import annotations

import logging

from contract import receipt_number
from contract.cases import CaseHeader, CasePayload, SealedCase
from contract.progress import (
    ACTORS,
    MAX_CASES,
    MAX_SEALED_BYTES,
    AskProgress,
    CaseProgress,
    LackingPaper,
    Progress,
    ProgressAnswer,
    ProgressQuestion,
    ProgressStep,
    next_step,
    progress_info,
    seal_progress,
)
from contract.sealed_answers import ANSWER_KEY_BYTES
from fleet import progress_book
from fleet.clock import Clock
from fleet.database import Database
from fleet.decoding import from_json, is_plain_text
from fleet.digest_key import DigestKey
from fleet.envelope import Refusal, open_payload
from fleet.keys import KeyCabinet
from fleet.progress_book import FoundCase, Inside
from fleet.sealed_questions import NotAnswered, open_question

_log = logging.getLogger(__name__)
_AT_ONCE = 200
"""Cases that are looked through in one go for whose they are: those that came since the processor ran last."""


class ProgressDesk:
    """Answers terminals. Safe to use from several threads."""

    def __init__(self, database: Database, cabinet: KeyCabinet, digests: DigestKey, clock: Clock) -> None:
        self._database = database
        self._cabinet = cabinet
        self._digests = digests
        self._clock = clock

    def answer(self, kiosk_id: str, asked: AskProgress) -> ProgressAnswer | NotAnswered:
        """Where the cases of the person sealed in ``asked`` are; ``not_identified`` who wants all and is not."""
        question = open_question(self._cabinet, asked, progress_info(kiosk_id), MAX_SEALED_BYTES, ProgressQuestion)
        if isinstance(question, NotAnswered):
            return question
        if problem := _problem(question):
            return problem
        self._note_new_people()
        person = self._digests.person(question.id_type, question.id_number)
        with self._database.reading() as connection:
            found = progress_book.of_person(connection, person, question.receipt_number, MAX_CASES)
        told = Progress(cases=tuple(self._told(case) for case in found))
        return ProgressAnswer(sealed=seal_progress(told, question.answer_key, asked.sealed), platform_time_ms=self._clock())

    def owns(self, case_id: str, number: str, id_number: str) -> bool:
        """True when the platform holds this case with this number, and its applicant is the resident with this ID number."""
        self._note_new_people()
        person = self._digests.person("resident", id_number)
        with self._database.reading() as connection:
            return progress_book.is_of(connection, case_id, number, person)

    def _note_new_people(self) -> None:
        """A case may be asked about before it is processed; and those of earlier versions were never noted."""
        with self._database.reading() as connection:
            unknown = progress_book.without_person(connection, _AT_ONCE)
        found = {case_id: self._inside(case_id) for case_id in unknown}
        if found:
            with self._database.transaction() as connection:
                for case_id, inside in found.items():
                    progress_book.note(connection, case_id, inside)

    def _inside(self, case_id: str) -> Inside:
        payload = self._payload(case_id)
        return progress_book.inside(payload, self._digests) if payload is not None else Inside()

    def _payload(self, case_id: str) -> CasePayload | None:
        with self._database.reading() as connection:
            row = connection.execute("SELECT header, sealed, signature FROM cases WHERE case_id = ?", (case_id,)).fetchone()
        case = SealedCase(row["header"], row["sealed"], row["signature"])
        payload = open_payload(case, from_json(case.header, CaseHeader), self._cabinet.present)
        if isinstance(payload, Refusal):
            _log.error("case %s cannot be opened for a progress query: %s", case_id, payload.code)
            return None
        return payload

    def _told(self, case: FoundCase) -> CaseProgress:
        payload = self._payload(case.case_id) if case.is_lacking else None
        lacking = progress_book.promised_papers(payload) if payload is not None else ()
        steps = case.steps()
        return CaseProgress(
            receipt_number=case.receipt_number,
            case_id=case.case_id,
            item_code=case.item_code,
            steps=tuple(
                ProgressStep(state=step.state, at_ms=step.at_ms, actor=ACTORS[step.state], words=step.words) for step in steps
            ),
            next_step=next_step(steps[-1].state, lacking=case.is_lacking),
            lacking=tuple(LackingPaper(material=line.material, due=line.due) for line in lacking),
        )


def _problem(question: ProgressQuestion) -> NotAnswered | None:
    if len(question.answer_key) != ANSWER_KEY_BYTES:
        return NotAnswered("bad_request", f"the key for the answer has not {ANSWER_KEY_BYTES} bytes")
    if not is_plain_text(question.id_type, 64) or not is_plain_text(question.id_number, 64):
        return NotAnswered("bad_request", "type and number of the identity document are missing or too long")
    if question.receipt_number and not receipt_number.is_valid(question.receipt_number):
        return NotAnswered("bad_request", "the check character of the receipt number is wrong")
    if not question.receipt_number and not question.identified:
        return NotAnswered("not_identified", "all cases of a person are told only to who is identified")
    return None
