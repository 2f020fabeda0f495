"""The terminal's connector: believes only what belongs to the question, is of the right type, and is not stale."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from contract.sharing import (
    RequestSharedData,
    SharedData,
    SharedDataAnswer,
    SharedDataQuestion,
    SharedElement,
    SharedValue,
    seal_answer,
    sharing_info,
)
from drivers.types import Deadline
from kiosk.domain.language import Language
from kiosk.flow.effects import RememberConsent
from kiosk.flow.moves import PURPOSE_DATA, PURPOSE_FACE
from kiosk.flow.session import SessionContext
from kiosk.services.papers import SharedQuestion, question_for
from kiosk.services.sharing import SharedDataDesk
from offline_queue.policy import Failure, FailureKind
from tests.helpers.cases import FixedIdentity, make_identity
from tests.helpers.people import sample_catalogue, sample_person
from tests.helpers.platform_stand_in import Platform

NOW_MS = 1_800_000_000_000
CONSENTED_AT_MS = NOW_MS - 90_000
HOUR_MS = 3_600_000


class Line:
    """Opens the question as the platform does, and answers what the test says."""

    def __init__(self, platform: Platform, elements: tuple[SharedElement, ...]) -> None:
        self.platform = platform
        self.elements = elements
        self.questions: list[SharedDataQuestion] = []
        self.failure: Failure | None = None
        self.spoil: Callable[[bytes], bytes] = bytes

    def request_shared_data(self, request: RequestSharedData) -> SharedDataAnswer | Failure:
        if self.failure is not None:
            return self.failure
        content = self.platform.open_request(request.sealing_key_id, sharing_info("k-330304-0001"), request.sealed)
        question = msgspec.json.decode(content, type=SharedDataQuestion)
        self.questions.append(question)
        sealed = seal_answer(SharedData(elements=self.elements), question.answer_key, request.sealed)
        return SharedDataAnswer(sealed=self.spoil(sealed), platform_time_ms=NOW_MS)


def _value(name: str, value: SharedValue, age_ms: int = 0) -> SharedElement:
    return SharedElement(name=name, outcome="value", value=value, as_of_ms=NOW_MS - age_ms, authority="x")


def _desk(*elements: SharedElement) -> tuple[SharedDataDesk, Line]:
    platform = Platform()
    line = Line(platform, elements)
    identity = FixedIdentity(make_identity(platform.sealing_keys, platform.receipt_keys))
    return SharedDataDesk(line, identity, sample_catalogue), line


def _fetch(desk: SharedDataDesk, *names: str, deadline: Deadline | None = None) -> tuple[dict[str, object], str]:
    event = desk.fetch(sample_person(), SharedQuestion(names, "senior_card", CONSENTED_AT_MS), deadline or Deadline(5.0))
    assert event.asked == frozenset(names)
    return dict(event.values), event.reason


def test_what_is_asked_is_asked_for_this_person_and_this_matter() -> None:
    desk, line = _desk(_value("phone", "13800000000"))
    assert _fetch(desk, "phone") == ({"phone": "13800000000"}, "")
    (question,) = line.questions
    assert (question.id_number, question.purpose, question.elements) == (sample_person().id_number, "senior_card", ("phone",))
    assert (question.consent_version, question.consented_at_ms) == (sample_catalogue().consent_version, CONSENTED_AT_MS)
    assert sample_person().name not in repr(question)


@pytest.mark.expects_warnings
@pytest.mark.parametrize(
    "given",
    [
        _value("social_insurance_months", "372"),
        _value("social_insurance_months", True),
        _value("criminal_record", "no"),
        _value("employment_contract_end", "last year"),
        _value("credit_standing", "excellent"),
        _value("credit_standing", "good", 25 * HOUR_MS),
        _value("mailing_address", "nobody asked for this"),
        _value("nothing_known", 1),
        SharedElement(name="social_insurance_months", outcome="not_held"),
        SharedElement(name="social_insurance_months", outcome="a word of later days", value=1),
        SharedElement(name="social_insurance_months", outcome="value", value=None),
    ],
)
def test_what_cannot_be_believed_is_thrown_away(given: SharedElement) -> None:
    desk, _ = _desk(given)
    names = ("social_insurance_months", "criminal_record", "employment_contract_end", "credit_standing")
    assert _fetch(desk, *names) == ({}, "sharing.incomplete")


@pytest.mark.expects_warnings
@pytest.mark.parametrize("spoil", [lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]), lambda _: b"", lambda _: bytes(300_000)])
def test_an_answer_that_was_altered_is_no_answer(spoil: Callable[[bytes], bytes]) -> None:
    desk, line = _desk(_value("phone", "13800000000"))
    line.spoil = spoil
    assert _fetch(desk, "phone") == ({}, "sharing.offline")


def test_without_a_platform_nothing_comes_and_nothing_breaks() -> None:
    desk, line = _desk()
    line.failure = Failure(FailureKind.TEMPORARY, "unreachable", "")
    assert _fetch(desk, "phone") == ({}, "sharing.offline")
    assert _fetch(desk, "phone", deadline=Deadline(0.0)) == ({}, "sharing.offline")


def test_before_enrolment_nobody_is_asked() -> None:
    _, line = _desk(_value("phone", "13800000000"))
    desk = SharedDataDesk(line, FixedIdentity(None), sample_catalogue)
    assert _fetch(desk, "phone") == ({}, "sharing.offline")
    assert line.questions == []


def test_without_a_consent_nobody_is_asked() -> None:
    desk, line = _desk(_value("phone", "13800000000"))
    event = desk.fetch(sample_person(), SharedQuestion(("phone",), "senior_card", 0), Deadline(5.0))
    assert (dict(event.values), event.reason) == ({}, "sharing.offline")
    assert line.questions == []


@pytest.mark.parametrize(("granted", "at_ms"), [(True, 4_000), (False, 0), (None, 0)])
def test_a_question_rests_on_the_consent_of_its_visit_and_names_when_it_was_given(granted: bool | None, at_ms: int) -> None:
    session = SessionContext()
    if granted is not None:
        session.apply(RememberConsent(PURPOSE_DATA, granted, Language.ZH), 4_000)
    session.apply(RememberConsent(PURPOSE_FACE, granted=True, language=Language.ZH), 9_000)
    assert question_for(("phone",), session, "senior_card") == SharedQuestion(("phone",), "senior_card", at_ms)
