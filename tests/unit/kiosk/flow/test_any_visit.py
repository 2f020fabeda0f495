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
from tests.helpers.people import (
    FACE,
    INSURANCE,
    PERMIT,
    SENIOR,
    TODAY,
    all_ready,
    sample_catalogue,
    sample_portrait,
    sample_signature,
)
from tests.helpers.visitor import DEVICES, Visitor

CATALOGUE = sample_catalogue()
_ITEMS = st.sampled_from((INSURANCE, PERMIT, SENIOR))
_PROVED = frozenset({Step.FORM, Step.REVIEW, Step.SIGN, Step.COMMITTING, Step.NOT_ACCEPTED, Step.DELIVERING, Step.SLIP})


class _Watched(Visitor):
    """Looks at every single step, whoever drives it."""

    def __init__(self) -> None:
        super().__init__(CATALOGUE)
        self.stored = self.commits = 0

    def does(self, *events: ev.Event) -> Visitor:
        for event in events:
            before = self.state.step
            self.asked.clear()
            super().does(event)
            self.commits += self.asked_for(fx.CommitCase)
            self.stored += before is Step.COMMITTING and isinstance(event, ev.CaseStored)
            if self.asked_for(fx.MatchFace):
                self._face_was_consented_to()
            if self.state.step is Step.FORM and before is not Step.FORM and before is not Step.REVIEW:
                self._form_is_earned()
            for miss in (effect for effect in self.asked if isinstance(effect, fx.NoteMiss)):
                assert (before, miss.text) == (Step.SEARCH, "飞机票")
                assert self.state.step in (Step.HOME, Step.FAREWELL)
                assert self.session.query == ""
        return self

    def _face_was_consented_to(self) -> None:
        assert self.session.person is not None
        (consent,) = [record for record in self.session.consents if record.purpose == PURPOSE_FACE]
        assert consent.granted
        age = self.session.person.age_on(TODAY)
        assert age is not None
        assert consent.given_by == ("guardian" if age < CONSENTS_FROM_AGE else "self")
        assert bool(consent.guardian_name) is (age < CONSENTS_FROM_AGE)

    def _form_is_earned(self) -> None:
        assert self.session.proof is not None
        assert self.session.proof.level >= self.context.item(self.state.item_code).level


class AnyVisit(RuleBasedStateMachine):
    """Likely ways through, so that the deep steps are reached, and anything at all in between."""

    def __init__(self) -> None:
        super().__init__()
        self.visitor = _Watched()

    def _from_rest(self) -> None:
        """A new visit, wherever the last one was."""
        self.visitor.does(
            ev.CaseRefused("store.busy"), ev.DeliveryKnown(False), ev.Quit(), ev.FarewellOver(), ev.ServiceChanged(True)
        )

    @rule(event=any_event())
    def anything_happens(self, event: ev.Event) -> None:
        self.visitor.does(event)

    @rule(item=_ITEMS, route=st.sampled_from(Route), person=st.sampled_from((ELDER, CHILD, NEWCOMER)))
    def somebody_identifies(self, item: str, route: Route, person: Person) -> None:
        self._from_rest()
        self.visitor.identifies(item, route, person)

    @rule(item=_ITEMS, guardian=st.sampled_from((ELDER, CHILD)), answer=st.booleans())
    def a_child_comes(self, item: str, guardian: Person, answer: bool) -> None:
        self._from_rest()
        self.visitor.chooses(item, FACE).does(ev.ConsentAnswered(True), ev.CardWasRead(CHILD, sample_portrait()))
        if self.visitor.state.step is Step.GUARDIAN_CARD:
            assert not self.visitor.session.consents[1:], "a child's own yes is void"
        self.visitor.does(ev.GuardianCardRead(guardian), ev.ConsentAnswered(answer))

    @rule(item=_ITEMS, first=st.integers(0, 4), second=st.integers(0, 4), rests=st.sampled_from((0.0, 301.0)))
    def a_code_is_refused(self, item: str, first: int, second: int, rests: float) -> None:
        """No card stands behind these tries: the visit itself must remember them."""
        self._from_rest()
        for times in (first, second):
            self.visitor.chooses(item, Route.ELECTRONIC_CREDENTIAL)
            for _ in range(times):
                self.visitor.does(ev.CredentialFailed("credential.expired"), ev.TryAgain())
            self.visitor.waits(rests)
            self.visitor.does(ev.Back(), ev.Back(), ev.Back())

    @rule(
        first=st.tuples(_ITEMS, st.sampled_from(Route)),
        second=st.tuples(_ITEMS, st.sampled_from(Route)),
        person=st.sampled_from((ELDER, NEWCOMER)),
        comes=st.sampled_from((ELDER, NEWCOMER)),
    )
    def two_matters(self, first: tuple[str, Route], second: tuple[str, Route], person: Person, comes: Person) -> None:
        """The second is asked for by the same person, or by somebody who takes over."""
        self._from_rest()
        visitor = self.visitor
        visitor.context = replace(visitor.context, readiness=all_ready(CATALOGUE))
        visitor.identifies(*first, person)
        self._hands_in()
        visitor.does(ev.Continue(), ev.RatingSkipped(), ev.AnotherItem(), ev.ItemChosen(second[0]), ev.Continue())
        known = visitor.session.person if visitor.session.proof is not None else None
        visitor.does(ev.ConsentAnswered(True), ev.RouteChosen(second[1]), ev.CardWasRead(comes, None))
        assert known in (None, visitor.session.person), "one visit is one person's"

    @precondition(lambda self: self.visitor.state.step is Step.FORM)
    @rule()
    def the_case_is_handed_in(self) -> None:
        self._hands_in()

    def _hands_in(self) -> None:
        for name, value in (("phone", "13800000000"), ("period", "all"), ("collect", "hall"), ("current_address", "x")):
            self.visitor.does(ev.FieldEntered(name, value))
        self.visitor.does(ev.FieldEntered("reason", "work"), ev.Continue(), ev.Continue(), ev.SignatureDrawn(sample_signature()))
        self.visitor.does(ev.CaseStored("id", "number", "now"), ev.DeliveryKnown(True))

    @rule(seconds=st.sampled_from((1.0, 61.0, 301.0)))
    def time_passes(self, seconds: float) -> None:
        self.visitor.waits(seconds)

    @rule(device=st.sampled_from((*DEVICES, "")), network=st.booleans())
    def something_breaks_or_is_mended(self, device: str, network: bool) -> None:
        devices = DEVICES | ({device: "disconnected"} if device else {})
        facts = Facts(devices=devices, store=StoreHealth(network_up=network))
        self.visitor.context = replace(self.visitor.context, readiness=assess(facts, CATALOGUE))
        self.visitor.does(ev.ServiceChanged(True))

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
        assert self.visitor.stored <= self.visitor.commits


AnyVisit.TestCase.settings = settings(
    max_examples=200, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
test_any_visit = AnyVisit.TestCase
