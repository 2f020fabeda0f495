"""Every action of the developers' drawer on a true simulated terminal: what it does to the visit, and what the drawer tells of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from drivers.document_printer.types import PrintResult
from drivers.types import Deadline
from kiosk.app import make_application
from kiosk.demo.bystander import Bystander
from kiosk.demo.drawer.cables import LABELS
from kiosk.demo.drawer.cards import ADULT, CHILD, ELDER, GUARDIAN
from kiosk.demo.drawer.codes import HOSTILE
from kiosk.demo.drawer.people import SPECIES
from kiosk.demo.scenes import Scene
from kiosk.demo.simulated import Workshop
from kiosk.domain.china_time import CHINA_TIME
from kiosk.domain.identity import Person, Route
from kiosk.flow import events as ev
from kiosk.flow.progress_events import ProgressOpened
from kiosk.flow.states import AT_REST, Paper, Step
from tests.helpers.documents import document
from tests.helpers.people import INSURANCE, SENIOR
from ui.devdock.protocol import Line, Said, Tone

PATIENCE_MS = 60_000
pytestmark = [
    pytest.mark.skipif("LONG_TESTS" not in os.environ, reason="several minutes on a true terminal: set LONG_TESTS=1"),
    pytest.mark.xdist_group("drawer"),
    pytest.mark.timeout(300),
    pytest.mark.expects_warnings,
]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    make_application()
    opened = Workshop(tmp_path_factory.mktemp("workshop"))
    try:
        opened.start()
        opened.stage.camera.start()  # now, so that no test is said to have left its thread behind
        yield opened
    finally:
        opened.stop()


class Developer:
    """Presses buttons, and looks at what comes of it."""

    def __init__(self, workshop: Workshop, qtbot: QtBot) -> None:
        self.stage = workshop.stage
        self.visit = workshop.stage.terminal.visit
        self.deck = workshop.deck
        self.drawer = workshop.drawer
        self.bystander: Bystander = workshop.bystander
        self._qtbot = qtbot

    def until(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def presses(self, name: str) -> str:
        """Press, wait until it is done, and tell what was said."""
        last = self._last_said()
        self.drawer._buttons[name].click()
        self.until(lambda: not self.deck.look().busy and self._last_said() is not last)
        said = self._last_said()
        assert said is not None
        return said.words

    def _last_said(self) -> Said | None:
        said = self.deck.look().said
        return said[-1] if said else None

    def sees(self, name: str) -> Line:
        """A line of the drawer."""
        reading = self.deck.look()
        return next(line for line in (*reading.facts, *reading.devices) if line.name == name)

    def device(self, name: str) -> str:
        """What a device says of itself."""
        return self.stage.terminal.devices()[name].code

    def is_in_force(self, name: str) -> bool:
        return name in self.deck.look().in_force

    def cuts_at_signature(self, step: Step) -> None:
        """The network goes when everything has been asked of it."""
        if step is Step.SIGN:
            self.deck.begin("network.cut")

    def comes(self, route: Route, item: str = INSURANCE) -> None:
        """A resident comes and chooses a way."""
        for event in (ev.Touched(), ev.ItemChosen(item), ev.Continue(), ev.ConsentAnswered(True), ev.RouteChosen(route)):
            self.visit.handle(event)
        if route is Route.ID_CARD_FACE:
            self.visit.handle(ev.ConsentAnswered(True))

    def rests(self) -> None:
        """Nobody is there, and no card either: no visit is over as long as one lies on the reader."""
        self.presses("card.lift")
        if self.visit.state.step not in AT_REST:
            self.visit.handle(ev.Quit())
        self.until(lambda: self.visit.state.step is Step.IDLE)


@pytest.fixture
def subject(workshop: Workshop, qtbot: QtBot) -> Iterator[Developer]:
    developer = Developer(workshop, qtbot)
    developer.until(lambda: workshop.stage.terminal.visit.state.step is Step.IDLE)
    developer.bystander.lays_card = False
    yield developer
    for name in ("person.away", "person.other", *(f"person.{species}" for species in SPECIES)):
        if developer.is_in_force(name):
            developer.presses(name)
    developer.bystander.obeys = True
    developer.rests()


def test_a_visit_with_the_network_cut_and_the_cutter_jammed(subject: Developer, tmp_path: Path) -> None:
    """The case waits in the queue, the slip comes out when the blade is free, and the code on it finds the case.

    It comes first: an authority tells nothing to a terminal whose consents are dated ahead of its own time.
    """
    scene = Scene(subject.stage, "drawer", tmp_path, lambda _words: None)
    try:
        scene.choose(INSURANCE)
        scene.identify_by_staff(subject.stage.elder_card())
        subject.presses("receipt.jam")
        # Not before: papers that an authority would vouch for would be asked for.
        subject.visit.step_changed.connect(subject.cuts_at_signature)
        scene.fill_in({"period": "last_12_months"})
        scene.hand_in()
        scene.wait_paper(Paper.FAILED)
        subject.until(lambda: subject.sees("Queue").value.startswith("1 wait"))
        subject.presses("receipt.mend")
        scene.resident.touch("print_again")
        scene.wait_paper(Paper.PRINTED)
        number = subject.visit.session.receipt_number
    finally:
        scene.close()
        subject.visit.step_changed.disconnect(subject.cuts_at_signature)
    subject.presses("network.cut")
    subject.until(lambda: subject.sees("Queue").value == "nothing waits")
    subject.rests()
    for code in ("number", "slip"):
        subject.visit.handle(ev.Touched())
        subject.visit.handle(ProgressOpened())
        subject.until(lambda: subject.device("barcode_scanner") == "busy")  # the scanner looks
        assert "was held under the scanner" in subject.presses(f"code.{code}")
        subject.until(lambda: subject.visit.state.step is not Step.PROGRESS or subject.visit.state.reason != "")
        assert (subject.visit.state.step, subject.visit.session.number) == (Step.PROGRESS_CARD, number)
        subject.rests()


@pytest.mark.parametrize(
    ("card", "person"), [("elder", ELDER), ("adult", ADULT), ("child", CHILD), ("guardian", GUARDIAN), ("no_photo", ELDER)]
)
def test_a_card_is_read_as_whose_it_is(subject: Developer, card: str, person: Person) -> None:
    subject.comes(Route.ID_CARD_STAFF)
    assert subject.visit.state.step is Step.CARD
    told = subject.presses(f"card.{card}")
    assert person.name in told
    subject.until(lambda: subject.visit.state.step is Step.STAFF)
    assert subject.visit.session.person is not None
    assert (subject.visit.session.person.name, subject.visit.session.person.id_number) == (person.name, person.id_number)
    assert subject.is_in_force(f"card.{card}")
    subject.presses("card.lift")
    assert subject.sees("Card").value == "none"


@pytest.mark.parametrize(
    ("card", "reason"), [("wrong_number", "card.bad_record"), ("unknown", "card.unknown_kind"), ("broken", "card.unreadable")]
)
def test_a_card_that_is_wrong_is_refused_with_its_reason(subject: Developer, card: str, reason: str) -> None:
    subject.comes(Route.ID_CARD_STAFF)
    subject.presses(f"card.{card}")
    subject.until(lambda: subject.visit.state.reason != "")
    assert (subject.visit.state.step, subject.visit.state.reason) == (Step.CARD, reason)


def test_an_expired_card_is_told_as_expired(subject: Developer) -> None:
    subject.comes(Route.ID_CARD_STAFF)
    subject.presses("card.expired")
    subject.until(lambda: subject.visit.state.step is Step.NOT_ELIGIBLE)
    assert subject.visit.state.reason == "eligibility.card_expired"


def test_photo_or_none_decides_whether_a_face_can_be_checked(subject: Developer) -> None:
    subject.comes(Route.ID_CARD_FACE)
    subject.presses("card.no_photo")
    subject.until(lambda: subject.visit.state.step is Step.ROUTE)
    assert subject.visit.state.reason == "card.no_portrait"


def test_a_child_and_then_the_guardian(subject: Developer) -> None:
    subject.comes(Route.ID_CARD_FACE)
    subject.presses("card.child")
    subject.until(lambda: subject.visit.state.step is Step.GUARDIAN_CARD)
    subject.presses("card.lift")
    subject.presses("card.guardian")
    subject.until(lambda: subject.visit.state.step is Step.GUARDIAN_CONSENT)


def test_a_fresh_credential_identifies_whose_card_lay_down_last(subject: Developer) -> None:
    subject.presses("card.adult")
    subject.presses("card.lift")
    subject.comes(Route.ELECTRONIC_CREDENTIAL)
    subject.presses("code.credential")
    subject.until(lambda: subject.visit.session.person is not None)
    assert subject.visit.session.person is not None
    assert subject.visit.session.person.name == ADULT.name


def test_hostile_codes_identify_nobody_and_time_opens_the_way_again(subject: Developer) -> None:
    for what in HOSTILE:
        subject.rests()
        subject.comes(Route.ELECTRONIC_CREDENTIAL)
        # The scanner looks, or the way is closed for a while: too many were wrong.
        subject.until(lambda: subject.device("barcode_scanner") == "busy" or subject.visit.state.reason != "")
        assert "held under the scanner" in subject.presses(f"code.{what}")
        subject.until(lambda: subject.visit.state.reason != "")
        assert subject.visit.state.reason in ("credential.unreadable", "credential.paused")
        assert subject.visit.session.person is None
    subject.rests()
    subject.presses("time.10min")
    subject.comes(Route.ELECTRONIC_CREDENTIAL)
    assert subject.visit.state.reason == ""


@pytest.mark.parametrize("what", ["certificate", "revoked"])
def test_certificates_are_of_whose_card_lay_down_last(subject: Developer, what: str) -> None:
    subject.presses("card.elder")
    assert ELDER.name in subject.presses(f"code.{what}")
    subject.presses("card.guardian")
    assert "no sample certificate" in subject.presses(f"code.{what}")


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("paper_out", "paper_out"),
        ("ends_soon", "near_end"),
        ("near_end", "near_end"),
        ("cover", "cover_open"),
        ("hot", "head_hot"),
        ("hang", "no_answer"),
    ],
)
def test_the_receipt_printer_says_what_is_wrong_with_it(subject: Developer, fault: str, code: str) -> None:
    subject.until(lambda: subject.device("receipt_printer") == "ok")
    subject.presses(f"receipt.{fault}")
    subject.until(lambda: subject.device("receipt_printer") == code)
    assert subject.is_in_force(f"receipt.{fault}")
    subject.presses(f"receipt.{fault}")
    subject.until(lambda: subject.device("receipt_printer") == "ok")
    assert not subject.is_in_force(f"receipt.{fault}")


def test_all_is_mended_at_once(subject: Developer) -> None:
    for fault in ("paper_out", "cover", "hot"):
        subject.presses(f"receipt.{fault}")
    subject.until(lambda: subject.device("receipt_printer") != "ok")
    subject.presses("receipt.mend")
    subject.until(lambda: subject.device("receipt_printer") == "ok")
    assert not any(name.startswith("receipt.") for name in subject.deck.look().in_force)


@pytest.mark.parametrize("fault", ["paper_out", "paper_jam", "cover_open", "toner_out"])
def test_the_a4_printer_prints_nothing_and_says_why(subject: Developer, fault: str) -> None:
    subject.presses(f"document.{fault}")
    outcome = subject.stage.document_printer.print_document(document(), Deadline(20.0))
    assert (outcome.result, outcome.status.device.code) == (PrintResult.NOT_PRINTED, fault)
    subject.presses("document.mend")
    assert subject.stage.document_printer.print_document(document(), Deadline(20.0)).result is PrintResult.PRINTED


@pytest.mark.parametrize(("fault", "code"), [("paused", "paused"), ("frozen", "no_answer")])
def test_the_a4_printer_s_queue_shows_by_itself(subject: Developer, fault: str, code: str) -> None:
    subject.presses(f"document.{fault}")
    subject.until(lambda: subject.device("document_printer") == code)
    subject.presses(f"document.{fault}")
    subject.until(lambda: subject.device("document_printer") == "ok")


@pytest.mark.parametrize("device", [*LABELS, "document_printer", "camera", "document_camera"])
def test_any_device_is_unplugged_and_plugged_in_again(subject: Developer, device: str) -> None:
    line = device.replace("_", " ")
    subject.until(lambda: subject.sees(line).tone is Tone.FINE)
    assert "unplugged" in subject.presses(f"cable.{device}")
    subject.until(lambda: subject.sees(line).tone is Tone.BROKEN)
    assert subject.device(device) in ("disconnected", "lost")
    assert "plugged in again" in subject.presses(f"cable.{device}")
    subject.until(lambda: subject.sees(line).tone is Tone.FINE)


def test_the_platform_goes_down_and_comes_back(subject: Developer) -> None:
    subject.presses("network.down")
    subject.until(lambda: subject.sees("Network").tone is Tone.BROKEN)
    assert subject.sees("Network").detail == "platform down"
    assert "down already" in subject.presses("network.cut")
    subject.presses("network.down")
    subject.until(lambda: subject.sees("Network") == Line("Network", "up", "platform runs", Tone.FINE))


def test_send_now_makes_a_pass_of_the_sync(subject: Developer) -> None:
    passes: list[object] = []
    subject.stage.terminal.link._loop.subscribe(passes.append)
    subject.presses("network.wake")
    subject.until(lambda: bool(passes))


@pytest.mark.parametrize(("what", "seconds"), [("10s", 10), ("1min", 60), ("10min", 600), ("1day", 86_400)])
def test_time_passes_for_the_terminal_and_not_for_the_machine(subject: Developer, what: str, seconds: float) -> None:
    clock = subject.visit._clock
    before_s, before_ms = clock.monotonic_s(), clock.now_ms()
    subject.presses(f"time.{what}")
    assert seconds <= clock.monotonic_s() - before_s < seconds + 60
    assert seconds * 1000 <= clock.now_ms() - before_ms < (seconds + 60) * 1000
    assert clock.today() == datetime.fromtimestamp(subject.stage.clock.now().wall_ms / 1000, CHINA_TIME).date()


def test_the_idle_warning_comes_and_then_the_end(subject: Developer) -> None:
    assert "nobody is served" in subject.presses("time.idle")
    subject.comes(Route.ID_CARD_STAFF)
    subject.presses("time.idle")
    subject.until(lambda: subject.visit.state.idle_warning)
    assert subject.sees("Step").tone is Tone.WAITING
    subject.presses("time.idle")
    subject.until(lambda: subject.visit.state.step in AT_REST)


@pytest.mark.parametrize("what", ["ahead", "behind"])
def test_a_wrong_clock_shows_as_the_platform_s_offset_and_serves_on(subject: Developer, what: str) -> None:
    subject.presses(f"time.{what}")
    subject.until(lambda: subject.sees("Time").tone is Tone.WAITING and "wrong" in subject.sees("Time").detail)
    times, clock = subject.stage.terminal.link.outbox.platform_time, subject.stage.clock
    subject.until(lambda: abs((times.offset_ms() or 0) / 1000 + clock.wrong_s + clock.passed_s) < 30)
    subject.presses(f"time.{what}")
    assert subject.stage.clock.wrong_s == 0


def _checked(subject: Developer) -> None:
    """At the face check, whatever was tried before."""
    subject.rests()
    subject.presses("time.10min")  # a way that failed too often is closed for a while
    subject.comes(Route.ID_CARD_FACE, SENIOR)
    subject.presses("card.elder")
    subject.until(lambda: subject.visit.state.step is Step.FACE)


def _outcome(subject: Developer, tries: int = 1) -> str:
    """Where the check leads, or why it failed. A person on a busy machine may need another try, as true ones do."""
    for left in reversed(range(tries)):
        subject.until(lambda: subject.visit.state.step is not Step.FACE or subject.visit.state.reason != "")
        if left and subject.visit.state.step is Step.FACE:
            subject.visit.handle(ev.TryAgain())
    return subject.visit.state.reason or str(subject.visit.state.step)


def test_whoever_obeys_is_recognised(subject: Developer) -> None:
    _checked(subject)
    assert _outcome(subject, tries=3) in (Step.GATHERING, Step.FORM)


def test_movements_made_by_hand_count_as_well(subject: Developer) -> None:
    subject.presses("person.obeys")
    assert not subject.bystander.obeys
    done: list[tuple[str, int]] = []
    made: list[str] = []

    def by_hand(asks: ev.FaceAsks) -> None:
        if not asks.action:
            done.clear()  # a check begins
        elif (asks.action, asks.done) not in done:
            made.append(asks.action)
            done.append((asks.action, asks.done))
            subject.deck.begin(f"person.{asks.action}")

    subject.visit.face_asked.connect(by_hand)
    _checked(subject)
    outcome = _outcome(subject, tries=3)
    subject.visit.face_asked.disconnect(by_hand)
    subject.presses("person.obeys")
    assert subject.bystander.obeys
    assert outcome in (Step.GATHERING, Step.FORM)
    assert made


def test_nobody_before_the_camera_is_told_as_that(subject: Developer) -> None:
    subject.presses("person.away")
    assert subject.sees("Person").value == "nobody"
    _checked(subject)
    assert _outcome(subject).startswith("face.")
    subject.presses("person.away")
    assert subject.sees("Person").value == "the card's holder"


def test_somebody_else_s_face_does_not_match_the_card(subject: Developer) -> None:
    subject.presses("person.other")
    assert subject.sees("Person").value == "somebody else"
    _checked(subject)
    assert _outcome(subject).startswith("face.")
    subject.presses("person.other")
    assert subject.sees("Person").value == "the card's holder"


def test_a_printed_photo_is_not_a_person(subject: Developer) -> None:
    subject.presses("person.print")
    _checked(subject)
    assert _outcome(subject).startswith("face.")
    subject.presses("person.print")
    assert subject.stage.camera.species == "live"


@pytest.mark.parametrize("species", SPECIES)
def test_each_attack_stands_there_until_the_live_person_does(subject: Developer, species: str) -> None:
    subject.presses(f"person.{species}")
    assert subject.stage.camera.species == species
    assert subject.sees("Person").value.endswith(species)
    subject.presses(f"person.{species}")
    assert subject.stage.camera.species == "live"


def test_the_card_lies_down_by_itself_where_that_is_wanted(subject: Developer) -> None:
    subject.presses("person.lays_card")
    assert subject.is_in_force("person.lays_card")
    subject.comes(Route.ID_CARD_STAFF)
    subject.until(lambda: subject.visit.state.step is Step.STAFF)
    assert subject.sees("Card").value == "the elder's, by itself"
    subject.presses("person.lays_card")
    assert not subject.bystander.lays_card


def test_every_action_has_a_test(workshop: Workshop) -> None:
    """Whoever adds an action adds what it does to this page."""
    text = Path(__file__).read_text(encoding="utf-8")
    for group in workshop.deck.groups:
        for action in group.actions:
            assert f'"{action.name.partition(".")[2]}"' in text or action.name in text or action.name in BY_TABLE, action.name


BY_TABLE = {
    *(f"code.{what}" for what in HOSTILE),
    *(f"person.{species}" for species in SPECIES),
    *(f"cable.{device}" for device in LABELS),
    *(f"person.{movement}" for movement in ("blink", "turn_left", "turn_right", "open_mouth", "nod")),
}
"""Those that a test takes from the deck's own tables; movements are asked for by the face check."""
