"""What is at work in which step, and the way on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.catalogue.deciding import From
from kiosk.domain.waiting import FOR_THE_RESIDENT, Wait
from kiosk.flow import waits
from kiosk.flow.events import AnotherWay, Back, Continue, FaceAsks, Quit
from kiosk.flow.gathering_events import PaperPutDown
from kiosk.flow.machine import ROWS
from kiosk.flow.session import SessionContext
from kiosk.flow.states import FlowState, Paper, Step
from kiosk.flow.waits import Way

_EVENTS = {Way.ANOTHER: (AnotherWay, PaperPutDown), Way.BACK: (Back,), Way.QUIT: (Quit,), Way.GO_ON: (Continue,)}
_STATES = (
    *(FlowState(step=step, busy=True) for step in Step),
    FlowState(step=Step.SLIP, paper=Paper.PRINTING),
    FlowState(step=Step.PAPERS, busy=True, paper_way=From.SCAN),
)
_WAITING = tuple(state for state in _STATES if waits.kind_of(state, SessionContext()) is not None)


def _takes(step: Step, event: type) -> bool:
    return any(step in row.steps and row.event is event for row in ROWS)


def test_every_kind_of_work_belongs_to_some_step() -> None:
    texted = SessionContext()
    texted.masked_phone = "138****0000"
    found = {waits.kind_of(state, session) for state in _STATES for session in (SessionContext(), texted)}
    by_refining = {*waits.WHEN_CODE_SEEN.values(), Wait.FACE_CHECK}
    assert set(Wait) - by_refining == found - {None}


def test_nothing_is_waited_for_where_nothing_is_at_work() -> None:
    at_work = {Step.GATHERING, Step.PROGRESS_ASKING, Step.COMMITTING, Step.DELIVERING}
    for step in set(Step) - at_work:
        assert waits.kind_of(FlowState(step=step), SessionContext()) is None


@pytest.mark.parametrize("state", _WAITING, ids=lambda state: f"{state.step}-{state.paper_way}")
def test_the_way_that_is_named_is_one_that_the_step_has(state: FlowState) -> None:
    way = waits.way_on(state, can_go_back=_takes(state.step, Back), can_quit=_takes(state.step, Quit))
    if way is Way.STAY:
        assert not _takes(state.step, Quit)
    else:
        assert any(_takes(state.step, event) for event in _EVENTS[way])


@pytest.mark.parametrize("kind", sorted(set(Wait) - FOR_THE_RESIDENT))
def test_whatever_the_machine_does_is_measured_by_how_it_ends(kind: Wait) -> None:
    assert not waits.is_end_of(kind, Back())
    assert kind in waits._ENDS


def test_the_comparison_begins_when_all_movements_are_made() -> None:
    assert waits.during_face_check(FaceAsks("blink", 0, 2)) is None
    assert waits.during_face_check(FaceAsks("", 2, 2, light="#ff0000")) is None
    assert waits.during_face_check(FaceAsks("", 0, 0, hint="no_face")) is None
    assert waits.during_face_check(FaceAsks("", 2, 2)) is Wait.FACE_CHECK


def test_a_message_that_has_gone_out_is_no_longer_being_sent() -> None:
    texted = SessionContext()
    sms = FlowState(step=Step.SMS, busy=True)
    assert waits.kind_of(sms, texted) is Wait.SMS_SENDING
    texted.masked_phone = "138****0000"
    assert waits.kind_of(sms, texted) is Wait.SMS_CHECK
    assert waits.kind_of(replace(sms, busy=False), texted) is None
