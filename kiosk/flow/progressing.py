"""办件进度查询: where is my case? By the number on the slip and the ID card, or of all cases once it is proved who asks. Pure."""

from __future__ import annotations

from dataclasses import replace

from kiosk.flow import routes
from kiosk.flow.context import Context
from kiosk.flow.effects import (
    AskProgress,
    CancelProgress,
    ForgetProgress,
    ReadCard,
    ReadSlip,
    RememberNumber,
    RememberPerson,
    RememberProgress,
)
from kiosk.flow.events import CardFailed, CardWasRead, Event, ServiceChanged
from kiosk.flow.moves import Result, enter
from kiosk.flow.progress_events import NumberGiven, ProgressTold, SlipNotRead, SlipRead
from kiosk.flow.states import Aim, FlowState, Step

BAD_NUMBER = "progress.bad_number"
_READ_AGAIN = frozenset({"progress.timed_out", "progress.not_a_slip"})


def open_progress(state: FlowState, _event: Event, _context: Context) -> Result:
    """The number can be typed, or the slip be held before the scanner."""
    return enter(replace(state, item_code="", route=None, aim=Aim.PROGRESS), Step.PROGRESS), (ForgetProgress(), ReadSlip())


def number_given(state: FlowState, event: NumberGiven, context: Context) -> Result:
    """A wrong check character is told at once, before anybody looks for the card."""
    number = context.read_number(event.text)
    if number is None:
        return replace(state, reason=BAD_NUMBER), ()
    return _with_number(state, number, context)


def slip_read(state: FlowState, event: SlipRead, context: Context) -> Result:
    """The scanner has the number already."""
    return _with_number(state, event.number, context)


def slip_not_read(state: FlowState, event: SlipNotRead, _context: Context) -> Result:
    """Something else was shown, which is said; or nothing was, and the scanner waits on."""
    if event.reason not in _READ_AGAIN:
        return state, ()
    told = replace(state, reason=event.reason) if event.reason != "progress.timed_out" else state
    return told, (ReadSlip(),)


def _with_number(state: FlowState, number: str, context: Context) -> Result:
    remember = (CancelProgress(), RememberNumber(number))
    if context.session.proof is not None:
        return enter(state, Step.PROGRESS_ASKING, busy=True), (*remember, AskProgress())
    return enter(state, Step.PROGRESS_CARD, busy=True), (*remember, ReadCard())


def all_mine(state: FlowState, _event: Event, context: Context) -> Result:
    """Who is identified already is asked nothing more; others choose how, as for any matter."""
    if routes.is_enough(context.session.proof, context, ""):
        after, effects = ask(state)
        return after, (RememberNumber(""), *effects)
    return enter(replace(state, route=None), Step.ROUTE), (CancelProgress(), RememberNumber(""))


def without_card(state: FlowState, _event: Event, _context: Context) -> Result:
    """The card cannot be read: the number stays, and its owner shows in another way who they are."""
    return enter(replace(state, route=None), Step.ROUTE), (CancelProgress(),)


def ask(state: FlowState) -> Result:
    """Known well enough: ask for the number, or for all cases where there is none."""
    return enter(state, Step.PROGRESS_ASKING, busy=True), (CancelProgress(), AskProgress())


def card_read(state: FlowState, event: CardWasRead, _context: Context) -> Result:
    """The card goes with the number; its photo is not needed."""
    return enter(state, Step.PROGRESS_ASKING, busy=True), (RememberPerson(event.person, None), AskProgress())


def card_failed(state: FlowState, event: CardFailed, _context: Context) -> Result:
    """Say why; another try costs one touch."""
    return replace(state, busy=False, reason=event.reason), ()


def card_given_up(state: FlowState, event: Event, context: Context) -> Result:
    """Back to the number."""
    after, effects = open_progress(state, event, context)
    return after, (CancelProgress(), *effects)


def card_again(state: FlowState, _event: Event, _context: Context) -> Result:
    """Once more, unless an attempt runs already."""
    return (state, ()) if state.busy else (replace(state, busy=True, reason=""), (ReadCard(),))


def reader_changed(state: FlowState, _event: ServiceChanged, context: Context) -> Result:
    """A reader that was lost and is back is used again by itself."""
    is_back = "id_card_reader" not in context.readiness.absent
    if not state.busy and state.reason == "card.reader_lost" and is_back:
        return replace(state, busy=True, reason=""), (ReadCard(),)
    return state, ()


def told(state: FlowState, event: ProgressTold, _context: Context) -> Result:
    """Show it."""
    return enter(state, Step.PROGRESS_ANSWER, reason=event.standings.reason), (RememberProgress(event.standings),)
