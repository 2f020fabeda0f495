"""The terminal's progress query: the platform's word first, then what this machine last heard, and nothing made up."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.progress import (
    AskProgress,
    CaseProgress,
    LackingPaper,
    Progress,
    ProgressAnswer,
    ProgressQuestion,
    ProgressStep,
    progress_info,
    seal_progress,
)
from drivers.types import Deadline
from kiosk.domain.progress import Told
from kiosk.flow.events import CredentialFailed
from kiosk.flow.progress_events import SlipNotRead, SlipRead
from kiosk.services.progress import ProgressDesk, number_in
from offline_queue.errors import KnownError
from offline_queue.models import CaseSummary, Step
from offline_queue.policy import Failure, FailureKind
from offline_queue.states import CaseState
from tests.helpers.cases import FixedIdentity, make_identity
from tests.helpers.people import sample_person
from tests.helpers.platform_stand_in import Platform

NOW_MS = 1_800_000_000_000
NUMBER = "330304261123A01700044Y"
DOWN = Failure(FailureKind.TEMPORARY, "unreachable")
CASE = CaseProgress(
    receipt_number=NUMBER,
    item_code="11330304MB0TEAT21B4330709001001",
    steps=(ProgressStep(state="received", at_ms=NOW_MS - 5000, actor="platform"),),
    next_step="wait",
    lacking=(LackingPaper(material="photo", due="2026-12-10"),),
)


class Line:
    """Opens the question as the platform does, and answers what the test says."""

    def __init__(self, platform: Platform, cases: tuple[CaseProgress, ...] = (CASE,)) -> None:
        self.platform = platform
        self.cases = cases
        self.questions: list[ProgressQuestion] = []
        self.failure: Failure | None = None
        self.spoil: Callable[[bytes], bytes] = bytes

    def ask_progress(self, request: AskProgress) -> ProgressAnswer | Failure:
        if self.failure is not None:
            return self.failure
        content = self.platform.open_request(request.sealing_key_id, progress_info("k-330304-0001"), request.sealed)
        question = msgspec.json.decode(content, type=ProgressQuestion)
        self.questions.append(question)
        sealed = seal_progress(Progress(cases=self.cases), question.answer_key, request.sealed)
        return ProgressAnswer(sealed=self.spoil(sealed), platform_time_ms=NOW_MS)


class Own:
    """This machine's queue."""

    def __init__(self, *states: CaseState) -> None:
        self.states = states
        self.broken = False

    def find_by_number(self, receipt_number: str) -> CaseSummary | None:
        if self.broken:
            raise KnownError("io_error", "the disk")
        if not self.states or receipt_number != NUMBER:
            return None
        return CaseSummary(
            case_id="id", receipt_number=NUMBER, item_code="x", state=self.states[-1], committed_at_ms=0, attempts=0,
            reason_code="", reason="", platform_state="", platform_reason="", has_receipt=False,
        )  # fmt: skip

    def timeline(self, case_id: str) -> tuple[Step, ...]:
        assert case_id == "id"
        first_ms = NOW_MS - 60_000 * len(self.states)
        return tuple(
            Step(at_ms=first_ms + 60_000 * number, from_state="", to_state=state, code="", detail="")
            for number, state in enumerate(self.states)
        )


class Scanner:
    def __init__(self, answer: str | CredentialFailed) -> None:
        self.answer = answer

    def read_code(self, deadline: Deadline) -> str | CredentialFailed:
        assert not deadline.is_over
        return self.answer


@pytest.fixture
def platform() -> Platform:
    return Platform()


def _desk(line: Line, own: Own | None = None, scanner: Scanner | None = None) -> ProgressDesk:
    identity = FixedIdentity(make_identity(line.platform.sealing_keys, line.platform.receipt_keys))
    return ProgressDesk(line, identity, own or Own(), scanner or Scanner(""), lambda: NOW_MS)


def test_the_platform_is_believed_first(platform: Platform) -> None:
    line = Line(platform)
    told = _desk(line, Own(CaseState.COMMITTED)).ask(sample_person(), NUMBER, Deadline(5.0), identified=False).standings
    assert (told.told_by, told.reason, told.known_at_ms) == (Told.PLATFORM, "", NOW_MS)
    (case,) = told.cases
    assert (case.receipt_number, case.next_step, case.lacking) == (NUMBER, "wait", (("photo", "2026-12-10"),))
    assert [(step.state, step.actor) for step in case.steps] == [("received", "platform")]
    (question,) = line.questions
    assert (question.id_number, question.receipt_number, question.identified) == (sample_person().id_number, NUMBER, False)


