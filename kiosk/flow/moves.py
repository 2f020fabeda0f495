"""Steps from one state to the next that all handlers share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiosk.flow.context import Context
from kiosk.flow.effects import Effect, ForgetCase, Wipe
from kiosk.flow.events import Event
from kiosk.flow.states import FlowState, Step

Result = tuple[FlowState, tuple[Effect, ...]]

PURPOSE_DATA = "case_data"
PURPOSE_FACE = "face"
PURPOSE_PRESENCE = "presence_camera"
"""That the camera looks whether anybody is there still, after the face check."""
PURPOSE_POLICIES = "policy_match"
"""To ask authorities for what policies depend on, without any matter."""
PURPOSE_PORTRAIT = "platform_portrait"
"""To ask the platform for the photo where the card's cannot be read; as ``contract.portraits`` has it."""


def enter(state: FlowState, to: Step, *, busy: bool = False, reason: str = "") -> FlowState:
    """In another step, with a clean slate: only ``reason`` stands on the screen."""
    return replace(
        state,
        step=to,
        busy=busy,
        reason=reason,
        invalid_fields=(),
        device_lost=False,
        idle_warning=False,
        failed_rules=(),
        page=0,
    )


def go(to: Step) -> Callable[[FlowState, Event, Context], Result]:
    """A handler that only moves on."""

    def move(state: FlowState, _event: Event, _context: Context) -> Result:
        return enter(state, to), ()

    move.__name__ = f"go_{to.value}"
    return move


def keep(state: FlowState, _event: Event, _context: Context) -> Result:
    """Nothing changes; the event is only for the screen."""
    return state, ()


def all_items(state: FlowState, context: Context) -> Result:
    """Back to the home screen. Who is proved stays so; of others nothing is kept but the tries that no card stands behind."""
    home = FlowState(
        step=Step.HOME,
        language=state.language,
        aids=state.aids,
        tries=state.tries,
        pauses=state.pauses,
        closed=state.closed,
    )
    if context.session.proof is not None:
        return home, (ForgetCase(),)
    tries = tuple((route, count) for route, count in state.tries if not route.reads_card)
    pauses = tuple((route, opens_at_s) for route, opens_at_s in state.pauses if not route.reads_card)
    return replace(home, tries=tries, pauses=pauses, closed=()), (Wipe(),)
