"""What is known of this resident for this item, and what that makes of form and papers. Pure."""

from __future__ import annotations

from kiosk.catalogue import deciding
from kiosk.catalogue.card_facts import card_facts
from kiosk.catalogue.deciding import Gathered, MaterialLine
from kiosk.catalogue.files import Condition, ElementType
from kiosk.catalogue.models import BundlePart, FormField, Item
from kiosk.catalogue.resolving import NO, YES
from kiosk.catalogue.rules import FactValue, is_fact
from kiosk.flow.context import Context


def facts(item: Item, context: Context) -> dict[str, FactValue]:
    """Card, shared data, answers given so far, and what follows from them."""
    session = context.session
    known: dict[str, FactValue] = card_facts(session.person, context.today) if session.person is not None else {}
    known |= session.shared
    for field in item.fields:
        value = typed(field, session.values.get(field.name, ""))
        if value is not None:
            known[field.name] = value
    return context.catalogue.rules.complete(known)


def typed(field: FormField, text: str) -> FactValue | None:
    """What was entered, as the rules see it; ``None`` for nothing, and for what is no value of the field."""
    text = text.strip()
    if not text:
        return None
    match field.type:
        case ElementType.NUMBER:
            value: FactValue | None = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
        case ElementType.YES_NO:
            value = {YES: True, NO: False}.get(text)
        case _:
            value = text
    return value if value is not None and is_fact(value, field.type) else None


def as_text(value: FactValue) -> str:
    """A fact as it stands in a form."""
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)


def fields(item: Item, context: Context) -> tuple[FormField, ...]:
    """The form for this person, as far as it is decided."""
    return deciding.fields_of(item, context.catalogue.rules, facts(item, context))


def asked(item: Item, context: Context) -> tuple[FormField, ...]:
    """Fields of the form that nobody but the resident has answered, whether they have done so or not."""
    given = context.session.prefilled
    return tuple(field for field in fields(item, context) if field.name not in given)


def against(item: Item, context: Context) -> tuple[Condition, ...]:
    """Conditions that do not hold for this person."""
    return deciding.against(item, context.catalogue.rules, facts(item, context))


def to_fetch(item: Item, context: Context) -> tuple[str, ...]:
    """Elements that authorities should be asked for now."""
    gathered = Gathered(context.session.gathered)
    return deciding.to_fetch(item, context.catalogue.rules, facts(item, context), gathered)


def papers(item: Item, context: Context) -> tuple[MaterialLine, ...]:
    """The papers this person needs."""
    session = context.session
    known = facts(item, context)
    asked = session.gathered | frozenset(item.shared)  # who is asked for papers has nothing left to fetch
    gathered = Gathered(asked, frozenset(session.shared))
    return deciding.material_lines(item, context.catalogue.rules, known, session.handed, context.readiness.paper_means, gathered)


def shown(item: Item, context: Context) -> tuple[FormField, ...]:
    """Fields that stand in the form: what the card tells, to be looked at, and what only the resident can answer.

    What authorities gave is shown in the review; nobody has to type it or page through it. What the resident says is wrong, and
    may put right, is asked like the rest.
    """
    session = context.session
    return tuple(
        field
        for field in fields(item, context)
        if field.name not in session.prefilled or field.from_card or (field.correctable and field.name in session.disputed)
    )


def parts(item: Item, context: Context) -> tuple[BundlePart, ...]:
    """Matters of a bundle that are part of it for this person."""
    return deciding.parts_of(item, context.catalogue.rules, facts(item, context))


def due(line: MaterialLine, context: Context) -> str:
    """容缺: the last day for handing a paper in, as ``2026-12-10``; empty beyond what the calendar knows."""
    day = context.working_days.after(context.today, line.material.lack_days)
    return day.isoformat() if day is not None else ""
