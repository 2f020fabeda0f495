"""Drives the machine and its session as the runner does, without devices, on a clock that the test moves."""

from __future__ import annotations

from dataclasses import replace

from kiosk.catalogue.models import Catalogue
from kiosk.catalogue.rules import FactValue
from kiosk.domain.identity import AssuranceLevel, Person, Proof, Route
from kiosk.domain.papers import ScannedPage
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow import machine
from kiosk.flow.context import Context
from kiosk.flow.presenter import present
from kiosk.flow.session import SessionContext
from kiosk.flow.states import FlowState, Step
from kiosk.flow.views import Model
from kiosk.readiness import Facts, Means, assess
from kiosk.services.calendar import packaged_calendar
from tests.helpers.people import FACE, STAFF, TODAY, all_ready, sample_catalogue, sample_person, sample_portrait

CODE, SMS = Route.ELECTRONIC_CREDENTIAL, Route.ID_CARD_SMS
DEVICES = dict.fromkeys(("id_card_reader", "camera", "receipt_printer", "barcode_scanner"), "")


def proof_by(route: Route) -> Proof:
    """A proof of the level that the way gives."""
    return Proof(route, route.level)


class Visitor:
    """Events in, state and effects out."""

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        self.session = SessionContext()
        catalogue = catalogue or sample_catalogue()
        self.context = Context(catalogue, all_ready(catalogue), self.session, TODAY, working_days=packaged_calendar())
        self.state = FlowState()
        self.asked: list[fx.Effect] = []
        self.pauses_at_authorities = False
        self.shared: dict[str, FactValue] = {"residence_registered_since": "2024-03-15", "social_insurance_status": "正常参保"}

    def does(self, *events: ev.Event) -> Visitor:
        for event in events:
            self.state, effects = machine.step(self.state, event, self.context)
            self.asked.extend(effects)
            for effect in effects:
                if isinstance(effect, fx.Wipe):
                    self.session.wipe()
                elif isinstance(effect, fx.SessionEffect):
                    self.session.apply(effect, now_ms=1)
            self._ask_authorities()
            if isinstance(event, ev.CardWasRead) and event.portrait is not None and event.portrait is not self.session.portrait:
                event.portrait.forget()
        return self

    def _ask_authorities(self) -> None:
        """Authorities know what ``shared`` says, and nothing else."""
        while self.state.step is Step.GATHERING and not self.pauses_at_authorities:
            asked = next(effect for effect in reversed(self.asked) if isinstance(effect, fx.FetchShared))
            known = {name: self.shared[name] for name in asked.elements if name in self.shared}
            self.does(ev.SharedFetched(known, frozenset(asked.elements)))

    def has_document_camera(self) -> None:
        """Papers can be scanned from now on."""
        facts = Facts(devices=DEVICES | {"document_camera": ""}, means=Means(document_camera=True))
        self.context = replace(self.context, readiness=assess(facts, self.context.catalogue))

    @staticmethod
    def page(material: str) -> ScannedPage:
        """A page of this paper."""
        return ScannedPage(material, bytearray(b"a picture of a page"))

    def waits(self, seconds: float) -> Visitor:
        self.context = replace(self.context, now_s=self.context.now_s + seconds)
        return self

    def breaks(self, **troubles: str) -> Visitor:
        """Devices say this of themselves from now on."""
        ready = assess(Facts(devices=DEVICES | troubles), self.context.catalogue)
        self.context = replace(self.context, readiness=ready)
        return self.does(ev.ServiceChanged(True))

    def chooses(self, item: str, route: Route) -> Visitor:
        """From rest, or from all items, to the step after the choice of the way."""
        return self.does(ev.Touched(), ev.ItemChosen(item), ev.Continue(), ev.ConsentAnswered(True), ev.RouteChosen(route))

    def identifies(self, item: str, route: Route, person: Person | None = None) -> Visitor:
        """The whole way to the form."""
        who = person or sample_person()
        self.chooses(item, route)
        if route is CODE:
            return self.does(ev.CredentialShown(who, proof_by(CODE)))
        if route is FACE:
            self.does(ev.ConsentAnswered(True))
        self.does(ev.CardWasRead(who, sample_portrait()))
        if route is SMS:
            self.does(ev.SmsSent("138****0000", "request-1"), ev.SmsCodeEntered("123456"))
        if route is STAFF:
            self.does(ev.StaffCodeEntered("1001", "246810"))
        return self.does(ev.PersonProved(proof_by(route)))

    def fails(self, *reasons: str) -> Visitor:
        """The face check or the staff fail, with another try between."""
        for reason in reasons:
            self.does(ev.ProofFailed(reason), ev.TryAgain())
        return self

    def shown(self) -> Model:
        """What the screen shows."""
        return present(self.state, self.context).model

    def asked_for(self, kind: type[fx.Effect]) -> int:
        """How often something was asked for."""
        return sum(isinstance(effect, kind) for effect in self.asked)


PROVED_L3 = Proof(FACE, AssuranceLevel.L3)
