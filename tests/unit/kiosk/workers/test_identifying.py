"""The ways to identify on true threads: each on its own, cancelled when given up, late answers forgotten."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from pytestqt.qtbot import QtBot

from drivers.types import Deadline
from kiosk.config import Settings, Times
from kiosk.domain.identity import Portrait, RouteStanding
from kiosk.flow import events as ev
from kiosk.flow.states import Step
from kiosk.flow.views import RouteView, Screen
from kiosk.services.cases import CaseFacts
from kiosk.workers.hands import Hands
from kiosk.workers.use_cases import Services
from kiosk.workers.visit import Clock, Surroundings, Visit
from tests.helpers.identifying import ScriptedWays
from tests.helpers.people import FACE, SENIOR, STAFF, TODAY, all_ready, sample_catalogue, sample_person, sample_portrait
from tests.helpers.visitor import CODE, SMS, proof_by

CATALOGUE = sample_catalogue()
CHILD = sample_person(name="测试·林小小", id_number="330302201605010003", birth=date(2016, 5, 1))
INSURANCE = CATALOGUE.items[0].code


class NoDesk:
    """Nobody gets as far as a case here."""

    def commit(self, facts: CaseFacts) -> ev.CaseStored | ev.CaseRefused:
        return ev.CaseRefused("store.busy")

    def await_delivery(self, case_id: str, deadline: Deadline) -> ev.DeliveryKnown:
        return ev.DeliveryKnown(False)

    def is_delivered(self, case_id: str) -> bool:
        return False

    def statement(self, case_id: str) -> str | None:
        return None

    def rate(self, case_id: str, grade: object, reasons: object) -> None:
        return None

    def note_miss(self, text: str) -> None:
        return None


class Now:
    """The monotonic clock of the visit."""

    now_s = 0.0


@pytest.fixture
def ways() -> ScriptedWays:
    scripted = ScriptedWays()
    scripted.card = lambda _deadline: ev.CardWasRead(sample_person(), sample_portrait())
    return scripted


@pytest.fixture
def subject(qtbot: QtBot, ways: ScriptedWays) -> Iterator[Visit]:
    services = Services(
        identity=ways,
        print_slip=lambda facts, _deadline: ev.SlipPrinted(facts.case_id),
        draw_slip=lambda _facts: None,
        cases=NoDesk(),
    )
    hands = Hands(services, Times(farewell_s=0.1))
    clock = Clock(lambda: TODAY, lambda: 1, lambda: Now.now_s)
    Now.now_s = 0.0
    visit = Visit(CATALOGUE, all_ready(CATALOGUE), hands, Settings(), clock, Surroundings(sample=True))
    visit.begin()
    yield visit
    hands.stop()


def _choose(visit: Visit, item: str, *events: ev.Event) -> None:
    for event in (ev.Touched(), ev.ItemChosen(item), ev.Continue(), ev.ConsentAnswered(True), *events):
        visit.handle(event)


def _until(qtbot: QtBot, visit: Visit, step: Step) -> None:
    qtbot.waitUntil(lambda: visit.state.step is step, timeout=10_000)


def test_a_code_on_a_telephone_leads_to_the_form(subject: Visit, ways: ScriptedWays, qtbot: QtBot) -> None:
    ways.credential = ev.CredentialShown(sample_person(), proof_by(CODE))
    _choose(subject, INSURANCE, ev.RouteChosen(CODE))
    _until(qtbot, subject, Step.FORM)
    assert ways.asked == ["credential"]
    assert subject.session.proof == proof_by(CODE)


def test_a_message_is_sent_and_its_code_checked_under_its_own_number(subject: Visit, ways: ScriptedWays, qtbot: QtBot) -> None:
    ways.sent, ways.confirmed = ev.SmsSent("138****0000", "request-1"), ev.PersonProved(proof_by(SMS))
    _choose(subject, SENIOR, ev.RouteChosen(SMS))
    qtbot.waitUntil(lambda: subject.session.masked_phone == "138****0000", timeout=10_000)
    subject.handle(ev.SmsCodeEntered("204816"))
    _until(qtbot, subject, Step.FORM)
    assert ways.asked == ["card", "message", "request-1 204816"]
    assert subject.session.sms_request == ""


def test_the_camera_opens_while_the_card_is_awaited_and_closes_when_nobody_wants_it(
    subject: Visit, ways: ScriptedWays, qtbot: QtBot
) -> None:
    lying = threading.Event()

    def card(deadline: Deadline) -> ev.CardWasRead | ev.CardFailed:
        while not lying.is_set() and not deadline.is_over:
            deadline.sleep(0.01)
        return ev.CardWasRead(sample_person(), sample_portrait())

    ways.card = card
    _choose(subject, SENIOR, ev.RouteChosen(FACE), ev.ConsentAnswered(True))
    qtbot.waitUntil(lambda: "camera opens" in ways.asked, timeout=10_000)
    subject.handle(ev.AnotherWay())
    # Anywhere after it opened: the card is asked for by another thread, that may come to it late.
    qtbot.waitUntil(lambda: "camera closes" in ways.asked[ways.asked.index("camera opens") :], timeout=10_000)
    assert subject.state.step is Step.ROUTE
    assert subject.session.person is None


def test_a_face_check_that_is_given_up_is_cancelled_before_the_camera_closes(
    subject: Visit, ways: ScriptedWays, qtbot: QtBot
) -> None:
    order: list[str] = []
    running = threading.Event()

    def check(_portrait: Portrait, deadline: Deadline, _tell: Callable[[ev.FaceAsks], None]) -> ev.Event:
        running.set()
        deadline.sleep(20.0)
        order.append("cancelled" if deadline.is_cancelled else "ran on")
        return ev.ProofFailed("face.cancelled")

    ways.face = check
    ways.release_camera = lambda: order.append("closed")  # type: ignore[method-assign]
    _choose(subject, SENIOR, ev.RouteChosen(FACE), ev.ConsentAnswered(True))
    qtbot.waitUntil(running.is_set, timeout=10_000)
    subject.handle(ev.Quit())
    qtbot.waitUntil(lambda: order == ["cancelled", "closed"], timeout=10_000)
    assert subject.session.is_empty


def test_a_guardian_answers_for_a_child(subject: Visit, ways: ScriptedWays, qtbot: QtBot) -> None:
    def card(deadline: Deadline) -> ev.CardWasRead | ev.CardFailed:
        while "camera opens" not in ways.asked and not deadline.is_over:  # a camera nobody wants any more is never opened
            deadline.sleep(0.01)
        return ev.CardWasRead(CHILD, sample_portrait())

    ways.card, ways.guardian = card, ev.GuardianCardRead(sample_person())
    ways.face = lambda _portrait, _deadline, _tell: ev.PersonProved(proof_by(FACE))
    _choose(subject, INSURANCE, ev.RouteChosen(FACE), ev.ConsentAnswered(True))
    _until(qtbot, subject, Step.GUARDIAN_CONSENT)
    assert "face" not in ways.asked
    subject.handle(ev.ConsentAnswered(True))
    _until(qtbot, subject, Step.FORM)
    assert sorted(ways.asked) == ["camera closes", "camera opens", "card", "face", "guardian"]
    assert ways.asked.index("camera closes") < ways.asked.index("face")


def test_staff_are_not_kept_waiting_by_a_face_engine_that_loads(subject: Visit, ways: ScriptedWays, qtbot: QtBot) -> None:
    loading, ready = threading.Event(), threading.Event()
    subject._hands.warm_up(lambda: (loading.set(), ready.wait(20.0), None)[2])
    assert loading.wait(10.0)
    ways.staff = ev.PersonProved(proof_by(STAFF))
    _choose(subject, SENIOR, ev.RouteChosen(STAFF))
    _until(qtbot, subject, Step.STAFF)
    subject.handle(ev.StaffCodeEntered("1001", "246810"))
    _until(qtbot, subject, Step.FORM)
    ready.set()


def test_a_paused_way_opens_on_the_screen_by_itself(subject: Visit, ways: ScriptedWays, qtbot: QtBot) -> None:
    subject._pauses.setInterval(20)
    ways.card = lambda _deadline: ev.CardWasRead(sample_person(), None, (RouteStanding(STAFF, 0, 100.0),))
    shown: list[Screen] = []
    subject.screen_changed.connect(shown.append)
    _choose(subject, SENIOR, ev.RouteChosen(STAFF))
    qtbot.waitUntil(lambda: subject.state.reason == "route.paused", timeout=10_000)

    def reason() -> str:
        model = shown[-1].model
        assert isinstance(model, RouteView)
        return next(option.reason for option in model.options if option.route is STAFF)

    assert reason() == "route.paused"
    Now.now_s = 101.0
    qtbot.waitUntil(lambda: reason() == "", timeout=10_000)
    subject.handle(ev.Quit())
    assert not subject._pauses.isActive()
