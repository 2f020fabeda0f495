"""What the ID card tells, as facts for rules."""

from __future__ import annotations

from datetime import date

from kiosk.catalogue.rules import FactValue
from kiosk.domain.identity import Person

WENZHOU = "3303"
_SEX = {"1": "male", "2": "female"}


def card_facts(person: Person, today: date) -> dict[str, FactValue]:
    """Facts by element name; what the card does not tell is left out.

    ``household`` is ``local`` when the number was first given out in Wenzhou (its first digits, GB 11643-1999). That is a hint,
    not a proof of residence: the platform decides.
    """
    facts: dict[str, FactValue] = {
        "name": person.name,
        "id_number": person.id_number,
        "card_kind": person.card_kind.lower(),
        "household": "local" if person.id_number.startswith(WENZHOU) else "other",
    }
    if person.address:
        facts["address"] = person.address
    if person.ethnicity_code:
        facts["ethnicity"] = person.ethnicity_code
    if (age := person.age_on(today)) is not None and person.birth is not None:
        facts |= {"age": age, "birth": person.birth.isoformat()}
    if sex := _SEX.get(person.sex_code):
        facts["sex"] = sex
    return facts
