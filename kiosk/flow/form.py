"""What the form knows beforehand, and what is wrong with it: everything at once (一次告知)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import assert_never

from kiosk.catalogue.card_facts import card_facts
from kiosk.catalogue.files import Source
from kiosk.catalogue.models import FieldKind, FormField, Item
from kiosk.catalogue.resolving import NO, YES
from kiosk.domain.addresses import take_apart
from kiosk.domain.days import Days, read_day, span_of
from kiosk.domain.id_numbers import is_id_number
from kiosk.domain.identity import Person
from kiosk.flow.session import SessionContext

_PHONE = re.compile(r"1[3-9][0-9]{9}")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control and format characters, among them those that turn the direction of writing: the paper would say something else than
what was signed."""


def prefilled(item: Item, person: Person, today: date) -> dict[str, str]:
    """Values the card answers, by field name; facts the card does not hold are left out."""
    facts = card_facts(person, today)
    return {f.name: str(facts[f.name]) for f in item.fields if f.source is Source.CARD and facts.get(f.name)}


def source_of(field: FormField, session: SessionContext) -> str:
    """``card`` or ``shared`` while the value is still what card or authority gave, else ``resident``."""
    value = session.values.get(field.name)
    if field.name in session.shared:
        given = session.shared[field.name]
        text = {True: YES, False: NO}[given] if isinstance(given, bool) else str(given)
        return "shared" if value == text else "resident"
    if session.person is None or not field.from_card:
        return "resident"
    facts = {"name": session.person.name, "address": session.person.address, "id_number": session.person.id_number}
    return "card" if value == facts.get(field.from_card) else "resident"


def judged(fields: Iterable[FormField], session: SessionContext) -> tuple[FormField, ...]:
    """Without what still holds the words of an authority: the resident could not mend them."""
    return tuple(field for field in fields if source_of(field, session) != "shared")


def problems(fields: Iterable[FormField], values: Mapping[str, str], today: date) -> tuple[tuple[str, str], ...]:
    """(field name, reason code) of every defect, in the order of the form; empty when all is well."""
    found = ((field.name, _problem(field, values.get(field.name, "").strip(), today)) for field in fields)
    return tuple((name, reason) for name, reason in found if reason)


def _problem(field: FormField, value: str, today: date) -> str:
    if not value:
        return "field.missing" if field.required else ""
    if len(value) > field.max_length:
        return "field.too_long"
    if any(unicodedata.category(character) in _UNSEEN for character in value):
        return "field.characters"
    return _kind_problem(field, value, today)


def _kind_problem(field: FormField, value: str, today: date) -> str:
    if field.kind is FieldKind.DATE:
        return _date_problem(value, span_of(field.days, today))
    reason = f"field.{field.kind.value}"
    return "" if _is_sound(field, value) else reason


def _is_sound(field: FormField, value: str) -> bool:
    match field.kind:
        case FieldKind.PHONE:
            sound = _PHONE.fullmatch(value) is not None
        case FieldKind.CHOICE:
            sound = value in {choice.value for choice in field.choices}
        case FieldKind.NUMBER:
            sound = value.isascii() and value.isdigit()
        case FieldKind.ID_NUMBER:
            sound = is_id_number(value)
        case FieldKind.ADDRESS:
            # The card's own words are not judged: nobody could mend them.
            sound = bool(field.from_card or take_apart(value).line)
        case FieldKind.TEXT | FieldKind.DATE:
            sound = True
        case _:
            assert_never(field.kind)
    return sound


def _date_problem(value: str, days: Days) -> str:
    day = read_day(value)
    if day is None:
        return "field.date"
    if day < days.earliest:
        return "field.date_past"
    return "field.date_future" if day > days.latest else ""
