"""Carries one matter from rest to the farewell, as a resident would, and notes what was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk.catalogue.deciding import From, Status
from kiosk.demo.residents import Resident
from kiosk.domain.identity import Route
from kiosk.domain.language import Language
from kiosk.domain.signature import Signature
from kiosk.flow import events as ev
from kiosk.flow import handling, knowing
from kiosk.flow.gathering_events import PageKept, PaperDeclared, PaperPromised, PaperTouched
from kiosk.flow.session import SessionContext
from kiosk.flow.states import Step
from kiosk.headless.flow import World, WorldFlow

_MOST_ACTIONS = 200
"""No matter takes more; a flow that goes round in circles is a bug that must end."""
_SIGNATURE = Signature((tuple((400 + 300 * n, 3000 + 900 * (n % 3)) for n in range(24)),))
_PAPER_WAYS = (From.DECLARE, From.SCAN, From.PROMISE, From.CERTIFICATE)
"""In this order: what needs no paper first."""


@dataclass
class Report:
    """What came of it, and what the resident had to do for it."""

    ok: bool = False
    case_id: str = field(default="")
    receipt_number: str = ""
    asked_fields: list[str] = field(default_factory=list)
    """Fields that the resident filled in."""
    asked_materials: list[str] = field(default_factory=list)
    """Papers that the resident had to have with them, or has still to bring."""
    declared_materials: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    notice: list[dict[str, str]] = field(default_factory=list)
    """What is told at once: papers to be handed in later with their last day, and what stands in the way."""
    parts: list[str] = field(default_factory=list)
    """Receipt numbers of the other parts of a bundle."""
    delivered: bool = False


class HeadlessVisit:
    """One visit; ``run`` once."""

    def __init__(self, world: World, resident: Resident, item_code: str, route: Route, language: Language = Language.ZH) -> None:
        self._flow = WorldFlow(world)
        self._resident = resident
        self._item_code = item_code
        self._route = route
        self._language = language
        self.report = Report(steps=self._flow.steps)

    def run(self) -> Report:
        """From rest to rest; ``report.ok`` tells whether a case was committed."""
        self._flow.does(ev.Touched(), ev.LanguageChosen(self._language), ev.ItemChosen(self._item_code))
        for _ in range(_MOST_ACTIONS):
            action = _ACTIONS.get(self._flow.state.step)
            if action is None or not action(self):
                break
        self.report.ok = bool(self.report.case_id)
        self._flow.does(ev.Quit())
        return self.report

    @property
    def session(self) -> SessionContext:
        """What is known of the resident."""
        return self._flow.session

    def _goes_on(self) -> bool:
        self._flow.does(ev.Continue())
        return True

    def _at_home(self) -> bool:
        """The item cannot be done now: the reason stands on the screen."""
        self.report.notice.append({"reason": self._flow.state.reason or "item.unknown"})
        return False

    def _consents(self) -> bool:
        self._flow.does(ev.ConsentAnswered(True))
        return True

    def _chooses_route(self) -> bool:
        if self._flow.state.reason:
            return self._stops()
        self._flow.does(ev.RouteChosen(self._route))
        return self._flow.state.step is not Step.ROUTE or self._stops()

    def _stops(self) -> bool:
        self.report.notice.append({"reason": self._flow.state.reason or self._flow.state.step.value})
        return False

    def _not_eligible(self) -> bool:
        item = self._flow.item
        failed = [one.otherwise.in_(self._language) for one in item.conditions if one.rule in self._flow.state.failed_rules]
        self.report.notice += [{"reason": words} for words in failed or [self._flow.state.reason]]
        return False

    def _asks_staff(self) -> bool:
        if self._flow.state.reason:
            return self._stops()
        self._flow.does(ev.StaffCodeEntered("", ""))
        return True

    def _fills_in(self) -> bool:
        if self._flow.state.invalid_fields:
            self.report.notice += [{"field": name, "reason": reason} for name, reason in self._flow.state.invalid_fields]
            return False
        item = self._flow.item
        for asked in knowing.shown(item, self._flow.context):
            if asked.name not in self.session.prefilled and not self.session.values.get(asked.name):
                self._flow.does(ev.FieldEntered(asked.name, self._resident.answer(asked, self._flow.context.today)))
                self.report.asked_fields.append(asked.name)
        remaining = knowing.shown(item, self._flow.context)
        if all(self.session.values.get(one.name) or not one.required for one in remaining):
            self._flow.does(ev.Continue())
        return True

    def _hands_in(self) -> bool:
        item = self._flow.item
        lines = knowing.papers(item, self._flow.context)
        open_line = next((line for line in lines if line.status is Status.TO_DO), None)
        if open_line is None:
            if missing := [line for line in lines if line.status is Status.MISSING]:
                self.report.asked_materials += [line.id for line in missing]
                self.report.notice += [{"material": line.id, "reason": "papers.missing"} for line in missing]
                return False
            return self._goes_on()
        way = next(way for way in _PAPER_WAYS if way in open_line.ways)
        match way:
            case From.DECLARE:
                self.report.declared_materials.append(open_line.id)
                self._flow.does(PaperTouched(open_line.id, way), PaperDeclared(open_line.id))
            case From.PROMISE:
                self.report.asked_materials.append(open_line.id)
                self.report.notice.append({"material": open_line.id, "due": knowing.due(open_line, self._flow.context)})
                self._flow.does(PaperTouched(open_line.id, way), PaperPromised(open_line.id))
            case _:
                self.report.asked_materials.append(open_line.id)
                self._flow.does(PaperTouched(open_line.id, way))
                if self.session.taken is not None:
                    self._flow.does(PageKept())
                if self._flow.state.reason:
                    return self._stops()
        return True

    def _chooses_handling(self) -> bool:
        """The own region, and the first way to get the outcome; the address is the card's."""
        item = self._flow.item
        if self._flow.state.invalid_fields:
            return self._stops()
        if ways := handling.ways_of(item):
            self._flow.does(ev.FieldEntered(handling.RECEIVING, ways[0].value))
        return self._goes_on()

    def _signs(self) -> bool:
        self._flow.does(ev.SignatureDrawn(_SIGNATURE))
        return True

    def _takes_slip(self) -> bool:
        session = self.session
        self.report.case_id, self.report.receipt_number = session.case_id, session.receipt_number
        self.report.parts = [number for _, number in session.others]
        self.report.delivered = session.delivered
        return self._goes_on()

    def _skips_rating(self) -> bool:
        self._flow.does(ev.RatingSkipped())
        return False


