"""The page that shows all that will be handed in. Pure."""

from __future__ import annotations

from kiosk.catalogue import deciding
from kiosk.catalogue.models import FieldKind, FormField
from kiosk.domain.identity import mask_id_number, mask_phone
from kiosk.domain.language import Language
from kiosk.flow import disputing, handling, handling_presenter, knowing
from kiosk.flow.context import Context
from kiosk.flow.review_views import ReviewView
from kiosk.flow.states import FlowState


def review(state: FlowState, context: Context) -> ReviewView:
    """Every value with its origin, the papers, and how it is handled."""
    item, language = context.item(state.item_code), state.language
    fields, lines = knowing.fields(item, context), knowing.papers(item, context)
    return ReviewView(
        item.name.in_(language),
        tuple((f.label.in_(language), _shown(f, context, language)) for f in fields),
        tuple(disputing.origin(f, department(f.authority, context, language), context) for f in fields),
        papers=tuple((line.name.in_(language), line.source) for line in lines if line.status is deciding.Status.HERE),
        promised=tuple(
            (line.name.in_(language), knowing.due(line, context)) for line in lines if line.source is deciding.From.PROMISE
        ),
        handling=handling_presenter.lines(item, context, language),
        may_choose_region=handling.asks_region(item),
        parts=tuple(part.item.name.in_(language) for part in knowing.parts(item, context)),
    )


def _shown(field: FormField, context: Context, language: Language) -> str:
    value = context.session.values.get(field.name, "")
    if field.from_card == "id_number" or field.kind is FieldKind.ID_NUMBER:
        return mask_id_number(value)
    if field.kind is FieldKind.PHONE:
        return mask_phone(value)
    return next((choice.label.in_(language) for choice in field.choices if choice.value == value), value)


def department(department_id: str, context: Context, language: Language) -> str:
    """Name of an authority; empty for none."""
    return next((one.name.in_(language) for one in context.catalogue.departments if one.id == department_id), "")
