"""Numbers on identity cards: their form, and the check digit of GB 11643 (ISO 7064 MOD 11-2)."""

from __future__ import annotations

import re
from datetime import date

from stdnum.iso7064 import mod_11_2

ID_NUMBERS = {
    "resident": re.compile(r"[1-9][0-9]{16}[0-9X]"),
    "J": re.compile(r"[1-9][0-9]{16}[0-9X]"),
    "I": re.compile(r"[A-Z]{3}[0-9]{12}"),
    "Y": re.compile(r"9[0-9]{16}[0-9X]"),
}
"""By card kind, as the reader names it."""


def is_id_number(id_type: str, number: str) -> bool:
    """True when ``number`` has the form of its card kind and, where that has one, the right check digit (MOD 11-2)."""
    pattern = ID_NUMBERS.get(id_type)
    if pattern is None or not pattern.fullmatch(number):
        return False
    return id_type == "I" or bool(mod_11_2.checksum(number) == 1)


def birth_agrees(id_type: str, number: str, birth: date) -> bool:
    """False when the number holds another date of birth. Only some kinds hold one: six digits of area, then eight of date."""
    return id_type not in ("resident", "J") or number[6:14] == birth.strftime("%Y%m%d")