_ACTIONS: dict[Step, Callable[[HeadlessVisit], bool]] = {
    Step.HOME: HeadlessVisit._at_home,
    Step.GUIDE: HeadlessVisit._goes_on,
    Step.CONSENT: HeadlessVisit._consents,
    Step.ROUTE: HeadlessVisit._chooses_route,
    Step.FACE_CONSENT: HeadlessVisit._consents,
    Step.STAFF: HeadlessVisit._asks_staff,
    Step.CARD: HeadlessVisit._stops,
    Step.FACE: HeadlessVisit._stops,
    Step.CREDENTIAL: HeadlessVisit._stops,
    Step.NOT_ELIGIBLE: HeadlessVisit._not_eligible,
    Step.FORM: HeadlessVisit._fills_in,
    Step.PAPERS: HeadlessVisit._hands_in,
    Step.HANDLING: HeadlessVisit._chooses_handling,
    Step.REVIEW: HeadlessVisit._goes_on,
    Step.SIGN: HeadlessVisit._signs,
    Step.NOT_ACCEPTED: HeadlessVisit._stops,
    Step.SLIP: HeadlessVisit._takes_slip,
    Step.PROOF: HeadlessVisit._goes_on,
    Step.RATING: HeadlessVisit._skips_rating,
}
"""What a resident does at each step; False ends the visit. Steps that are not named wait for what the world answers."""
