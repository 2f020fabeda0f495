"""The flow with a world around it: what it wants done is done at once, and what comes of it is told to it."""

from __future__ import annotations

from typing import Protocol

from kiosk.catalogue.models import Item
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow import machine
from kiosk.flow.context import Context
from kiosk.flow.session import SessionContext
from kiosk.flow.states import FlowState
from kiosk.services import cases


class World(Protocol):
    """Devices, authorities, queue and printer around the flow; every call may block."""

    def surroundings(self) -> Context:
        """Catalogue, readiness, calendar and date, with an empty session."""
        ...

    def answer(self, effect: fx.Effect, session: SessionContext, item_code: str) -> ev.Event | None:
        """Carry out an effect that is not the session's own; what comes of it."""
        ...

    def commit(self, facts: cases.CaseFacts) -> ev.CaseStored | ev.CaseRefused:
        """Store the case."""
        ...

    def print_slip(self, context: Context, state: FlowState) -> ev.Event:
        """Print the slip."""
        ...


class WorldFlow:
    """State, session and surroundings of one visit; ``does`` whatever the resident does."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.context = world.surroundings()
        self.state = FlowState()
        self.has_committed = False
        """The case was taken in by the store."""
        self.steps: list[str] = []
        """Every step that was entered, in order."""

    @property
    def session(self) -> SessionContext:
        """What is known of the resident."""
        return self.context.session

    @property
    def item(self) -> Item:
        """The matter that was chosen; ``KeyError`` before that."""
        return self.context.item(self.state.item_code)

    def does(self, *events: ev.Event) -> None:
        """What the resident did, and all that follows from it."""
        waiting = list(events)
        while waiting:
            event = waiting.pop(0)
            before = self.state.step
            self.state, effects = machine.step(self.state, event, self.context)
            if self.state.step is not before:
                self.steps.append(self.state.step.value)
            waiting = [*self._carry_out(effects), *waiting]

    def _carry_out(self, effects: tuple[fx.Effect, ...]) -> list[ev.Event]:
        answers: list[ev.Event | None] = []
        for effect in effects:
            match effect:
                case fx.Wipe():
                    self.session.wipe()
                case fx.CommitCase():
                    answers.append(self._commit())
                case fx.PrintSlip():
                    answers.append(self._world.print_slip(self.context, self.state))
                case _ if isinstance(effect, fx.SessionEffect):
                    self.session.apply(effect, 0)
                case _:
                    answers.append(self._world.answer(effect, self.session, self.state.item_code))
        return [answer for answer in answers if answer is not None]

    def _commit(self) -> ev.Event:
        answer = self._world.commit(cases.facts_of(self.context, self.item, self.state.language))
        self.has_committed = self.has_committed or isinstance(answer, ev.CaseStored)
        return answer
