"""A matter that ends in a proof: printed after the slip, tried again where that can help, and never in somebody's way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.identity import Proof
from kiosk.domain.progress import Standing, Standings, StandingStep
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.progress_events import ProgressTold
from kiosk.flow.progress_views import ProgressAnswerView
from kiosk.flow.proof_events import ProofNotPrinted, ProofPrinted, ProofWanted
from kiosk.flow.proof_views import ProofView
from kiosk.flow.states import FlowState, Step
from kiosk.flow.views import GuideView
from tests.helpers.people import INSURANCE, SENIOR, STAFF, sample_person, sample_signature
from tests.helpers.visitor import PROVED_L3, Visitor

NUMBER = "330304261123A01700044Y"
ANSWERS = (("collect", "village"), ("period", "all"), ("phone", "13800000000"))


def _at_slip(item: str, *, printer: bool = True) -> Visitor:
    visitor = Visitor()
    visitor.context = replace(visitor.context, readiness=replace(visitor.context.readiness, documents=printer))
    visitor.identifies(item, STAFF)
    visitor.does(*(ev.FieldEntered(*answer) for answer in ANSWERS), ev.Continue(), ev.Continue())
    visitor.does(ev.SignatureDrawn(sample_signature()), ev.CaseStored("id", "number", "now"), ev.DeliveryKnown(True))
    assert visitor.state.step is Step.SLIP
    return visitor.does(ev.SlipPrinted("id"))


@pytest.fixture
def subject() -> Visitor:
    return _at_slip(INSURANCE).does(ev.Continue())


def _shown(visitor: Visitor) -> ProofView:
    shown = visitor.shown()
    assert isinstance(shown, ProofView)
    return shown


def test_the_proof_is_printed_after_the_slip_and_then_comes_the_rating(subject: Visitor) -> None:
    assert (subject.state.step, subject.state.busy, subject.asked_for(fx.PrintProof)) == (Step.PROOF, True, 1)
    subject.does(ev.Continue())
    assert subject.state.step is Step.PROOF, "the sheet would lie there for the next person"
    subject.does(ProofPrinted("id", "P7K29QXM4TRA", 2))
    shown = _shown(subject)
    assert (shown.busy, shown.code, shown.pages, shown.reason) == (False, "P7K29QXM4TRA", 2, "")
    assert "P7K29QXM4TRA" not in repr(shown)
    subject.does(ev.Continue())
    assert subject.state.step is Step.RATING
    subject.does(ev.RatingSkipped())
    assert subject.session.proof_paper == fx.RememberProofPaper()


def test_a_matter_without_a_proof_goes_on_to_the_rating() -> None:
    visitor = _at_slip(SENIOR).does(ev.Continue())
    assert (visitor.state.step, visitor.asked_for(fx.PrintProof)) == (Step.RATING, 0)


def test_without_a_printer_it_is_said_in_the_guide_already_and_again_at_the_end() -> None:
    visitor = Visitor().does(ev.Touched(), ev.ItemChosen(INSURANCE))
    guide = visitor.shown()
    assert isinstance(guide, GuideView)
    assert "document.missing" in guide.notices
    visitor = _at_slip(INSURANCE, printer=False).does(ev.Continue())
    shown = _shown(visitor)
    assert (shown.reason, shown.busy, shown.may_try_again, visitor.asked_for(fx.PrintProof)) == (
        "document.missing",
        False,
        False,
        0,
    )
    assert visitor.does(ev.Continue()).state.step is Step.RATING


@pytest.mark.parametrize("reason", ["document.paper_out", "proof.offline", "proof.no_case"])
def test_trouble_that_passes_can_be_tried_again(subject: Visitor, reason: str) -> None:
    subject.does(ProofNotPrinted("id", reason))
    assert _shown(subject).may_try_again
    subject.does(ev.PrintAgain(), ev.PrintAgain())
    assert (subject.state.busy, subject.asked_for(fx.PrintProof)) == (True, 2)
    subject.does(ProofPrinted("id", "P", 1))
    subject.does(ev.PrintAgain())
    assert subject.asked_for(fx.PrintProof) == 2, "it is out: nobody gets it twice by a touch"


def test_the_platforms_no_is_told_in_its_words_and_not_asked_again(subject: Visitor) -> None:
    subject.does(ProofNotPrinted("id", "proof.not_held", "登记簿上没有可以证明的记录"))
    shown = _shown(subject)
    assert (shown.words, shown.may_try_again) == ("登记簿上没有可以证明的记录", False)
    assert "登记簿" not in repr(shown)
    subject.does(ev.PrintAgain())
    assert subject.asked_for(fx.PrintProof) == 1


def test_the_end_of_an_earlier_print_says_nothing_about_this_one(subject: Visitor) -> None:
    subject.does(ProofPrinted("earlier", "P", 1), ProofNotPrinted("earlier", "document.paper_out"))
    assert (subject.state.busy, subject.state.reason) == (True, "")


def _asked_for_progress(proof: Proof | None, *, printer: bool = True, case_id: str = "earlier") -> Visitor:
    visitor = Visitor()
    visitor.context = replace(visitor.context, readiness=replace(visitor.context.readiness, documents=printer))
    visitor.session.person, visitor.session.proof = sample_person(), proof
    visitor.state = FlowState(step=Step.PROGRESS_ASKING)
    steps = (StandingStep("accepted", 1_795_400_640_000, "window"),)
    return visitor.does(ProgressTold(Standings((Standing(NUMBER, INSURANCE, steps, "collect", case_id),))))


def test_the_proof_of_an_earlier_case_is_printed_once_more_from_a_progress_query() -> None:
    visitor = _asked_for_progress(PROVED_L3)
    shown = visitor.shown()
    assert isinstance(shown, ProgressAnswerView)
    assert shown.cases[0].may_print
    visitor.does(ProofWanted(NUMBER))
    assert (visitor.state.step, visitor.state.busy, visitor.asked_for(fx.PrintProof)) == (Step.PROOF, True, 1)
    assert (visitor.session.case_id, visitor.session.receipt_number) == ("earlier", NUMBER)
    visitor.does(ProofPrinted("earlier", "P7K29QXM4TRA", 1), ev.Continue())
    assert visitor.state.step is Step.PROGRESS_ANSWER, "nobody is asked to rate what was rated before"
    visitor.does(ProofWanted("?"), ev.Continue(), ev.Quit())
    assert visitor.session.is_empty
    assert visitor.asked_for(fx.StoreRating) == 0


@pytest.mark.parametrize(
    ("proof", "printer", "case_id"), [(None, True, "earlier"), (PROVED_L3, False, "earlier"), (PROVED_L3, True, "")]
)
def test_who_only_laid_a_card_down_gets_no_proof(proof: Proof | None, *, printer: bool, case_id: str) -> None:
    visitor = _asked_for_progress(proof, printer=printer, case_id=case_id)
    shown = visitor.shown()
    assert isinstance(shown, ProgressAnswerView)
    assert not shown.cases[0].may_print
    visitor.does(ProofWanted(NUMBER))
    assert (visitor.state.step, visitor.asked_for(fx.PrintProof)) == (Step.PROGRESS_ANSWER, 0)


@pytest.mark.parametrize("ending", [ev.Quit(), ev.IdleEnded()])
def test_whoever_leaves_while_it_is_printed_stops_it(subject: Visitor, ending: ev.Event) -> None:
    subject.does(ending)
    assert (subject.state.step, subject.asked_for(fx.CancelProof), subject.session.is_empty) == (Step.FAREWELL, 1, True)
