"""A visit on true threads, with use cases that answer from a script."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from drivers.types import Deadline, Image
from kiosk.config import Settings, Times
from kiosk.domain.identity import AssuranceLevel, Portrait, Proof, Route
from kiosk.domain.language import Language
from kiosk.domain.rating import Grade, RatingReason
from kiosk.domain.waiting import Patience, Wait
from kiosk.flow import events as ev
from kiosk.flow.effects import CREDENTIAL_WAIT_S
from kiosk.flow.states import FlowState, Paper, Step
from kiosk.flow.views import Screen
from kiosk.flow.waits import WaitView, Way
from kiosk.readiness import StoreHealth
from kiosk.services.cases import CaseFacts
from kiosk.services.slips import SlipFacts
from kiosk.workers.hands import DrawnSlip, Hands
from kiosk.workers.use_cases import Services
from kiosk.workers.visit import Clock, Surroundings, Visit
from tests.helpers.identifying import ScriptedWays
from tests.helpers.people import (
    FACE,
    SENIOR,
    TODAY,
    all_ready,
    sample_catalogue,
    sample_person,
    sample_portrait,
    sample_signature,
)
from tests.helpers.statements import sample_statement

CATALOGUE = sample_catalogue()
SLIP_ENDS = (ev.SlipPrinted, ev.SlipFailed)


class Script(ScriptedWays):
    """What the use cases will answer, and what they were asked."""

    def __init__(self) -> None:
        super().__init__()
        self.card = lambda _deadline: ev.CardWasRead(sample_person(), sample_portrait())
        self.face = self._prove
        self.commits: list[CaseFacts] = []
        self.ratings: list[tuple[str, Grade | None, *tuple[RatingReason, ...]]] = []
        self.misses: list[str] = []
        self.slips: list[SlipFacts] = []
        self.drawn: list[SlipFacts] = []
        self.stated: list[str] = []
        self.statement_answer: str | None = sample_statement(receipt_number="330304261123A00100001D").text
        self.slow_slips: dict[str, threading.Event] = {}
        self.print_deadlines: dict[str, Deadline] = {}
        self.slips_end: dict[str, ev.SlipPrinted | ev.SlipFailed] = {}
        self.health: StoreHealth | Exception = StoreHealth()
        self.commit_answer: ev.CaseStored | ev.CaseRefused | Exception = ev.CaseStored("case-1", "330304261123A00100001D", "now")

    def _prove(self, portrait: Portrait, deadline: Deadline, tell: Callable[[ev.FaceAsks], None]) -> ev.Event:
        tell(ev.FaceAsks("blink", 0, 2))
        return ev.PersonProved(Proof(Route.ID_CARD_FACE, AssuranceLevel.L3, engine="script"))

    def print_slip(self, facts: SlipFacts, deadline: Deadline) -> ev.Event:
        self.slips.append(facts)
        self.print_deadlines[facts.case_id] = deadline
        if (slow := self.slow_slips.get(facts.case_id)) is not None:
            assert slow.wait(20.0)
        return self.slips_end.get(facts.case_id, ev.SlipPrinted(facts.case_id))

    def draw_slip(self, facts: SlipFacts) -> Image:
        self.drawn.append(facts)
        return np.full((40, 30), 255, dtype=np.uint8)

    def commit(self, facts: CaseFacts) -> ev.CaseStored | ev.CaseRefused:
        self.commits.append(facts)
        if isinstance(self.commit_answer, Exception):
            raise self.commit_answer
        return self.commit_answer

    def await_delivery(self, case_id: str, deadline: Deadline) -> ev.DeliveryKnown:
        return ev.DeliveryKnown(True)

    def is_delivered(self, case_id: str) -> bool:
        return case_id == "case-1"

    def statement(self, case_id: str) -> str | None:
        self.stated.append(case_id)
        return self.statement_answer

    def store_health(self) -> StoreHealth:
        if isinstance(self.health, Exception):
            raise self.health
        return self.health

    def rate(self, case_id: str, grade: Grade | None, reasons: tuple[RatingReason, ...]) -> None:
        self.ratings.append((case_id, grade, *reasons))

    def note_miss(self, text: str) -> None:
        self.misses.append(text)


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def subject(qtbot: QtBot, script: Script) -> Iterator[Visit]:
    services = Services(
        identity=script,
        print_slip=script.print_slip,
        draw_slip=script.draw_slip,
        cases=script,
        store_health=script.store_health,
    )
    hands = Hands(services, Times(farewell_s=0.1))
    visit = Visit(
        CATALOGUE,
        all_ready(CATALOGUE),
        hands,
        Settings(times=Times(farewell_s=0.1)),
        Clock(lambda: TODAY, lambda: 1),
        Surroundings(sample=True),
    )
    visit.begin()
    yield visit
    hands.stop()


def _until(qtbot: QtBot, visit: Visit, step: Step) -> None:
    qtbot.waitUntil(lambda: visit.state.step is step, timeout=10_000)


def _to_form(visit: Visit, qtbot: QtBot) -> None:
    for event in (
        ev.Touched(),
        ev.ItemChosen(SENIOR),
        ev.Continue(),
        ev.ConsentAnswered(True),
        ev.RouteChosen(FACE),
        ev.ConsentAnswered(True),
    ):
        visit.handle(event)
    _until(qtbot, visit, Step.FORM)


def _hand_in(visit: Visit, qtbot: QtBot) -> None:
    _to_form(visit, qtbot)
    for event in (ev.FieldEntered("collect", "hall"), ev.FieldEntered("phone", "13800000000"), ev.Continue(), ev.Continue()):
        visit.handle(event)
    visit.handle(ev.SignatureDrawn(sample_signature()))


def test_without_a_statement_the_slip_comes_out_all_the_same(subject: Visit, script: Script, qtbot: QtBot) -> None:
    script.statement_answer = None
    _hand_in(subject, qtbot)
    qtbot.waitUntil(lambda: subject.state.paper is Paper.PRINTED, timeout=10_000)
    assert [(slip.receipt_number, slip.statement, slip.delivered) for slip in script.slips] == [
        ("330304261123A00100001D", "", True)
    ]


def test_a_whole_visit_commits_once_prints_the_truth_and_leaves_nothing(subject: Visit, script: Script, qtbot: QtBot) -> None:
    wiped: list[bool] = []
    subject.wiped.connect(lambda: wiped.append(True))
    _hand_in(subject, qtbot)
    qtbot.waitUntil(lambda: subject.state.paper is Paper.PRINTED, timeout=10_000)
    assert [(slip.receipt_number, slip.delivered, slip.copy) for slip in script.slips] == [
        ("330304261123A00100001D", True, False)
    ]
    assert script.stated == ["case-1"]
    assert script.drawn == script.slips
    assert script.slips[0].statement == script.statement_answer
    subject.handle(ev.Continue())
    subject.handle(ev.RatingGiven(Grade.SATISFIED))
    assert not subject.session.holds_a_case
    subject.handle(ev.Continue())
    assert wiped
    assert subject.session.is_empty
    _until(qtbot, subject, Step.IDLE)
    qtbot.waitUntil(lambda: script.ratings == [("case-1", Grade.SATISFIED)], timeout=10_000)
    assert len(script.commits) == 1
    assert script.commits[0].person.name == sample_person().name
    assert {value.name: value.source for value in script.commits[0].cases[0].values}["address"] == "card"


def test_what_was_looked_for_in_vain_reaches_the_store_and_nothing_else_of_the_visit_does(
    subject: Visit, script: Script, qtbot: QtBot
) -> None:
    for event in (ev.Touched(), ev.SearchOpened(), ev.SearchTyped("飞机"), ev.SearchTyped("飞机票 3"), ev.Quit()):
        subject.handle(event)
    assert subject.session.query == ""
    qtbot.waitUntil(lambda: script.misses == ["飞机票"], timeout=10_000)


def test_a_slip_still_printing_when_its_resident_leaves_is_not_taken_for_the_next_one_s(
    subject: Visit, script: Script, qtbot: QtBot
) -> None:
    script.slow_slips = {"case-1": threading.Event(), "case-2": threading.Event()}
    script.slips_end["case-1"] = ev.SlipFailed("case-1", "paper.paper_out")
    told: list[str] = []
    subject._hands.happened.connect(lambda event: told.append(event.case_id) if isinstance(event, SLIP_ENDS) else None)
    _hand_in(subject, qtbot)
    qtbot.waitUntil(lambda: [slip.case_id for slip in script.slips] == ["case-1"], timeout=10_000)
    subject.handle(ev.Quit())
    _until(qtbot, subject, Step.IDLE)
    assert script.print_deadlines["case-1"].is_cancelled, "it could come out in front of the next person"
    script.commit_answer = ev.CaseStored("case-2", "330304261123A001000020", "now")
    _hand_in(subject, qtbot)
    _until(qtbot, subject, Step.SLIP)
    script.slow_slips["case-1"].set()
    qtbot.waitUntil(lambda: [slip.case_id for slip in script.slips] == ["case-1", "case-2"], timeout=10_000)
    assert subject.state.paper is Paper.PRINTING
    script.slow_slips["case-2"].set()
    qtbot.waitUntil(lambda: subject.state.paper is Paper.PRINTED, timeout=10_000)
    assert told == ["case-2"]


def test_every_picture_of_a_slip_names_its_case(subject: Visit, script: Script, qtbot: QtBot) -> None:
    drawn: list[DrawnSlip] = []
    subject._hands.slip_drawn.connect(drawn.append)
    _hand_in(subject, qtbot)
    qtbot.waitUntil(lambda: bool(drawn), timeout=10_000)
    assert [slip.case_id for slip in drawn] == ["case-1"]


def test_movements_are_passed_on_only_while_the_face_step_stands(subject: Visit, qtbot: QtBot) -> None:
    asked: list[object] = []
    subject.face_asked.connect(asked.append)
    subject.handle(ev.FaceAsks("blink", 0, 2))
    assert not asked
    _to_form(subject, qtbot)
    assert asked == [ev.FaceAsks("blink", 0, 2)]


def test_a_card_that_comes_after_the_resident_went_back_is_forgotten(subject: Visit, script: Script, qtbot: QtBot) -> None:
    waiting, late = threading.Event(), threading.Event()

    def slow_card(deadline: Deadline) -> ev.CardWasRead | ev.CardFailed:
        waiting.set()
        deadline.sleep(30.0)
        late.set()
        return ev.CardWasRead(sample_person(), sample_portrait())

    script.card = slow_card
    for event in (
        ev.Touched(),
        ev.ItemChosen(SENIOR),
        ev.Continue(),
        ev.ConsentAnswered(True),
        ev.RouteChosen(Route.ID_CARD_STAFF),
    ):
        subject.handle(event)
    assert waiting.wait(5.0)
    subject.handle(ev.Back())
    assert late.wait(5.0)
    qtbot.wait(50)
    assert subject.state.step is Step.ROUTE
    assert subject.session.person is None


@pytest.mark.expects_warnings
def test_a_bug_in_the_store_wipes_and_ends_the_visit_without_its_words(
    subject: Visit, script: Script, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    script.commit_answer = RuntimeError("测试·林小瓯 must not be logged")
    _hand_in(subject, qtbot)
    _until(qtbot, subject, Step.FAREWELL)
    assert subject.session.is_empty
    assert "RuntimeError" in caplog.text
    assert "林小瓯" not in caplog.text


def test_a_refused_case_is_told_and_nothing_is_printed(subject: Visit, script: Script, qtbot: QtBot) -> None:
    script.commit_answer = ev.CaseRefused("store.disk_full")
    _hand_in(subject, qtbot)
    _until(qtbot, subject, Step.NOT_ACCEPTED)
    assert subject.state.reason == "store.disk_full"
    assert not script.slips


def test_the_store_is_asked_on_its_thread(subject: Visit, qtbot: QtBot) -> None:
    with qtbot.waitSignal(subject._hands.store_seen, timeout=10_000) as seen:
        subject._hands.ask_all()
    assert seen.args == [StoreHealth()]


def test_a_receipt_that_comes_late_is_told_by_its_case(subject: Visit, qtbot: QtBot) -> None:
    told: list[str] = []
    subject._hands.delivered.connect(told.append)
    subject._hands.look_delivered("another case")
    subject._hands.look_delivered("case-1")
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    assert told == ["case-1"]


def test_an_answer_to_the_idle_warning_by_a_device_stops_the_countdown_too(subject: Visit, qtbot: QtBot) -> None:
    _to_form(subject, qtbot)
    subject.handle(ev.IdleWarned())
    with qtbot.waitSignal(subject.somebody_there, timeout=5_000):
        subject.handle(ev.FieldEntered("phone", "13800000000"))


@pytest.mark.expects_warnings
def test_a_bug_in_what_is_asked_beside_ends_no_visit(
    subject: Visit, script: Script, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    _to_form(subject, qtbot)
    script.health = RuntimeError("a bug")
    subject._hands.ask_all()
    qtbot.waitUntil(lambda: "RuntimeError" in caplog.text, timeout=10_000)
    assert subject.state.step is Step.FORM


def test_a_card_nobody_waits_for_leaves_no_portrait(subject: Visit) -> None:
    portrait = sample_portrait()
    subject.handle(ev.CardWasRead(sample_person(), portrait))
    assert portrait.pixels is None
    assert subject.session.is_empty


def test_what_is_waited_for_is_on_the_screen_with_the_way_on(subject: Visit) -> None:
    shown: list[Screen] = []
    subject.screen_changed.connect(shown.append)
    subject.state = FlowState(step=Step.CREDENTIAL, route=Route.ELECTRONIC_CREDENTIAL, busy=True)
    subject.code_seen()
    assert shown == [], "nothing was waited for yet"
    subject.handle(ev.LanguageChosen(Language.EN))
    assert shown[-1].wait == WaitView(Patience(Wait.CODE, pytest.approx(0.0, abs=5.0), None, CREDENTIAL_WAIT_S), Way.ANOTHER)  # type: ignore[arg-type]
    subject.code_seen()
    assert shown[-1].wait is not None
    assert shown[-1].wait.patience.kind is Wait.CODE_CHECK
    subject.handle(ev.CredentialFailed("credential.expired"))
    assert shown[-1].wait is None
