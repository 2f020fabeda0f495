"""A search that found nothing is noted when it is given up, and only then."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.states import Step
from kiosk.services.finding import Finder
from tests.helpers.people import SENIOR, STAFF, sample_catalogue, sample_signature
from tests.helpers.visitor import Visitor

IN_VAIN = "飞机票"


@pytest.fixture
def subject() -> Visitor:
    catalogue = sample_catalogue()
    visitor = Visitor(catalogue)
    visitor.context = replace(visitor.context, find=Finder(catalogue).find)
    return visitor.does(ev.Touched(), ev.SearchOpened())


def noted(visitor: Visitor) -> list[str]:
    return [effect.text for effect in visitor.asked if isinstance(effect, fx.NoteMiss)]


@pytest.mark.parametrize(("leaving", "to"), [(ev.Back(), Step.HOME), (ev.Quit(), Step.FAREWELL), (ev.IdleEnded(), Step.FAREWELL)])
def test_whoever_leaves_with_nothing_found_leaves_what_they_looked_for(subject: Visitor, leaving: ev.Event, to: Step) -> None:
    subject.does(ev.SearchTyped("飞"), ev.SearchTyped("飞机"), ev.SearchTyped(f" {IN_VAIN} 2 "))
    assert noted(subject) == [], "who still types has not given up"
    subject.does(leaving)
    assert (noted(subject), subject.state.step, subject.session.query) == ([IN_VAIN], to, "")
    assert subject.asked.index(fx.NoteMiss(IN_VAIN)) < subject.asked.index(fx.Wipe())


@pytest.mark.parametrize("typed", ["", "  ", "x", "老年", "13800000000", f"林小海 330304195803140021{IN_VAIN}"])
@pytest.mark.parametrize("leaving", [ev.Back(), ev.Quit(), ev.IdleEnded()])
def test_what_is_nothing_or_found_or_a_number_is_not_noted(subject: Visitor, typed: str, leaving: ev.Event) -> None:
    subject.does(ev.SearchTyped(typed), leaving)
    assert noted(subject) == []


def test_a_find_after_a_miss_is_no_miss(subject: Visitor) -> None:
    subject.does(ev.SearchTyped(IN_VAIN), ev.SearchTyped("老人"), ev.ItemChosen(SENIOR))
    assert subject.state.step is Step.GUIDE
    subject.does(ev.Back(), ev.SearchOpened(), ev.Back(), ev.Quit())
    assert noted(subject) == []


@pytest.mark.parametrize("event", [ev.IdleWarned(), ev.StayHere(), ev.ItemChosen("?")])
def test_whoever_stays_has_not_given_up(subject: Visitor, event: ev.Event) -> None:
    subject.does(ev.SearchTyped(IN_VAIN), event)
    assert (noted(subject), subject.session.query) == ([], IN_VAIN)


def test_one_search_of_somebody_who_is_known_counts_once() -> None:
    """Who is proved stays so when they go back, and so would what they typed."""
    visitor = Visitor().identifies(SENIOR, STAFF)
    visitor.does(ev.FieldEntered("collect", "village"), ev.FieldEntered("phone", "13800000000"), ev.Continue(), ev.Continue())
    visitor.does(ev.SignatureDrawn(sample_signature()), ev.CaseStored("id", "number", "now"), ev.DeliveryKnown(True))
    visitor.does(ev.SlipPrinted("id"), ev.Continue(), ev.RatingSkipped(), ev.AnotherItem())
    assert (visitor.state.step, visitor.session.proof is None) == (Step.HOME, False)
    visitor.does(ev.SearchOpened(), ev.SearchTyped(IN_VAIN), ev.Back(), ev.SearchOpened(), ev.Back(), ev.Quit())
    assert noted(visitor) == [IN_VAIN]


def test_no_words_of_a_resident_show_in_what_is_printed() -> None:
    assert IN_VAIN not in repr(fx.NoteMiss(IN_VAIN))
