"""Aids last for the visit and no longer; staff can be called from anywhere."""

from __future__ import annotations

import pytest

from kiosk.domain.aids import PLAIN, Aids
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.aid_events import AidsChosen, StaffCalled, StaffTold
from kiosk.flow.presenter import present
from kiosk.flow.states import StaffCall, Step
from tests.helpers.people import FACE, PERMIT
from tests.helpers.visitor import Visitor

ELDER = Aids(elder=True, large_text=True)


@pytest.fixture
def subject() -> Visitor:
    return Visitor()


def test_choosing_an_aid_at_rest_begins_the_visit(subject: Visitor) -> None:
    subject.does(AidsChosen(ELDER))
    assert (subject.state.step, subject.state.aids) == (Step.HOME, ELDER)
    assert present(subject.state, subject.context).chrome.aids == ELDER


def test_aids_last_to_the_farewell_and_not_to_the_next_resident(subject: Visitor) -> None:
    subject.does(ev.Touched(), AidsChosen(ELDER), ev.ItemChosen(PERMIT), ev.Back())
    assert subject.state.aids == ELDER
    subject.does(ev.Quit())
    assert (subject.state.step, subject.state.aids) == (Step.FAREWELL, ELDER)
    subject.does(ev.FarewellOver())
    assert subject.state.aids == PLAIN


def test_a_visit_stays_where_it_is_when_an_aid_is_switched(subject: Visitor) -> None:
    subject.identifies(PERMIT, FACE)
    step = subject.state.step
    subject.does(AidsChosen(ELDER))
    assert subject.state.step is step


@pytest.mark.parametrize(("reached", "call"), [(True, StaffCall.TOLD), (False, StaffCall.UNREACHED)])
def test_who_calls_for_staff_is_told_whether_anybody_knows(subject: Visitor, reached: bool, call: StaffCall) -> None:
    subject.does(ev.Touched(), StaffCalled())
    assert subject.state.staff_call is StaffCall.CALLING
    assert subject.asked_for(fx.CallStaff) == 1
    subject.does(StaffTold(reached))
    assert present(subject.state, subject.context).chrome.staff_call is call


def test_a_call_of_an_earlier_resident_is_not_answered_to_the_next(subject: Visitor) -> None:
    subject.does(ev.Touched(), StaffCalled(), ev.Quit(), ev.FarewellOver(), ev.Touched(), StaffTold(True))
    assert subject.state.staff_call is StaffCall.NONE
