"""公民身份号码: the number on an identity card, as somebody writes it from another person's card."""

from __future__ import annotations

import re

from stdnum.iso7064 import mod_11_2

from kiosk.domain.days import read_day

_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")
_FOREIGNER = "9"
"""Numbers of foreign permanent residents begin with it, and hold their date of birth elsewhere."""


def is_id_number(text: str) -> bool:
    """True for eighteen places with the right check digit (GB 11643, ISO 7064 MOD 11-2) and a date of birth that there is."""
    if not _NUMBER.fullmatch(text) or mod_11_2.checksum(text) != 1:
        return False
    return text.startswith(_FOREIGNER) or read_day(f"{text[6:10]}-{text[10:12]}-{text[12:14]}") is not None
