"""The visit by table and by property."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.identity import Route
from kiosk.domain.language import Language
from kiosk.domain.rating import Grade
from kiosk.domain.signature import Signature
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow import machine
from kiosk.flow.states import AT_REST, FlowState, Paper, Step
from tests.helpers.any_event import any_event
from tests.helpers.people import (
    FACE,
    INSURANCE,
    PERMIT,
    SENIOR,
    STAFF,
    TODAY,
    sample_catalogue,
    sample_person,
    sample_portrait,
    sample_signature,
)
from tests.helpers.visitor import PROVED_L3, Visitor, proof_by

CATALOGUE = sample_catalogue()
PROOF = PROVED_L3


@pytest.fixture
def subject() -> Visitor:
    return Visitor()


def _at_form(visitor: Visitor, item: str = SENIOR) -> Visitor:
    visitor.does(ev.Touched(), ev.ItemChosen(item), ev.Continue(), ev.ConsentAnswered(True), ev.RouteChosen(FACE))
    visitor.does(ev.ConsentAnswered(True), ev.CardWasRead(sample_person(), sample_portrait()), ev.PersonProved(PROOF))
    return visitor


def _filled(visitor: Visitor) -> Visitor:
    _at_form(visitor).does(ev.FieldEntered("collect", "village"), ev.FieldEntered("phone", "13800000000"))
    return visitor.does(ev.Continue(), ev.Continue(), ev.SignatureDrawn(sample_signature()))


def test_a_visit_by_face_runs_from_touch_to_rest(subject: Visitor) -> None:
    _filled(subject).does(
        ev.CaseStored("id", "number", "now"),
        ev.DeliveryKnown(True),
        ev.SlipPrinted("id"),
        ev.Continue(),
        ev.RatingGiven(Grade.SATISFIED),
    )
    assert (subject.state.step, subject.session.holds_a_case) == (Step.ANOTHER, False)
    subject.does(ev.Continue())
    assert subject.state.step is Step.FAREWELL
    assert subject.session.is_empty
    assert fx.StoreRating(Grade.SATISFIED) in subject.asked
    assert subject.does(ev.FarewellOver()).state == FlowState()


def test_a_visit_by_staff_needs_no_face_and_no_portrait(subject: Visitor) -> None:
    subject.does(ev.Touched(), ev.ItemChosen(INSURANCE), ev.Continue(), ev.ConsentAnswered(True), ev.RouteChosen(STAFF))
    assert subject.state.step is Step.CARD
    subject.does(ev.CardWasRead(sample_person(), None))
    assert subject.state.step is Step.STAFF
    subject.does(ev.StaffCodeEntered("1001", "246810"), ev.PersonProved(proof_by(STAFF)))
    assert subject.state.step is Step.FORM
    assert not any(isinstance(effect, fx.MatchFace) for effect in subject.asked)


def test_no_to_the_face_leads_on_to_the_other_ways_and_is_recorded(subject: Visitor) -> None:
    subject.does(ev.Touched(), ev.ItemChosen(SENIOR), ev.Continue(), ev.ConsentAnswered(True), ev.RouteChosen(FACE))
    subject.does(ev.ConsentAnswered(False))
    assert subject.state.step is Step.ROUTE
    assert [(c.purpose, c.granted) for c in subject.session.consents] == [("case_data", True), ("face", False)]


def test_refusing_the_data_notice_ends_at_home_with_nothing_kept(subject: Visitor) -> None:
    subject.does(ev.Touched(), ev.ItemChosen(SENIOR), ev.Continue(), ev.ConsentAnswered(False))
    assert subject.state.step is Step.HOME
    assert subject.session.is_empty


@pytest.mark.parametrize(
    ("item", "changes", "reason"),
    [
        (SENIOR, {"birth": TODAY.replace(year=1990)}, "eligibility.condition"),
        (SENIOR, {"card_valid_to": TODAY.replace(year=2025)}, "eligibility.card_expired"),
        (PERMIT, {}, "eligibility.condition"),
        (PERMIT, {"card_kind": "J", "id_number": "810000199001010000"}, "eligibility.card_kind"),
    ],
)
def test_who_may_not_ask_is_told_before_any_form_and_nothing_is_kept(
    subject: Visitor, item: str, changes: dict[str, object], reason: str
) -> None:
    subject.does(ev.Touched(), ev.ItemChosen(item), ev.Continue(), ev.ConsentAnswered(True), ev.RouteChosen(STAFF))
    portrait = sample_portrait()
    subject.does(ev.CardWasRead(sample_person(**changes), portrait))
    assert (subject.state.step, subject.state.reason) == (Step.NOT_ELIGIBLE, reason)
    assert subject.session.person is None
    assert portrait.pixels is None


def test_three_failed_tries_close_the_route_and_offer_the_other(subject: Visitor) -> None:
    subject.does(ev.Touched(), ev.ItemChosen(SENIOR), ev.Continue(), ev.ConsentAnswered(True), ev.RouteChosen(FACE))
    subject.does(ev.ConsentAnswered(True), ev.CardWasRead(sample_person(), sample_portrait()))
    subject.does(ev.ProofFailed("face.no_match"), ev.TryAgain(), ev.ProofFailed("face.no_match"), ev.TryAgain())
    assert subject.state.step is Step.FACE
    subject.does(ev.ProofFailed("face.no_match"))
    assert (subject.state.step, subject.state.reason) == (Step.ROUTE, "route.too_many_tries")
    assert subject.session.portrait is None
    subject.does(ev.RouteChosen(FACE))
    assert subject.state.step is Step.ROUTE
    assert subject.does(ev.RouteChosen(STAFF)).state.step is Step.CARD


def test_all_defects_of_the_form_are_told_at_once_and_mending_them_leads_on(subject: Visitor) -> None:
    _at_form(subject).does(ev.FieldEntered("phone", "12"), ev.Continue())
    assert subject.state.invalid_fields == (("collect", "field.missing"), ("phone", "field.phone"))
    subject.does(ev.FieldEntered("collect", "hall"), ev.FieldEntered("phone", "13912345678"), ev.Continue())
    assert subject.state.step is Step.REVIEW


def test_a_second_signature_stores_no_second_case(subject: Visitor) -> None:
    _filled(subject).does(ev.SignatureDrawn(sample_signature()), ev.Continue(), ev.TryAgain())
    assert sum(isinstance(effect, fx.CommitCase) for effect in subject.asked) == 1


def test_a_stray_touch_is_no_signature(subject: Visitor) -> None:
    _at_form(subject).does(ev.FieldEntered("collect", "village"), ev.FieldEntered("phone", "13800000000"))
    subject.does(ev.Continue(), ev.Continue(), ev.SignatureDrawn(Signature((((1, 1), (2, 2)),))))
    assert (subject.state.step, subject.state.reason) == (Step.SIGN, "sign.too_little")


def test_a_refused_case_is_told_and_can_be_tried_again_without_typing(subject: Visitor) -> None:
    _filled(subject).does(ev.CaseRefused("store.disk_full"))
    assert (subject.state.step, subject.state.reason) == (Step.NOT_ACCEPTED, "store.disk_full")
    subject.does(ev.TryAgain())
    assert subject.state.step is Step.COMMITTING
    assert sum(isinstance(effect, fx.CommitCase) for effect in subject.asked) == 2
    assert subject.session.person is not None


def test_nobody_can_leave_while_the_case_is_being_stored(subject: Visitor) -> None:
    _filled(subject).does(ev.Quit(), ev.IdleWarned(), ev.IdleEnded(), ev.Back())
    assert subject.state.step is Step.COMMITTING
    assert not subject.session.is_empty


def test_a_slip_that_fails_can_be_printed_again_as_a_copy_and_only_then(subject: Visitor) -> None:
    _filled(subject).does(ev.CaseStored("id", "number", "now"), ev.DeliveryKnown(False), ev.PrintAgain())
    assert [e for e in subject.asked if isinstance(e, fx.PrintSlip)] == [fx.PrintSlip(copy=False)]
    subject.does(ev.SlipFailed("id", "paper.paper_out"), ev.PrintAgain(), ev.SlipPrinted("id"), ev.PrintAgain())
    assert [e for e in subject.asked if isinstance(e, fx.PrintSlip)] == [fx.PrintSlip(copy=False), fx.PrintSlip(copy=True)]
    assert subject.state.paper is Paper.PRINTED


@pytest.mark.parametrize("paper", [Paper.PRINTING, Paper.FAILED])
@pytest.mark.parametrize("event", [ev.SlipPrinted("earlier"), ev.SlipFailed("earlier", "paper.paper_out")])
def test_the_slip_of_an_earlier_visit_says_nothing_about_this_one(subject: Visitor, event: ev.Event, paper: Paper) -> None:
    _filled(subject).does(ev.CaseStored("id", "number", "now"), ev.DeliveryKnown(False))
    if paper is Paper.FAILED:
        subject.does(ev.SlipFailed("id", "paper.cover_open"))
    before = subject.state
    assert before.paper is paper
    assert subject.does(event).state == before
    assert subject.does(ev.SlipPrinted("id")).state.paper is Paper.PRINTED


def test_a_broken_printer_takes_the_paper_and_not_the_visit(subject: Visitor) -> None:
    subject.context = replace(subject.context, readiness=replace(subject.context.readiness, paper="paper.paper_out"))
    _filled(subject).does(ev.CaseStored("id", "number", "now"), ev.DeliveryKnown(False))
    assert (subject.state.step, subject.state.paper, subject.state.paper_reason) == (Step.SLIP, Paper.FAILED, "paper.paper_out")


def test_the_idle_warning_goes_when_somebody_answers(subject: Visitor) -> None:
    _at_form(subject).does(ev.IdleWarned())
    assert subject.state.idle_warning
    assert not subject.does(ev.StayHere()).state.idle_warning
    subject.does(ev.IdleWarned(), ev.IdleEnded())
    assert subject.state.step is Step.FAREWELL
    assert subject.session.is_empty


def test_the_next_resident_meets_the_first_language_again(subject: Visitor) -> None:
    subject.does(ev.Touched(), ev.LanguageChosen(Language.EN), ev.Quit(), ev.FarewellOver())
    assert subject.state.language is Language.ZH


@settings(max_examples=100, deadline=None)
@given(st.lists(any_event(), max_size=40))
def test_from_anywhere_a_quiet_resident_ends_at_rest(events: list[ev.Event]) -> None:
    visitor = Visitor().does(*events)
    visitor.does(ev.CaseRefused("store.disk_full"), ev.DeliveryKnown(False), ev.IdleEnded(), ev.FarewellOver())
    assert visitor.state.step in AT_REST


def test_every_route_is_offered_and_none_is_chosen_beforehand(subject: Visitor) -> None:
    subject.does(ev.Touched(), ev.ItemChosen(SENIOR), ev.Continue(), ev.ConsentAnswered(True))
    assert subject.state.route is None
    assert len(list(Route)) >= 2


def test_a_row_cannot_lead_where_the_table_does_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    astray = machine.Row(
        frozenset({Step.IDLE}), ev.Touched, lambda s, _e, _c: (replace(s, step=Step.RATING), ()), frozenset({Step.HOME})
    )
    monkeypatch.setitem(machine._TABLE, (Step.IDLE, ev.Touched), astray)
    with pytest.raises(ValueError, match="does not name"):
        Visitor().does(ev.Touched())


def test_a_visit_that_ends_while_nothing_can_be_done_rests_out_of_service(subject: Visitor) -> None:
    closed = dict.fromkeys((item.code for item in CATALOGUE.items), "store.disk_full")
    subject.does(ev.Touched(), ev.Quit())
    subject.context = replace(subject.context, readiness=replace(subject.context.readiness, item_reasons=closed))
    assert subject.does(ev.FarewellOver()).state.step is Step.OUT_OF_SERVICE
