"""May this person ask for this item: decided from the card, before any form is shown."""

from __future__ import annotations

from datetime import date

from kiosk.catalogue.models import Eligibility
from kiosk.domain.identity import Person

WENZHOU = "3303"


def reason_against(rule: Eligibility, person: Person, today: date) -> str:
    """Reason code, empty when nothing speaks against it. Facts the card does not tell speak against nobody."""
    if person.card_is_expired_on(today):
        return "eligibility.card_expired"
    if person.card_kind not in rule.card_kinds:
        return "eligibility.card_kind"
    age = person.age_on(today)
    if rule.min_age is not None and age is not None and age < rule.min_age:
        return "eligibility.too_young"
    is_local = person.id_number.startswith(WENZHOU)
    if rule.household == "other" and is_local:
        return "eligibility.household_local"
    if rule.household == "local" and not is_local:
        return "eligibility.household_other"
    return ""
