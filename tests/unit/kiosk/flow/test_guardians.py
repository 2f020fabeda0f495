"""A child under 14 and the face: a guardian answers, with a card of their own."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.domain.identity import Person
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.states import Step
from kiosk.flow.views import GuardianConsentView
from tests.helpers.people import FACE, INSURANCE, STAFF, TODAY, sample_person, sample_portrait
from tests.helpers.visitor import Visitor, proof_by

CHILD = sample_person(name="测试·林小小", id_number="330302201605010003", birth=date(2016, 5, 1))
GUARDIAN = sample_person()


@pytest.fixture
def subject() -> Visitor:
    """At the step where a guardian's card is waited for."""
    visitor = Visitor().chooses(INSURANCE, FACE)
    return visitor.does(ev.ConsentAnswered(True), ev.CardWasRead(CHILD, sample_portrait()))


def _face_consents(visitor: Visitor) -> list[tuple[bool, str, str]]:
    return [(c.granted, c.given_by, c.guardian_id_number) for c in visitor.session.consents if c.purpose == "face"]


def test_the_child_s_own_yes_is_void_and_the_camera_closes(subject: Visitor) -> None:
    assert subject.state.step is Step.GUARDIAN_CARD
    assert _face_consents(subject) == []
    assert subject.asked.index(fx.CancelIdentify()) > subject.asked.index(fx.PrepareCamera())
    assert fx.ReadGuardianCard() in subject.asked
    assert not subject.asked_for(fx.MatchFace)


def test_with_the_guardian_s_yes_the_check_runs_and_the_record_names_the_guardian(subject: Visitor) -> None:
    subject.does(ev.GuardianCardRead(GUARDIAN))
    assert subject.state.step is Step.GUARDIAN_CONSENT
    assert subject.shown() == GuardianConsentView(GUARDIAN.name, CHILD.name)
    subject.does(ev.ConsentAnswered(True))
    assert (subject.state.step, subject.asked[-1]) == (Step.FACE, fx.MatchFace())
    assert _face_consents(subject) == [(True, "guardian", GUARDIAN.id_number)]
    assert subject.session.guardian is None
    subject.does(ev.PersonProved(proof_by(FACE)))
    assert subject.state.step is Step.FORM
    assert subject.session.person == CHILD


def test_the_record_shows_nobody_in_words_and_holds_no_picture(subject: Visitor) -> None:
    subject.does(ev.GuardianCardRead(GUARDIAN), ev.ConsentAnswered(True))
    record = next(c for c in subject.session.consents if c.purpose == "face")
    assert record.guardian_name == GUARDIAN.name
    assert GUARDIAN.name not in repr(record)
    assert GUARDIAN.id_number not in repr(record)
    assert not any(hasattr(record, name) for name in ("image", "portrait", "picture"))


def test_the_guardian_s_no_is_recorded_and_leads_to_the_other_ways(subject: Visitor) -> None:
    subject.does(ev.GuardianCardRead(GUARDIAN), ev.ConsentAnswered(False))
    assert subject.state.step is Step.ROUTE
    assert _face_consents(subject) == [(False, "guardian", GUARDIAN.id_number)]
    assert subject.session.portrait is None
    assert not subject.asked_for(fx.MatchFace)
    assert subject.does(ev.RouteChosen(STAFF)).state.step is Step.CARD


@pytest.mark.parametrize("leave", [ev.AnotherWay(), ev.Back()])
@pytest.mark.parametrize("before", [(), (ev.GuardianCardRead(GUARDIAN),)])
def test_without_a_guardian_the_other_ways_are_there_and_nothing_is_kept_of_one(
    subject: Visitor, leave: ev.Event, before: tuple[ev.Event, ...]
) -> None:
    subject.does(*before, leave)
    assert subject.state.step is Step.ROUTE
    assert subject.session.guardian is None
    assert subject.session.portrait is None
    assert _face_consents(subject) == []


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        (CHILD, "guardian.same_card"),
        (sample_person(birth=TODAY.replace(year=TODAY.year - 17)), "guardian.not_adult"),
        (sample_person(birth=None), "guardian.not_adult"),
        (sample_person(card_valid_to=date(2025, 1, 1)), "guardian.card_expired"),
    ],
)
def test_not_every_card_is_a_guardian_s(subject: Visitor, card: Person, reason: str) -> None:
    subject.does(ev.GuardianCardRead(card))
    assert (subject.state.step, subject.state.reason, subject.state.busy) == (Step.GUARDIAN_CARD, reason, False)
    assert subject.session.guardian is None
    subject.does(ev.TryAgain(), ev.GuardianCardRead(GUARDIAN))
    assert subject.state.step is Step.GUARDIAN_CONSENT


@pytest.mark.parametrize(("birth", "step"), [(date(2012, 11, 24), Step.GUARDIAN_CARD), (date(2012, 11, 23), Step.FACE)])
def test_from_the_fourteenth_birthday_on_one_answers_for_oneself(birth: date, step: Step) -> None:
    visitor = Visitor().chooses(INSURANCE, FACE).does(ev.ConsentAnswered(True))
    assert visitor.does(ev.CardWasRead(sample_person(birth=birth), sample_portrait())).state.step is step


def test_no_other_way_asks_for_a_guardian() -> None:
    visitor = Visitor().chooses(INSURANCE, STAFF)
    assert visitor.does(ev.CardWasRead(CHILD, sample_portrait())).state.step is Step.STAFF


def test_a_reader_lost_meanwhile_is_waited_for(subject: Visitor) -> None:
    subject.breaks(id_card_reader="disconnected").does(ev.CardFailed("card.reader_lost")).asked.clear()
    subject.breaks()
    assert subject.asked == [fx.ReadGuardianCard()]


def test_when_the_visit_ends_nothing_of_the_guardian_is_left(subject: Visitor) -> None:
    subject.does(ev.GuardianCardRead(GUARDIAN), ev.IdleWarned(), ev.IdleEnded())
    assert subject.session.is_empty


@pytest.mark.parametrize("reason", ["guardian.same_card", "card.no_card", "card.unreadable"])
def test_a_guardian_s_card_that_is_not_read_costs_the_child_no_try(subject: Visitor, reason: str) -> None:
    for _ in range(5):
        subject.does(ev.CardFailed(reason), ev.TryAgain())
    assert (subject.state.step, subject.state.tries) == (Step.GUARDIAN_CARD, ())
