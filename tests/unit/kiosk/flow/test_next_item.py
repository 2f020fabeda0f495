"""One proof serves every later item of the same visit that needs no higher level."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.domain.identity import Person, Route
from kiosk.domain.rating import Grade, RatingReason
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.finding_views import HomeView
from kiosk.flow.states import Step
from kiosk.flow.views import ConsentView
from tests.helpers.people import FACE, INSURANCE, PERMIT, SENIOR, STAFF, sample_person, sample_portrait, sample_signature
from tests.helpers.visitor import CODE, SMS, Visitor, proof_by

NEWCOMER = sample_person(name="测试·王小江", id_number="420102195801010009", birth=date(1958, 1, 1))
ANSWERS = (
    *(
        ("collect", "village"),
        ("period", "all"),
        ("phone", "13800000000"),
        ("reason", "work"),
        ("current_address", "测试路 2 号"),
    ),
)


@pytest.fixture
def subject() -> Visitor:
    return Visitor()


def _hand_in(visitor: Visitor) -> Visitor:
    assert visitor.state.step is Step.FORM, visitor.state
    visitor.does(*(ev.FieldEntered(*answer) for answer in ANSWERS), ev.Continue())
    if visitor.state.step is Step.HANDLING:
        visitor.does(ev.FieldEntered("handling.receiving", "counter"), ev.Continue())
    visitor.does(
        ev.Continue(), ev.SignatureDrawn(sample_signature()), ev.CaseStored("id", "number", "now"), ev.DeliveryKnown(True)
    )
    visitor.does(ev.SlipPrinted("id"), ev.Continue())
    if visitor.state.step is Step.PROOF:
        visitor.does(ev.Continue())
    visitor.does(ev.RatingSkipped())
    assert visitor.state.step is Step.ANOTHER
    return visitor


def _next(visitor: Visitor, item: str) -> Visitor:
    return visitor.does(ev.AnotherItem(), ev.ItemChosen(item), ev.Continue(), ev.ConsentAnswered(True))


@pytest.mark.parametrize("route", [STAFF, CODE, FACE])
def test_three_items_of_three_departments_one_login(subject: Visitor, route: Route) -> None:
    departments = {subject.context.item(code).department.zh for code in (SENIOR, PERMIT, INSURANCE)}
    assert len(departments) == 3
    _hand_in(subject.identifies(SENIOR, route, NEWCOMER))
    _hand_in(_next(subject, PERMIT))
    _hand_in(_next(subject, INSURANCE))
    assert subject.asked_for(fx.CommitCase) == 3
    assert subject.asked_for(fx.ReadCard) + subject.asked_for(fx.ReadCredential) == 1
    assert subject.asked_for(fx.MatchFace) <= 1
    assert subject.does(ev.Continue()).state.step is Step.FAREWELL
    assert subject.session.is_empty


def test_of_a_case_that_is_done_nothing_is_left_but_who_and_how(subject: Visitor) -> None:
    _hand_in(subject.identifies(SENIOR, STAFF))
    session = subject.session
    assert not session.holds_a_case
    assert session.person == sample_person()
    assert session.proof == proof_by(STAFF)
    subject.does(ev.AnotherItem(), ev.ItemChosen(INSURANCE), ev.Continue(), ev.ConsentAnswered(True))
    assert session.values == {"name": sample_person().name, "id_number": sample_person().id_number}
    assert session.signature is None
    assert session.receipt_number == ""


def test_each_item_asks_for_its_own_consent_to_the_data(subject: Visitor) -> None:
    _hand_in(subject.identifies(SENIOR, STAFF)).does(ev.AnotherItem(), ev.ItemChosen(INSURANCE), ev.Continue())
    assert subject.state.step is Step.CONSENT
    model = subject.shown()
    assert isinstance(model, ConsentView)
    assert model.known
    subject.does(ev.ConsentAnswered(False))
    assert subject.state.step is Step.HOME
    assert subject.session.proof is not None
    assert subject.does(ev.Quit()).session.is_empty


def test_a_higher_level_asks_again_and_only_then(subject: Visitor) -> None:
    _hand_in(subject.identifies(SENIOR, SMS)).does(ev.AnotherItem())
    home = subject.shown()
    assert isinstance(home, HomeView)
    assert home.known_as == "测*****"
    again = {card.code: card.asks_again for card in home.items}
    assert {code: again[code] for code in (SENIOR, INSURANCE, PERMIT)} == {SENIOR: False, INSURANCE: True, PERMIT: True}
    subject.does(ev.ItemChosen(INSURANCE), ev.Continue(), ev.ConsentAnswered(True))
    assert (subject.state.step, subject.state.reason) == (Step.ROUTE, "route.higher_level")
    subject.does(ev.RouteChosen(STAFF), ev.CardWasRead(sample_person(), None), ev.StaffCodeEntered("1", "2"))
    subject.does(ev.PersonProved(proof_by(STAFF)))
    assert (subject.state.step, subject.session.proof) == (Step.FORM, proof_by(STAFF))


SOMEBODY_ELSE = sample_person(id_number="330302196001010013")


@pytest.mark.parametrize(
    ("route", "event", "reason"),
    [
        (STAFF, ev.CardWasRead(SOMEBODY_ELSE, sample_portrait()), "card.other_person"),
        (CODE, ev.CredentialShown(SOMEBODY_ELSE, proof_by(CODE)), "credential.wrong_person"),
    ],
)
def test_one_visit_is_one_person_s(subject: Visitor, route: Route, event: ev.Event, reason: str) -> None:
    _hand_in(subject.identifies(SENIOR, SMS)).does(ev.AnotherItem(), ev.ItemChosen(INSURANCE), ev.Continue())
    subject.does(ev.ConsentAnswered(True), ev.RouteChosen(route), event)
    assert subject.state.reason == reason
    assert subject.state.step in (Step.CARD, Step.CREDENTIAL)
    assert subject.session.person == sample_person()
    assert subject.session.proof == proof_by(SMS)


@pytest.mark.parametrize("person", [sample_person(), NEWCOMER])
def test_eligibility_is_decided_before_the_form_of_the_next_item_too(subject: Visitor, person: Person) -> None:
    _hand_in(subject.identifies(SENIOR, STAFF, person))
    _next(subject, PERMIT)
    assert subject.state.step is (Step.NOT_ELIGIBLE if person == sample_person() else Step.FORM)
    if subject.state.step is Step.NOT_ELIGIBLE:
        subject.does(ev.Continue())
        assert subject.state.step is Step.HOME
        assert subject.session.proof is not None


def test_whoever_walks_away_from_the_question_is_forgotten(subject: Visitor) -> None:
    _hand_in(subject.identifies(SENIOR, STAFF)).does(ev.IdleWarned(), ev.IdleEnded())
    assert subject.state.step is Step.FAREWELL
    assert subject.session.is_empty


def _asked_to_rate(subject: Visitor) -> Visitor:
    subject.identifies(SENIOR, STAFF)
    subject.does(*(ev.FieldEntered(*answer) for answer in ANSWERS), ev.Continue(), ev.Continue())
    subject.does(
        ev.SignatureDrawn(sample_signature()), ev.CaseStored("id", "number", "now"), ev.DeliveryKnown(True), ev.Continue()
    )
    subject.asked.clear()
    return subject


@pytest.mark.parametrize(
    ("event", "kept"),
    [(ev.RatingGiven(Grade.SATISFIED), fx.StoreRating(Grade.SATISFIED)), (ev.RatingSkipped(), fx.StoreRating(None))],
)
def test_the_rating_or_its_skip_is_kept_for_the_case_it_is_about(subject: Visitor, event: ev.Event, kept: fx.StoreRating) -> None:
    _asked_to_rate(subject).does(event)
    assert subject.asked == [kept, fx.ForgetCase()]


@pytest.mark.parametrize("reasons", [(), (RatingReason.SLOW, RatingReason.MACHINE)])
def test_who_is_not_satisfied_may_say_why_and_need_not(subject: Visitor, reasons: tuple[RatingReason, ...]) -> None:
    _asked_to_rate(subject).does(ev.RatingGiven(Grade.DISSATISFIED))
    assert subject.state.step is Step.RATING_WHY
    subject.does(ev.RatingExplained(reasons))
    assert subject.asked == [fx.StoreRating(Grade.DISSATISFIED, reasons), fx.ForgetCase()]
    assert subject.state.step is Step.ANOTHER


@pytest.mark.parametrize("going", [ev.Quit(), ev.IdleEnded()])
def test_a_bad_grade_counts_also_when_its_giver_walks_away(subject: Visitor, going: ev.Event) -> None:
    _asked_to_rate(subject).does(ev.RatingGiven(Grade.VERY_DISSATISFIED), going)
    assert subject.asked.index(fx.StoreRating(Grade.VERY_DISSATISFIED)) < subject.asked.index(fx.Wipe())
    assert subject.session.is_empty
