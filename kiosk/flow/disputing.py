"""信息不对: a value of card or authority is wrong. It is put right where that may be done, else noted; nothing waits for it.

一数一源: a fact has one keeper, so what an authority keeps is put right by that authority, unless the catalogue says that the
resident knows better. The card's name and address have always been open to correction in the form.
"""

from __future__ import annotations

from kiosk.catalogue.files import Source
from kiosk.catalogue.models import FormField
from kiosk.flow import form, knowing
from kiosk.flow.context import Context
from kiosk.flow.gathering_events import FieldDisputed
from kiosk.flow.moves import Result, enter
from kiosk.flow.paper_effects import RememberDisputed
from kiosk.flow.review_views import Origin
from kiosk.flow.states import FlowState, Step

_WRITABLE_OF_CARD = ("name", "address")


def may_change(field: FormField) -> bool:
    """True when the resident may give another value than card or authority."""
    return field.from_card in _WRITABLE_OF_CARD if field.source is Source.CARD else field.correctable


def dispute(state: FlowState, event: FieldDisputed, context: Context) -> Result:
    """Note it, or take it back; where it can be put right here, the form comes with it."""
    fields = knowing.fields(context.item(state.item_code), context)
    field = next((one for one in fields if one.name == event.name), None)
    if field is None or not is_given(field, context):
        return state, ()
    note = RememberDisputed(field.name, event.is_wrong)
    return (enter(state, Step.FORM) if event.is_wrong and may_change(field) else state), (note,)


def is_given(field: FormField, context: Context) -> bool:
    """True when the value is still that of card or authority."""
    return _source(field, context) != "resident"


def origin(field: FormField, keeper: str, context: Context) -> Origin | None:
    """As the review shows it; ``None`` for what the resident has entered."""
    source = _source(field, context)
    if source == "resident":
        return None
    return Origin(field.name, source, keeper, field.name in context.session.disputed, may_change(field))


def _source(field: FormField, context: Context) -> str:
    """Unlike ``form.source_of`` it knows the facts of the card that do not stand there word by word, such as the age."""
    session = context.session
    if field.source is Source.CARD and not field.from_card and field.name in session.prefilled:
        return "card"
    return form.source_of(field, session)