def test_offline_this_machine_tells_what_it_last_heard_and_how_old_that_is(platform: Platform) -> None:
    line = Line(platform)
    line.failure = DOWN
    own = Own(CaseState.COMMITTED, CaseState.SENDING, CaseState.WAITING, CaseState.SENDING, CaseState.ACCEPTED)
    told = _desk(line, own).ask(sample_person(), NUMBER, Deadline(5.0), identified=False).standings
    assert (told.told_by, told.known_at_ms, told.age_s) == (Told.MACHINE, NOW_MS - 60_000, 60.0)
    (case,) = told.cases
    assert ([step.state for step in case.steps], case.item_code) == (["submitted", "received"], "")


@pytest.mark.parametrize(
    ("number", "own", "reason"),
    [("", Own(CaseState.ACCEPTED), "progress.offline"), (NUMBER, Own(), "progress.offline")],
)
def test_offline_and_nothing_known_here_says_so(platform: Platform, number: str, own: Own, reason: str) -> None:
    line = Line(platform)
    line.failure = DOWN
    told = _desk(line, own).ask(sample_person(), number, Deadline(5.0), identified=True).standings
    assert (told.cases, told.reason) == ((), reason)


def test_what_has_not_reached_the_platform_yet_is_told_by_this_machine(platform: Platform) -> None:
    told = _desk(Line(platform, ()), Own(CaseState.WAITING)).ask(sample_person(), NUMBER, Deadline(5.0), identified=False)
    assert told.standings.told_by is Told.MACHINE


def test_somebody_else_s_case_that_the_platform_holds_is_not_told_by_this_machine(platform: Platform) -> None:
    told = _desk(Line(platform, ()), Own(CaseState.ACCEPTED)).ask(sample_person(), NUMBER, Deadline(5.0), identified=False)
    assert (told.standings.cases, told.standings.reason) == ((), "")


@pytest.mark.expects_warnings
def test_an_answer_to_another_question_is_no_answer(platform: Platform) -> None:
    line = Line(platform)
    line.spoil = lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1])
    assert _desk(line).ask(sample_person(), NUMBER, Deadline(5.0), identified=False).standings.reason == "progress.offline"


@pytest.mark.expects_warnings
def test_a_queue_that_cannot_be_read_is_no_excuse_to_fail(platform: Platform) -> None:
    line, own = Line(platform), Own(CaseState.ACCEPTED)
    line.failure, own.broken = DOWN, True
    assert _desk(line, own).ask(sample_person(), NUMBER, Deadline(5.0), identified=False).standings.reason == "progress.offline"


def test_before_enrolment_nobody_is_asked(platform: Platform) -> None:
    line = Line(platform)
    desk = ProgressDesk(line, FixedIdentity(None), Own(), Scanner(""), lambda: NOW_MS)
    assert desk.ask(sample_person(), NUMBER, Deadline(5.0), identified=False).standings.reason == "progress.offline"
    assert not line.questions


@pytest.mark.parametrize(
    ("read", "event"),
    [
        (NUMBER, SlipRead(NUMBER)),
        ("330304 261123 a017 00044y", SlipRead(NUMBER)),
        ("https://example.org", SlipNotRead("progress.not_a_slip")),
        (CredentialFailed("credential.timed_out"), SlipNotRead("progress.timed_out")),
        (CredentialFailed("credential.scanner_lost"), SlipNotRead("progress.no_scanner")),
        (CredentialFailed("credential.unreadable"), SlipNotRead("progress.not_a_slip")),
    ],
)
def test_a_slip_is_read_by_its_codes(platform: Platform, read: str | CredentialFailed, event: SlipRead | SlipNotRead) -> None:
    assert _desk(Line(platform), scanner=Scanner(read)).read_slip(Deadline(5.0)) == event


@given(st.text(max_size=300))
def test_whatever_is_typed_gives_a_sound_number_or_none(text: str) -> None:
    found = number_in(text)
    assert found is None or len(found) == 22
