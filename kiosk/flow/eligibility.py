"""May the holder of this card ask for this item, as far as the card itself tells."""

from __future__ import annotations

from datetime import date

from kiosk.catalogue.models import Item
from kiosk.domain.identity import Person


def reason_against(item: Item, person: Person, today: date) -> str:
    """Reason code, empty when nothing about the card speaks against it. The item's own conditions are ``knowing.against``."""
    if person.card_is_expired_on(today):
        return "eligibility.card_expired"
    if person.card_kind not in item.card_kinds:
        return "eligibility.card_kind"
    return ""
