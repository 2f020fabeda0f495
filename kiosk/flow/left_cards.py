"""A card that is left on the reader: asked for while its owner is still here, and never taken for the next resident's. Pure."""

from __future__ import annotations

from kiosk.flow import identifying, progressing
from kiosk.flow.card_events import LEFT_BEHIND
from kiosk.flow.context import Context
from kiosk.flow.events import Event
from kiosk.flow.handlers import rest
from kiosk.flow.moves import Result
from kiosk.flow.states import AT_REST, IDENTIFYING, FlowState, Step

_NEEDS_CARD = IDENTIFYING | {Step.ROUTE, Step.FACE_CONSENT, Step.PROGRESS_CARD}


def is_needless(state: FlowState, context: Context) -> bool:
    """True when a card lies there that has done its work: its owner may take it, and is told so."""
    is_served = state.step not in AT_REST | _NEEDS_CARD | {Step.FAREWELL}
    return context.card_lies and is_served and context.session.person is not None


def lifted(state: FlowState, event: Event, context: Context) -> Result:
    """The card of somebody else has gone: the one that is put down now counts, without another touch."""
    if state.reason != LEFT_BEHIND:
        return state, ()
    again = progressing.card_again if state.step is Step.PROGRESS_CARD else identifying.try_again
    return again(state, event, context)


def farewell_over(state: FlowState, event: Event, context: Context) -> Result:
    """Nobody comes next while the card of the last still lies there."""
    return (state, ()) if context.card_lies else rest(state, event, context)
