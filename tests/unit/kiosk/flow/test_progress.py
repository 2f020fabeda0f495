"""Where is my case: by number and card, by the slip before the scanner, or of all cases once identified."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.identity import Route
from kiosk.domain.progress import Standing, Standings, StandingStep, Told
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow import progress_events as pe
from kiosk.flow.progress_views import ProgressAnswerView, ProgressView
from kiosk.flow.states import Step
from kiosk.services.progress import number_in
from tests.helpers.people import FACE, PERMIT, SENIOR, sample_person, sample_portrait
from tests.helpers.visitor import PROVED_L3, Visitor

NUMBER = "330304261123A01700044Y"
TYPED = "330304 261123 a017 00044y"
STANDING = Standing(
    NUMBER,
    PERMIT,
    (StandingStep("submitted", 1_795_400_640_000, "resident"), StandingStep("supplement", 1_795_400_700_000, "window", "补照片")),
    "correct",
    lacking=(("residence_registration", "2026-12-10"), ("no_longer_known", "")),
)


@pytest.fixture
def subject() -> Visitor:
    visitor = Visitor()
    visitor.context = replace(visitor.context, read_number=number_in)
    return visitor.does(ev.Touched(), pe.ProgressOpened())


def _last(visitor: Visitor, kind: type[fx.Effect]) -> fx.Effect:
    return next(effect for effect in reversed(visitor.asked) if isinstance(effect, kind))


def test_number_then_card_then_answer_then_home_with_nothing_kept(subject: Visitor) -> None:
    assert subject.asked_for(fx.ReadSlip) == 1
    subject.does(pe.NumberGiven(TYPED))
    assert (subject.state.step, subject.session.number) == (Step.PROGRESS_CARD, NUMBER)
    subject.does(ev.CardWasRead(sample_person(), sample_portrait()))
    assert subject.state.step is Step.PROGRESS_ASKING
    assert subject.session.portrait is None, "the photo is not needed to tell a number's owner"
    subject.does(pe.ProgressTold(Standings((STANDING,))))
    assert subject.state.step is Step.PROGRESS_ANSWER
    subject.does(ev.Continue())
    assert subject.state.step is Step.HOME
    assert subject.session.is_empty


def test_the_answer_is_shown_newest_first_with_names_of_matter_and_papers(subject: Visitor) -> None:
    subject.does(pe.SlipRead(NUMBER), ev.CardWasRead(sample_person(), None), pe.ProgressTold(Standings((STANDING,))))
    shown = subject.shown()
    assert isinstance(shown, ProgressAnswerView)
    (case,) = shown.cases
    item = subject.context.item(PERMIT)
    assert case.item_name == item.name.zh
    assert [(step.state, step.at, step.words) for step in case.steps] == [
        ("supplement", "2026-11-23 10:25", "补照片"),
        ("submitted", "2026-11-23 10:24", ""),
    ]
    named = {one.material.id: one.material.name.zh for one in item.materials}
    assert case.lacking == ((named["residence_registration"], "2026-12-10"), ("no_longer_known", ""))
    assert NUMBER not in repr(shown)
    assert "补照片" not in repr(shown)


def test_a_wrong_number_is_told_before_anybody_looks_for_the_card(subject: Visitor) -> None:
    subject.does(pe.NumberGiven(TYPED.replace("44y", "45y")))
    assert (subject.state.step, subject.state.reason) == (Step.PROGRESS, "progress.bad_number")
    assert not subject.asked_for(fx.ReadCard)


def test_the_scanner_waits_on_until_there_is_none(subject: Visitor) -> None:
    subject.does(pe.SlipNotRead("progress.timed_out"))
    assert (subject.state.reason, subject.asked_for(fx.ReadSlip)) == ("", 2)
    subject.does(pe.SlipNotRead("progress.not_a_slip"))
    assert (subject.state.reason, subject.asked_for(fx.ReadSlip)) == ("progress.not_a_slip", 3)
    subject.does(pe.SlipNotRead("progress.no_scanner"))
    assert subject.asked_for(fx.ReadSlip) == 3


def test_a_scanner_that_waits_in_vain_keeps_no_abandoned_visit_alive(subject: Visitor) -> None:
    subject.does(ev.IdleWarned(), pe.SlipNotRead("progress.timed_out"))
    assert subject.state.idle_warning
    subject.does(ev.IdleEnded())
    assert subject.state.step is Step.FAREWELL
    assert subject.asked_for(fx.CancelProgress) == 1


def test_without_a_scanner_the_number_is_typed(subject: Visitor) -> None:
    shown = subject.shown()
    assert isinstance(shown, ProgressView)
    assert shown.scanner
    subject.breaks(barcode_scanner="disconnected")
    shown = subject.shown()
    assert isinstance(shown, ProgressView)
    assert not shown.scanner


def test_a_card_that_fails_is_tried_again_and_back_leads_to_the_number(subject: Visitor) -> None:
    subject.does(pe.SlipRead(NUMBER), ev.CardFailed("card.unreadable"))
    assert (subject.state.step, subject.state.reason, subject.state.busy) == (Step.PROGRESS_CARD, "card.unreadable", False)
    subject.does(ev.TryAgain(), ev.TryAgain())
    assert subject.asked_for(fx.ReadCard) == 2
    subject.does(ev.Back())
    assert (subject.state.step, subject.session.number) == (Step.PROGRESS, "")
    assert isinstance(subject.asked[-1], fx.ReadSlip)


def test_without_a_card_the_number_stays_and_another_way_leads_on(subject: Visitor) -> None:
    subject.does(pe.SlipRead(NUMBER), ev.CardFailed("card.reader_lost"), ev.AnotherWay())
    assert subject.state.step is Step.ROUTE
    subject.does(ev.RouteChosen(Route.ELECTRONIC_CREDENTIAL))
    subject.does(ev.CredentialShown(sample_person(), replace(PROVED_L3, route=Route.ELECTRONIC_CREDENTIAL)))
    assert (subject.state.step, subject.session.number) == (Step.PROGRESS_ASKING, NUMBER)


def test_a_reader_that_comes_back_is_used_again_by_itself(subject: Visitor) -> None:
    subject.does(pe.SlipRead(NUMBER))
    subject.breaks(id_card_reader="disconnected").does(ev.CardFailed("card.reader_lost"))
    assert subject.asked_for(fx.ReadCard) == 1
    subject.breaks(id_card_reader="")
    assert (subject.asked_for(fx.ReadCard), subject.state.busy) == (2, True)


@pytest.mark.parametrize("route", [FACE, Route.ELECTRONIC_CREDENTIAL, Route.ID_CARD_SMS, Route.ID_CARD_STAFF])
def test_all_cases_need_a_proof_and_every_way_leads_there(subject: Visitor, route: Route) -> None:
    subject.does(pe.AllMineWanted())
    assert subject.state.step is Step.ROUTE
    subject.does(ev.RouteChosen(route))
    if route is Route.ELECTRONIC_CREDENTIAL:
        subject.does(ev.CredentialShown(sample_person(), replace(PROVED_L3, route=route)))
    else:
        subject.does(ev.ConsentAnswered(True), ev.CardWasRead(sample_person(), sample_portrait()))
        subject.does(ev.PersonProved(replace(PROVED_L3, route=route)))
    assert subject.state.step is Step.PROGRESS_ASKING
    assert (subject.session.number, subject.session.proof is not None) == ("", True)
    assert isinstance(subject.asked[-1], fx.AskProgress)


def test_back_from_the_ways_leads_to_the_number_again(subject: Visitor) -> None:
    subject.does(pe.AllMineWanted(), ev.Back())
    assert subject.state.step is Step.PROGRESS


def test_who_is_known_already_is_asked_for_no_card(subject: Visitor) -> None:
    subject.does(ev.Back())
    subject.identifies(SENIOR, FACE).does(ev.Quit())
    known = Visitor()
    known.context = replace(known.context, read_number=number_in)
    known.session.person, known.session.proof = sample_person(), PROVED_L3
    known.does(ev.Touched(), pe.ProgressOpened(), pe.NumberGiven(TYPED))
    assert known.state.step is Step.PROGRESS_ASKING
    known.does(pe.ProgressTold(Standings((), Told.PLATFORM)), pe.ProgressOpened(), pe.AllMineWanted())
    assert known.state.step is Step.PROGRESS_ASKING
    known.does(pe.ProgressTold(Standings((STANDING,))), ev.Back())
    assert known.session.proof is PROVED_L3, "who is proved stays so for the rest of the visit"
    assert known.session.standings is None


def test_leaving_while_it_is_asked_stops_the_question(subject: Visitor) -> None:
    subject.does(pe.SlipRead(NUMBER), ev.CardWasRead(sample_person(), None), ev.Quit())
    assert subject.session.is_empty
    assert subject.asked_for(fx.CancelProgress) == 2
    subject.does(pe.ProgressTold(Standings((STANDING,))))
    assert subject.state.step is Step.FAREWELL
    assert subject.session.is_empty
