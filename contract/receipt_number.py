"""Receipt numbers 受理号: made on a terminal without the network, and safe to read aloud.

Layout, 22 characters: region (6 digits, GB/T 2260) + date (yymmdd) + device (4, ``0-9A-Z``) + serial (5 digits) + check character
(ISO 7064 MOD 37,36). The device part comes from enrolment, so two terminals never make the same number. The serial is the
terminal's case sequence modulo 100,000 and does not restart with the day: a wall clock that jumps back makes no double.
"""

from __future__ import annotations

import re
from datetime import date

from stdnum.iso7064 import mod_37_36

_LAYOUT = re.compile(r"[0-9]{6}[0-9]{6}[0-9A-Z]{4}[0-9]{5}[0-9A-Z]")
SERIALS = 100_000
_LENGTH = 22


def make(region_code: str, day: date, device_code: str, sequence: int) -> str:
    """Receipt number of the terminal's ``sequence``-th case; ``ValueError`` when a part breaks the layout."""
    body = f"{region_code}{day:%y%m%d}{device_code}{sequence % SERIALS:05d}"
    number = body + str(mod_37_36.calc_check_digit(body))
    if not _LAYOUT.fullmatch(number):
        raise ValueError(f"not a region and a device code: {region_code!r}, {device_code!r}")
    return number


def is_valid(number: str) -> bool:
    """True when layout and check character are right. Never raises, whatever was typed."""
    return bool(_LAYOUT.fullmatch(number)) and str(mod_37_36.calc_check_digit(number[:-1])) == number[-1]


def is_number_like(text: str) -> bool:
    """True when ``text`` was surely meant as a receipt number, right or wrong."""
    return len(text) == _LENGTH and text.isascii() and text.isalnum()
