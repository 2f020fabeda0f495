"""Whatever happens, in whatever order: what must never be true of a visit."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kiosk.domain.identity import LEAST_ROUTES, Person, Route
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.guardians import CONSENTS_FROM_AGE
from kiosk.flow.moves import PURPOSE_FACE
from kiosk.flow.states import AT_REST, Step
from kiosk.flow.views import RouteView
from kiosk.readiness import Facts, StoreHealth, assess
from tests.helpers.any_event import CHILD, ELDER, NEWCOMER, any_event
from tests.helpers.people import FACE, INSURANCE, PERMIT, SENIOR, TODAY, sample_catalogue, sample_signature
from tests.helpers.visitor import DEVICES, Visitor

CATALOGUE = sample_catalogue()
_PROVED = frozenset({Step.FORM, Step.REVIEW, Step.SIGN, Step.COMMITTING, Step.NOT_ACCEPTED, Step.DELIVERING, Step.SLIP})


class AnyVisit(RuleBasedStateMachine):
    """Likely ways through, so that the deep steps are reached, and anything at all in between."""

    def __init__(self) -> None:
        super().__init__()
        self.visitor = Visitor(CATALOGUE)
        self.stored = self.commits = 0

    def _does(self, *events: ev.Event) -> None:
        for event in events:
            before = self.visitor.state.step
            self.visitor.asked.clear()
            self.visitor.does(event)
            self.commits += self.visitor.asked_for(fx.CommitCase)
            self.stored += before is Step.COMMITTING and isinstance(event, ev.CaseStored)
            if self.visitor.asked_for(fx.MatchFace):
                self._face_was_consented_to()

    def _face_was_consented_to(self) -> None:
        session = self.visitor.session
        assert session.person is not None
        (consent,) = [record for record in session.consents if record.purpose == PURPOSE_FACE]
        assert consent.granted
        age = session.person.age_on(TODAY)
        assert age is not None
        assert consent.given_by == ("guardian" if age < CONSENTS_FROM_AGE else "self")
        assert bool(consent.guardian_name) is (age < CONSENTS_FROM_AGE)

    @rule(event=any_event())
    def anything_happens(self, event: ev.Event) -> None:
        self._does(event)

    @rule(
        item=st.sampled_from((INSURANCE, PERMIT, SENIOR)),
        route=st.sampled_from(Route),
        person=st.sampled_from((ELDER, CHILD, NEWCOMER)),
    )
    def somebody_identifies(self, item: str, route: Route, person: Person) -> None:
        commits = self.visitor.asked_for(fx.CommitCase)
        self.visitor.identifies(item, route, person)
        self.commits += self.visitor.asked_for(fx.CommitCase) - commits

    @rule(seconds=st.sampled_from((1.0, 61.0, 301.0)))
    def time_passes(self, seconds: float) -> None:
        self.visitor.waits(seconds)

    @rule(device=st.sampled_from(tuple(DEVICES)), network=st.booleans())
    def something_breaks(self, device: str, network: bool) -> None:
        facts = Facts(devices=DEVICES | {device: "disconnected"}, store=StoreHealth(network_up=network))
        self.visitor.context = replace(self.visitor.context, readiness=assess(facts, CATALOGUE))
        self._does(ev.ServiceChanged(True))

    @precondition(lambda self: self.visitor.state.step is Step.FORM)
    @rule()
    def the_case_is_handed_in(self) -> None:
        for name, value in (("phone", "13800000000"), ("period", "all"), ("collect", "hall"), ("current_address", "x")):
            self._does(ev.FieldEntered(name, value))
        self._does(ev.FieldEntered("reason", "work"), ev.Continue(), ev.Continue())
        self._does(ev.SignatureDrawn(sample_signature()), ev.CaseStored("id", "number", "now"), ev.DeliveryKnown(True))

    @invariant()
    def every_screen_can_be_shown(self) -> None:
        self.visitor.shown()

    @invariant()
    def no_form_without_a_proof_of_enough_level(self) -> None:
        visitor = self.visitor
        if visitor.state.step in _PROVED:
            assert visitor.session.proof is not None
            assert visitor.session.person is not None
            assert visitor.session.proof.level >= visitor.context.item(visitor.state.item_code).level
            assert visitor.session.portrait is None
            assert visitor.session.guardian is None

    @invariant()
    def rest_holds_nothing_and_all_items_only_who_is_proved(self) -> None:
        state, session = self.visitor.state, self.visitor.session
        if state.step in AT_REST | {Step.FAREWELL}:
            assert session.is_empty
        if state.step in (Step.HOME, Step.ANOTHER):
            assert not session.holds_a_case
            assert session.is_empty or session.proof is not None
            assert not session.guardian
            assert not session.sms_request

    @invariant()
    def three_tries_at_most(self) -> None:
        assert all(0 < tries < self.visitor.context.max_tries for _route, tries in self.visitor.state.tries)

    @invariant()
    def two_ways_at_least_are_shown_the_face_last_and_nothing_chosen(self) -> None:
        model = self.visitor.shown()
        if isinstance(model, RouteView):
            assert len(model.options) >= LEAST_ROUTES
            assert model.options[0].route is not FACE

    @invariant()
    def nothing_is_stored_that_was_not_asked_for(self) -> None:
        assert self.stored <= self.commits


AnyVisit.TestCase.settings = settings(
    max_examples=120, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
test_any_visit = AnyVisit.TestCase
