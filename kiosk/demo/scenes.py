"""The three visits: online; with the platform down; with the paper running out in the middle of the slip."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from drivers.face.types import Action
from drivers.id_card_reader.cards import EmulatedCard
from kiosk.demo.resident import GaveUp, Resident
from kiosk.demo.stage import STAFF_ID, STAFF_PIN, Stage
from kiosk.domain.identity import Route
from kiosk.flow.events import FaceAsks
from kiosk.flow.states import AT_REST, Paper, Step

INSURANCE, PERMIT, SENIOR = (
    "11330304MB0TEAT13G4332014001001",
    "11330304MB0TEAT21B4330709001001",
    "11330304MB0TEAT3X34330511001001",
)
PHONE = "13800000000"
FACE_S = 60.0
PRINT_S = 60.0
PROCESSED_S = 60.0
MM_BEFORE_PAPER_ENDS = 40.0


@dataclass
class VisitReport:
    """What one visit came to, for people and for programs."""

    name: str
    case_id: str = ""
    receipt_number: str = ""
    states: list[dict[str, str | int]] = field(default_factory=list)
    delivered: bool = False
    processed: bool = False
    touches: int = 0
    seconds: float = 0.0
    screens: list[str] = field(default_factory=list)
    slip: str = ""
    slip_said_delivered: bool = False
    slip_code: str = ""
    """What the code on the slip was checked to be, by the platform's register of keys."""
    platform_state: str = ""
    problem: str = ""


class Scene:
    """One visit from touch to rest."""

    def __init__(self, stage: Stage, name: str, pictures: Path, say: Callable[[str], None]) -> None:
        self._stage = stage
        self._say = say
        self.report = VisitReport(name)
        pictures.mkdir(parents=True, exist_ok=True)
        terminal = stage.terminal
        self.resident = Resident(terminal.window, lambda: terminal.visit.state.step, pictures)
        self._started_s = time.monotonic()
        self._asked = ("", -1)
        terminal.visit.face_asked.connect(self._perform)

    def choose(self, item: str) -> None:
        """From the resting screen to the choice of a route."""
        resident = self.resident
        resident.wait_step(Step.IDLE)
        resident.picture("idle")
        resident.touch("touch_to_begin")
        resident.wait_step(Step.HOME)
        resident.picture("home")
        resident.touch(f"item:{item}")
        resident.wait_step(Step.GUIDE)
        resident.picture("guide")
        resident.touch("main_action")
        resident.wait_step(Step.CONSENT)
        resident.picture("consent")
        resident.touch("consent_yes")
        resident.wait_step(Step.ROUTE)
        resident.picture("route")

    def identify_by_face(self, card: EmulatedCard) -> None:
        """Card, liveness challenge, face match."""
        resident = self.resident
        resident.touch(f"route:{Route.ID_CARD_FACE.value}")
        resident.wait_step(Step.FACE_CONSENT)
        resident.picture("face-consent")
        resident.touch("consent_yes")
        self._lay_card_down(card)
        resident.wait_step(Step.FACE)
        self._say("  the camera asks for movements")
        self._face_until_form()

    def identify_by_staff(self, card: EmulatedCard) -> None:
        """Card, and a member of staff who confirms: the way without a face."""
        resident = self.resident
        resident.touch(f"route:{Route.ID_CARD_STAFF.value}")
        self._lay_card_down(card)
        resident.wait_step(Step.STAFF)
        resident.touch("staff_id")
        resident.type_on_keypad(STAFF_ID)
        resident.touch("staff_pin")
        resident.type_on_keypad(STAFF_PIN)
        resident.picture("staff")
        resident.touch("main_action")
        resident.wait_step(Step.FORM)

    def fill_in(self, choices: dict[str, str]) -> None:
        """Choices and telephone number; the rest came from the card."""
        resident = self.resident
        for name, value in choices.items():
            resident.touch(f"choice:{name}:{value}")
        resident.touch("field:phone")
        resident.type_on_keypad(PHONE)
        resident.picture("form")

    def hand_in(self) -> None:
        """Review, signature, and the durable commit."""
        resident = self.resident
        resident.touch("main_action")
        resident.wait_step(Step.REVIEW)
        resident.picture("review")
        resident.touch("main_action")
        resident.wait_step(Step.SIGN)
        resident.sign()
        resident.picture("sign")
        resident.touch("main_action")
        resident.wait_step(Step.SLIP, Step.NOT_ACCEPTED, seconds=60.0)
        session = self._stage.terminal.visit.session
        self.report.case_id, self.report.receipt_number = session.case_id, session.receipt_number
        self.report.slip_said_delivered = session.delivered
        self._say(f"  stored as {session.receipt_number}")

    def wait_paper(self, wanted: Paper) -> None:
        """Wait until the slip is out, or is known not to come out."""
        visit = self._stage.terminal.visit
        self.resident.wait_until(lambda: visit.state.paper is wanted, f"a slip that is {wanted.value}", PRINT_S)

    def leave(self, grade: int | None) -> None:
        """Rate or skip, take the card, and let the terminal come to rest."""
        resident = self.resident
        resident.touch("main_action")
        resident.wait_step(Step.RATING)
        resident.picture("rating")
        resident.touch("rating_skip" if grade is None else f"grade:{grade}")
        resident.wait_step(Step.ANOTHER)
        resident.touch("another_no")
        resident.wait_step(Step.FAREWELL)
        resident.picture("farewell")
        self._stage.reader.lift_card()
        resident.wait_step(*AT_REST, seconds=20.0)

    def close(self) -> None:
        """Note what the visit took."""
        self._stage.terminal.visit.face_asked.disconnect(self._perform)
        self.report.touches = self.resident.touches
        self.report.screens = self.resident.screens
        self.report.slip = f"{len(self._stage.printer.slips):03d}"
        self.report.seconds = round(time.monotonic() - self._started_s, 1)

    def _lay_card_down(self, card: EmulatedCard) -> None:
        self.resident.wait_step(Step.CARD)
        self.resident.picture("card")
        self._stage.reader.put_card(card)

    def _perform(self, asks: FaceAsks) -> None:
        if asks.action and (asks.action, asks.done) != self._asked:
            self._asked = (asks.action, asks.done)
            self._stage.camera.perform(Action(asks.action))

    def _face_until_form(self) -> None:
        visit = self._stage.terminal.visit
        pictured = False
        ends = time.monotonic() + FACE_S
        while visit.state.step is Step.FACE and time.monotonic() < ends:
            if not pictured and self._stage.camera.newest() is not None:
                self.resident.wait_milliseconds(1500)
                self.resident.picture("face")
                pictured = True
            self.resident.wait_milliseconds(100)
            if visit.state.reason:
                self.resident.touch_if_there("try_again")
        if self.resident.wait_step(Step.FORM, Step.ROUTE, seconds=1.0) is not Step.FORM:
            raise GaveUp("the face route closed after too many failed tries")


