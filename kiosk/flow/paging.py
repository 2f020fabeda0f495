"""长辈版: one question a screen. What is known already stands on the first page, to be looked at; every question has its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from kiosk.catalogue.models import FormField
from kiosk.flow import form, gathering, handling, handling_presenter, knowing
from kiosk.flow.context import Context
from kiosk.flow.events import Event
from kiosk.flow.moves import Result
from kiosk.flow.states import FlowState, Step

T = TypeVar("T")
Problems = tuple[tuple[str, str], ...]


def form_pages(state: FlowState, context: Context) -> tuple[tuple[FormField, ...], ...]:
    """The form as it is shown: whole, or page by page."""
    shown = knowing.shown(context.item(state.item_code), context)
    if not state.aids.elder:
        return (shown,)
    given = context.session.prefilled
    known = tuple(field for field in shown if field.name in given)
    asked = tuple((field,) for field in shown if field.name not in given)
    return ((known,) if known else ()) + asked or ((),)


def turned(pages: tuple[T, ...], state: FlowState) -> T:
    """The page that is open; the last one when answers have made the form shorter."""
    return pages[min(state.page, len(pages) - 1)]


def check_form(state: FlowState, event: Event, context: Context) -> Result:
    """On to the next question; after the last one the whole form is checked, and what is wrong is gone back to."""
    pages = form_pages(state, context)
    names = tuple(tuple(field.name for field in page) for page in pages)
    wrong = form.problems(form.judged(turned(pages, state), context.session), context.session.values, context.today)
    if turned_on := _next(state, names, wrong):
        return turned_on, ()
    after, effects = gathering.check_form(state, event, context)
    return _at_first_problem(after, names), effects


def done_handling(state: FlowState, event: Event, context: Context) -> Result:
    """The same, for where it is decided and how the outcome is received."""
    names = handling_pages(state, context)
    wrong = handling.problems(context.item(state.item_code), context.session)
    if turned_on := _next(state, names, tuple(one for one in wrong if one[0] in turned(names, state))):
        return turned_on, ()
    after, effects = handling.done(state, event, context)
    return _at_first_problem(after, names), effects


def handling_pages(state: FlowState, context: Context) -> tuple[tuple[str, ...], ...]:
    """Names of the questions, page by page."""
    names = handling_presenter.asked(state, context)
    return tuple((name,) for name in names) if state.aids.elder and names else (names,)


def back(state: FlowState, _event: Event, _context: Context) -> Result:
    """The question before this one."""
    return replace(state, page=max(0, state.page - 1), invalid_fields=()), ()


def back_in_handling(state: FlowState, event: Event, context: Context) -> Result:
    """The question before this one, or the papers."""
    return back(state, event, context) if state.page else gathering.back_to_papers(state, event, context)


def has_previous(state: FlowState) -> bool:
    """True when *Back* leads to another question."""
    return state.step in (Step.FORM, Step.HANDLING) and state.page > 0


def _next(state: FlowState, pages: tuple[Iterable[str], ...], wrong: Problems) -> FlowState | None:
    """The next page, or this one with its complaint; nothing on the last page, and where there is only one."""
    if len(pages) < 2 or state.page >= len(pages) - 1:
        return None
    return replace(state, invalid_fields=wrong, page=state.page if wrong else state.page + 1)


def _at_first_problem(state: FlowState, pages: tuple[Iterable[str], ...]) -> FlowState:
    if not state.invalid_fields or len(pages) < 2:
        return state
    first = state.invalid_fields[0][0]
    return replace(state, page=next((number for number, page in enumerate(pages) if first in page), state.page))
