"""政策通: the public list for everybody, matched with reasons once it is proved who asks, applied for with one touch."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kiosk.catalogue.files import Condition
from kiosk.catalogue.rules import FactValue, Verdict
from kiosk.domain.identity import Route
from kiosk.domain.language import Words
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow import policies
from kiosk.flow.moves import PURPOSE_POLICIES
from kiosk.flow.policies import Match
from kiosk.flow.policy_events import PoliciesMatched, PoliciesOpened
from kiosk.flow.policy_views import PoliciesView, PolicyCard
from kiosk.flow.states import Step
from kiosk.services.papers import question_for
from tests.helpers.people import sample_person
from tests.helpers.visitor import CODE, Visitor, proof_by

SHARED: dict[str, FactValue] = {"social_insurance_months": 6, "household": "local", "credit_standing": "good"}


@pytest.fixture
def subject() -> Visitor:
    return Visitor().does(ev.Touched(), PoliciesOpened())


def _identified(visitor: Visitor) -> Visitor:
    visitor.does(PoliciesMatched(), ev.RouteChosen(CODE), ev.CredentialShown(sample_person(), proof_by(CODE)))
    assert visitor.state.step is Step.POLICIES
    return visitor


def _view(visitor: Visitor) -> PoliciesView:
    shown = visitor.shown()
    assert isinstance(shown, PoliciesView)
    return shown


def _cards(visitor: Visitor) -> dict[str, PolicyCard]:
    return {card.id: card for card in _view(visitor).cards}


def test_without_a_name_the_list_is_the_public_one_and_nothing_is_decided(subject: Visitor) -> None:
    view = _view(subject)
    assert (len(view.cards), view.known_as, view.may_match) == (12, "", True)
    assert {card.fits for card in view.cards if card.conditions} == {Verdict.OPEN}
    assert not subject.session.consents


def test_who_asks_is_proved_first_and_the_card_decides_what_it_can(subject: Visitor) -> None:
    _identified(subject)
    cards = _cards(subject)
    assert cards["senior_bus"].fits is Verdict.YES, "68 years old"
    assert cards["senior_allowance"].fits is Verdict.NO
    assert cards["flexible_subsidy"].fits is Verdict.OPEN
    assert [verdict for _, verdict in cards["flexible_subsidy"].conditions] == [Verdict.YES, Verdict.OPEN]
    order = [card.fits for card in _view(subject).cards]
    assert order == sorted(order, key=[Verdict.YES, Verdict.OPEN, Verdict.NO].index)
    assert sample_person().name not in repr(_view(subject))


def test_authorities_are_asked_only_for_what_is_open_and_with_a_consent_of_its_own(subject: Visitor) -> None:
    _identified(subject).does(PoliciesMatched(), PoliciesMatched())
    fetches = [effect for effect in subject.asked if isinstance(effect, fx.FetchShared)]
    assert len(fetches) == 1
    assert "social_insurance_months" in fetches[0].elements
    consent = subject.session.consent_to(PURPOSE_POLICIES)
    assert consent is not None
    assert consent.granted
    question = question_for(fetches[0].elements, subject.session, "")
    assert (question.purpose, question.consented_at_ms) == (PURPOSE_POLICIES, consent.at_ms)
    subject.does(ev.SharedFetched(SHARED, frozenset(fetches[0].elements), "sharing.incomplete"))
    assert _cards(subject)["flexible_subsidy"].fits is Verdict.NO, "half a year is less than a year"
    assert subject.state.reason == "policies.incomplete"
    assert not _view(subject).may_match, "nobody is asked twice for the same"


def test_nothing_is_asked_of_authorities_for_a_policy_that_surely_does_not_fit(subject: Visitor) -> None:
    _identified(subject)
    wanted = set(policies.to_fetch(subject.context))
    against = [one for one in policies.matches(subject.context) if one.fits is Verdict.NO]
    assert against
    rules = subject.context.catalogue.rules
    open_ones = {
        name
        for one in policies.matches(subject.context)
        if one.fits is Verdict.OPEN
        for condition in one.policy.conditions
        for name in rules.origins(policies.names_in(condition.rule))
    }
    assert wanted <= open_ones


def test_offline_the_page_says_so_and_stays(subject: Visitor) -> None:
    _identified(subject)
    subject.context = replace(subject.context, readiness=replace(subject.context.readiness, sharing=False))
    subject.does(PoliciesMatched())
    assert (subject.state.step, subject.state.reason, subject.asked_for(fx.FetchShared)) == (Step.POLICIES, "policies.offline", 0)


def test_one_touch_applies_and_what_was_fetched_for_matching_is_not_used_for_it(subject: Visitor) -> None:
    _identified(subject).does(PoliciesMatched(), ev.SharedFetched(SHARED, frozenset(SHARED)))
    card = _cards(subject)["senior_bus"]
    subject.does(ev.ItemChosen(card.item_code))
    assert (subject.state.step, subject.state.item_code) == (Step.GUIDE, card.item_code)
    assert (subject.session.shared, subject.session.gathered) == ({}, frozenset())
    assert subject.session.proof is not None, "who is proved stays so"
    assert not _cards(Visitor().does(ev.Touched(), PoliciesOpened()))["senior_allowance"].item_code


def test_a_matter_that_cannot_be_done_now_is_not_offered_and_leads_nowhere(subject: Visitor) -> None:
    card = _cards(_identified(subject))["senior_bus"]
    closed = replace(subject.context.readiness, item_reasons={card.item_code: "store.backlog_full"})
    subject.context = replace(subject.context, readiness=closed)
    assert not _cards(subject)["senior_bus"].item_code
    subject.does(ev.ItemChosen(card.item_code), PoliciesMatched())
    assert (subject.state.step, subject.state.item_code) == (Step.POLICIES, "")


def test_leaving_while_authorities_are_asked_stops_the_question_and_forgets(subject: Visitor) -> None:
    _identified(subject).does(PoliciesMatched(), ev.Back())
    assert (subject.state.step, subject.asked_for(fx.CancelGathering)) == (Step.HOME, 1)
    subject.does(ev.SharedFetched(SHARED, frozenset(SHARED)), ev.Quit())
    assert subject.session.is_empty


def test_back_from_the_ways_leads_to_the_list(subject: Visitor) -> None:
    subject.does(PoliciesMatched(), ev.RouteChosen(Route.ELECTRONIC_CREDENTIAL), ev.Back(), ev.Back())
    assert subject.state.step is Step.POLICIES


@pytest.mark.parametrize(("today", "count"), [(date(2025, 12, 31), 0), (date(2026, 1, 1), 12), (date(2026, 12, 31), 12)])
def test_only_what_is_in_force_is_shown(subject: Visitor, today: date, count: int) -> None:
    subject.context = replace(subject.context, today=today)
    assert len(_view(subject).cards) == count


def test_a_rule_that_cannot_be_computed_decides_nothing() -> None:
    visitor = _identified(Visitor().does(ev.Touched(), PoliciesOpened()))
    broken = Condition(rule="1 / (age - age) > 0", otherwise=Words(zh="坏", en="broken"))
    policy = visitor.context.catalogue.policies[0].model_copy(update={"conditions": (broken,)})
    catalogue = replace(visitor.context.catalogue, policies=(policy,))
    visitor.context = replace(visitor.context, catalogue=catalogue)
    (match,) = policies.matches(visitor.context)
    assert match == Match(policy, (Verdict.OPEN,))
