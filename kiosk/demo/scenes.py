"""What a resident does in one visit, step by step, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from drivers.face.types import Action
from drivers.id_card_reader.cards import EmulatedCard
from kiosk.demo.cast import STAFF_ID, STAFF_PIN
from kiosk.demo.resident import GaveUp, Resident
from kiosk.demo.stage import Stage
from kiosk.domain.identity import Route
from kiosk.flow.events import FaceAsks
from kiosk.flow.moves import PURPOSE_FACE
from kiosk.flow.session import SessionContext
from kiosk.flow.states import AT_REST, Paper, Step

INSURANCE, PERMIT, SENIOR = (
    "11330304MB0TEAT13G4332014001001",
    "11330304MB0TEAT21B4330709001001",
    "11330304MB0TEAT3X34330511001001",
)
PHONE = "13800000000"
GATHER_S = 12.0
"""Authorities are asked before the form comes."""
FACE_S = 60.0
PRINT_S = 60.0
PROCESSED_S = 60.0
MM_BEFORE_PAPER_ENDS = 40.0
_IDENTIFIES = frozenset({Step.FACE, Step.STAFF, Step.CREDENTIAL, Step.SMS})


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
    proof_code: str = ""
    """Verification code of the proof that was printed; empty for matters without one."""
    platform_state: str = ""
    problem: str = ""
    route: str = ""
    """The way by which the resident was identified, as it stands in the case."""
    identified: int = 0
    """How often the resident was asked who they are; 0 for a second matter of the same visit."""
    face_consent: str = ""
    """``yes`` or ``no`` as noted in the case; empty when it was not asked."""


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
        terminal.visit.step_changed.connect(self._count)

    def choose(self, item: str) -> None:
        """From the resting screen to the choice of a route."""
        resident = self.resident
        resident.wait_step(Step.IDLE)
        resident.picture("idle")
        resident.touch("touch_to_begin")
        self.choose_item(item, Step.ROUTE)
        resident.picture("route")

    def switch_elder(self) -> None:
        """From the resting screen to senior mode, by the switch that stands on every screen."""
        resident = self.resident
        resident.wait_step(Step.IDLE)
        resident.touch("touch_to_begin")
        resident.wait_step(Step.HOME)
        resident.touch("elder")
        visit = self._stage.terminal.visit
        resident.wait_until(lambda: visit.state.aids.elder, "senior mode", 5.0)
        self._say("  senior mode: larger, spoken, one question a screen")

    def answer_one_by_one(self, choices: dict[str, str]) -> None:
        """What is known is looked at, then every question stands on a screen of its own."""
        resident = self.resident
        resident.picture("form-known")
        for name, value in choices.items():
            resident.touch("main_action")
            resident.touch(f"choice:{name}:{value}")
            resident.picture(f"form-{name}")

    def choose_item(self, item: str, to: Step) -> None:
        """From all items to the step behind the consent to the item's data."""
        resident = self.resident
        resident.wait_step(Step.HOME)
        resident.picture("home")
        resident.touch(f"item:{item}")
        resident.wait_step(Step.GUIDE)
        resident.picture("guide")
        resident.touch("main_action")
        resident.wait_step(Step.CONSENT)
        resident.picture("consent")
        resident.touch("consent_yes")
        resident.wait_step(to)

    def refuse_face(self) -> None:
        """Look at the face check, say no to it, and be back at the choice of ways."""
        resident = self.resident
        resident.touch(f"route:{Route.ID_CARD_FACE.value}")
        resident.wait_step(Step.FACE_CONSENT)
        resident.picture("face-consent")
        resident.touch("consent_no")
        resident.wait_step(Step.ROUTE)
        resident.picture("route-after-refusal")
        self._say("  the face check is refused; the other ways stand as before")

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
        resident.wait_step(Step.FORM, seconds=GATHER_S)

    def declare(self, material: str) -> None:
        """告知承诺: the authority cannot be asked now, so the resident signs for it."""
        resident = self.resident
        resident.touch("main_action")
        resident.wait_step(Step.PAPERS)
        resident.picture("papers")
        resident.touch(f"paper:{material}:declare")
        resident.picture("paper-declared")
        resident.touch("paper_agree")
        self._say("  a paper that nobody can be asked for is declared")

    def fill_in(self, choices: dict[str, str]) -> None:
        """Choices, and the telephone number where no authority gave it; the rest came from card and authorities."""
        resident = self.resident
        for name, value in choices.items():
            resident.touch(f"choice:{name}:{value}")
        if "phone" not in self._stage.terminal.visit.session.prefilled:
            resident.touch("field:phone")
            resident.type_on_keypad(PHONE)
        resident.picture("form")

    def fill_date(self, name: str, digits: str) -> None:
        """A date, by the number pad."""
        self.resident.touch(f"field:{name}")
        self.resident.type_on_keypad(digits)

    def receive(self, way: str) -> None:
        """How the outcome comes."""
        resident = self.resident
        resident.touch("main_action")
        resident.wait_step(Step.HANDLING)
        resident.touch(f"choice:handling.receiving:{way}")
        resident.picture("handling")

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
        self._note_identification(session)
        self.report.case_id, self.report.receipt_number = session.case_id, session.receipt_number
        self.report.slip_said_delivered = session.delivered
        self._say(f"  stored as {session.receipt_number}")

    def wait_paper(self, wanted: Paper) -> None:
        """Wait until the slip is out, or is known not to come out."""
        visit = self._stage.terminal.visit
        self.resident.wait_until(lambda: visit.state.paper is wanted, f"a slip that is {wanted.value}", PRINT_S)

    def rate(self, grade: int | None) -> None:
        """Rate or skip; then the terminal asks for another matter."""
        resident = self.resident
        resident.touch("main_action")
        if resident.wait_step(Step.PROOF, Step.RATING) is Step.PROOF:
            self._take_proof()
        resident.wait_step(Step.RATING)
        resident.picture("rating")
        resident.touch("rating_skip" if grade is None else f"grade:{grade}")
        resident.wait_step(Step.ANOTHER)
        resident.picture("another")

    def _take_proof(self) -> None:
        """The matter ends in a proof on A4."""
        visit = self._stage.terminal.visit
        self.resident.wait_until(lambda: not visit.state.busy, "a proof", PRINT_S)
        self.resident.picture("proof")
        self.report.proof_code = visit.session.proof_paper.code
        self._say(f"  proof {self.report.proof_code or visit.state.reason}")
        self.resident.touch("main_action")

    def leave(self, grade: int | None) -> None:
        """Rate or skip, take the card, and let the terminal come to rest."""
        resident = self.resident
        self.rate(grade)
        resident.touch("another_no")
        resident.wait_step(Step.FAREWELL)
        resident.picture("farewell")
        self._stage.reader.lift_card()
        resident.wait_step(*AT_REST, seconds=20.0)

    def close(self) -> None:
        """Note what the visit took."""
        visit = self._stage.terminal.visit
        visit.face_asked.disconnect(self._perform)
        visit.step_changed.disconnect(self._count)
        self.report.touches = self.resident.touches
        self.report.screens = self.resident.screens
        self.report.slip = f"{len(self._stage.printer.slips):03d}"
        self.report.seconds = round(time.monotonic() - self._started_s, 1)

    def _count(self, step: Step) -> None:
        self.report.identified += step in _IDENTIFIES
        self._stage.camera.illuminate(None)

    def _note_identification(self, session: SessionContext) -> None:
        answers = {record.purpose: "yes" if record.granted else "no" for record in session.consents}
        self.report.face_consent = answers.get(PURPOSE_FACE, "")
        self.report.route = session.proof.route.value if session.proof is not None else ""

    def _lay_card_down(self, card: EmulatedCard) -> None:
        self.resident.wait_step(Step.CARD)
        self.resident.picture("card")
        self._stage.reader.put_card(card)

    def _perform(self, asks: FaceAsks) -> None:
        self._stage.camera.illuminate(self._stage.terminal.window.light)
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
        if self.resident.wait_step(Step.FORM, Step.ROUTE, seconds=GATHER_S) is not Step.FORM:
            raise GaveUp("the face route closed after too many failed tries")
