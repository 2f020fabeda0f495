"""The terminal's side of electronic certificates: the platform's word while it is reached, the check character without it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from contract.certificates import (
    CertificateAnswer,
    CertificateQuestion,
    CertificateState,
    CheckCertificate,
    certificate_info,
    seal_state,
)
from drivers.camera.page_types import CaptureTrouble
from drivers.types import Deadline
from kiosk.domain.identity import Person
from kiosk.flow.events import CredentialFailed
from kiosk.flow.gathering_events import CertificateFailed, CertificateRead
from kiosk.services.certificates import CertificateDesk
from kiosk.services.papers import CertificateShown, PaperDesk, SharedQuestion
from offline_queue.policy import Failure, FailureKind
from tests.helpers.cases import FixedIdentity, make_identity
from tests.helpers.people import PERMIT, sample_person
from tests.helpers.platform_stand_in import Platform

IDENTIFIER = "1.2.156.3005.2.11330304MB0TEAT21B001.11330304MB0TEAT21B.SAMPLE00000.001.X"
TYPE = "11330304MB0TEAT21B001"
SHOWN = CertificateShown("household_register", TYPE, sample_person(), PERMIT)


class Line:
    """Opens the question as the platform does, and answers what the test says."""

    def __init__(self, outcome: str = "valid") -> None:
        self.platform = Platform()
        self.outcome = outcome
        self.questions: list[CertificateQuestion] = []
        self.failure: Failure | None = None
        self.spoil: Callable[[bytes], bytes] = bytes

    def check_certificate(self, request: CheckCertificate) -> CertificateAnswer | Failure:
        if self.failure is not None:
            return self.failure
        content = self.platform.open_request(request.sealing_key_id, certificate_info("k-330304-0001"), request.sealed)
        question = msgspec.json.decode(content, type=CertificateQuestion)
        self.questions.append(question)
        sealed = seal_state(CertificateState(outcome=self.outcome), question.answer_key, request.sealed)
        return CertificateAnswer(sealed=self.spoil(sealed), platform_time_ms=0)

    def desk(self) -> CertificateDesk:
        identity = make_identity(self.platform.sealing_keys, self.platform.receipt_keys)
        return CertificateDesk(self, FixedIdentity(identity))


class Devices:
    def __init__(self, text: str | CredentialFailed) -> None:
        self.text = text

    def read_code(self, deadline: Deadline) -> str | CredentialFailed:
        return self.text

    def scan_page(self, deadline: Deadline, on_look: object = None) -> bytearray | CaptureTrouble:
        raise AssertionError("no page is asked for")


class Nobody:
    def fetch(self, person: Person, question: SharedQuestion, deadline: Deadline) -> object:
        raise AssertionError("no authority is asked for")


def _read(line: Line, text: str | CredentialFailed = IDENTIFIER) -> CertificateRead | CertificateFailed:
    desk = PaperDesk(Devices(text), Nobody(), line.desk())  # type: ignore[arg-type]
    return desk.read_certificate(SHOWN, Deadline(5.0))


def test_a_valid_one_of_this_person_counts_and_is_asked_about_with_its_purpose() -> None:
    line = Line()
    assert _read(line) == CertificateRead("household_register", IDENTIFIER)
    (question,) = line.questions
    assert (question.id_number, question.identifier, question.purpose) == (sample_person().id_number, IDENTIFIER, PERMIT)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("expired", "papers.certificate_expired"),
        ("not_yet_valid", "papers.certificate_not_yet"),
        ("revoked", "papers.certificate_revoked"),
        ("unknown", "papers.certificate_unknown"),
        ("a word of a newer platform", "papers.certificate_unknown"),
    ],
)
def test_what_does_not_count_says_why(outcome: str, reason: str) -> None:
    assert _read(Line(outcome)) == CertificateFailed("household_register", reason)


def test_without_the_platform_its_check_character_has_to_do() -> None:
    line = Line("expired")
    line.failure = Failure(FailureKind.TEMPORARY, "unreachable")
    assert isinstance(_read(line), CertificateRead)
    assert isinstance(_read(line, IDENTIFIER[:-1] + "Y"), CertificateFailed)


@pytest.mark.expects_warnings
def test_an_answer_to_another_question_counts_as_none() -> None:
    line = Line("expired")
    line.spoil = lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1])
    assert isinstance(_read(line), CertificateRead)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (IDENTIFIER.replace(TYPE, "11330304MB0TEAT13G002"), "papers.bad_certificate"),
        ("https://example.org", "papers.bad_certificate"),
        (CredentialFailed("credential.timed_out"), "papers.timed_out"),
        (CredentialFailed("credential.scanner_lost"), "papers.no_scanner"),
    ],
)
def test_what_is_no_certificate_of_the_type_is_not_asked_about(text: str | CredentialFailed, reason: str) -> None:
    line = Line()
    assert _read(line, text) == CertificateFailed("household_register", reason)
    assert line.questions == []


def test_before_enrolment_and_after_the_deadline_nobody_is_asked() -> None:
    line = Line("expired")
    assert CertificateDesk(line, FixedIdentity(None)).reason_against(sample_person(), IDENTIFIER, PERMIT, Deadline(5.0)) == ""
    over = Deadline(5.0)
    over.cancel()
    assert line.desk().reason_against(sample_person(), IDENTIFIER, PERMIT, over) == ""
    assert line.questions == []
