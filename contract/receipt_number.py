"""Receipt numbers 受理号: made on a terminal without the network, and safe to read aloud.

Layout, 22 characters: region (6 digits, GB/T 2260) + date (yymmdd) + device (4, ``0-9A-Z``) + serial (5 digits) + check character
(ISO 7064 MOD 37,36). The device part comes from enrolment, so two terminals never make the same number. The serial is the
terminal's case sequence modulo 100,000 and does not restart with the day: a wall clock that jumps back makes no double.
"""

from __future__ import annotations

import re
from datetime import date

_BODY = re.compile(r"[0-9]{6}[0-9]{6}[0-9A-Z]{4}[0-9]{5}")
_LAYOUT = re.compile(_BODY.pattern + "[0-9A-Z]")
_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SERIALS = 100_000
_LENGTH = 22


def make(region_code: str, day: date, device_code: str, sequence: int) -> str:
    """Receipt number of the terminal's ``sequence``-th case; ``ValueError`` when a part breaks the layout."""
    body = f"{region_code}{day:%y%m%d}{device_code}{sequence % SERIALS:05d}"
    if not _BODY.fullmatch(body):
        raise ValueError(f"not a region and a device code: {region_code!r}, {device_code!r}")
    return body + check_character(body)


def check_character(body: str) -> str:
    """ISO 7064 MOD 37,36 over ``0-9A-Z``. Every single changed character shows."""
    product = 36
    for character in body:
        product = (product + int(character, 36)) % 36 or 36
        product = product * 2 % 37
    return _CHARACTERS[(37 - product) % 36]


def is_valid(number: str) -> bool:
    """True when layout and check character are right. Never raises, whatever was typed."""
    return bool(_LAYOUT.fullmatch(number)) and check_character(number[:-1]) == number[-1]


def is_number_like(text: str) -> bool:
    """True when ``text`` was surely meant as a receipt number, right or wrong."""
    return len(text) == _LENGTH and text.isascii() and text.isalnum()