def online(stage: Stage, pictures: Path, say: Callable[[str], None]) -> VisitReport:
    """(a) Everything works: the slip says *delivered*."""
    scene = Scene(stage, "online", pictures / "1-online", say)
    scene.choose(SENIOR)
    scene.identify_by_face(stage.elder_card())
    scene.fill_in({"collect": "village"})
    scene.hand_in()
    scene.wait_paper(Paper.PRINTED)
    scene.resident.picture("slip")
    scene.leave(grade=5)
    scene.close()
    return scene.report


def platform_down(stage: Stage, pictures: Path, say: Callable[[str], None]) -> VisitReport:
    """(b) No platform: the slip says *saved here, not yet delivered*; the case follows when the platform is back."""
    stage.platform.stop()
    scene = Scene(stage, "platform_down", pictures / "2-platform-down", say)
    scene.choose(PERMIT)
    scene.identify_by_staff(stage.newcomer_card())
    scene.resident.touch("field:current_address")
    scene.resident.type_pinyin(("wenzhoushi", "renminlu"))
    scene.resident.picture("pinyin")
    scene.fill_in({"reason": "work"})
    scene.hand_in()
    scene.wait_paper(Paper.PRINTED)
    scene.resident.picture("slip")
    scene.leave(grade=None)
    scene.close()
    say("  the platform comes back")
    stage.platform.start()
    return scene.report


def paper_out(stage: Stage, pictures: Path, say: Callable[[str], None]) -> VisitReport:
    """(c) The paper runs out while the slip is printed: the case is safe, and a copy follows when paper is in."""
    scene = Scene(stage, "paper_out", pictures / "3-paper-out", say)
    stage.printer.set_paper_mm(MM_BEFORE_PAPER_ENDS)
    scene.choose(INSURANCE)
    scene.identify_by_face(stage.elder_card())
    scene.fill_in({"period": "last_12_months"})
    scene.hand_in()
    scene.wait_paper(Paper.FAILED)
    scene.resident.picture("slip-paper-out")
    say("  paper is out; the keeper puts a new roll in")
    stage.printer.tear()
    stage.printer.load_paper()
    scene.resident.touch("print_again")
    scene.wait_paper(Paper.PRINTED)
    scene.resident.picture("slip-copy")
    scene.leave(grade=4)
    scene.close()
    return scene.report
