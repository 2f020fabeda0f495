"""Receipt numbers 受理号: made on a terminal without the network, and safe to read aloud.

Layout, 22 characters: region (6 digits, GB/T 2260) + date (yymmdd) + device (4, ``0-9A-Z``) + serial (5 digits) + check character
(ISO 7064 MOD 37,36). The device part comes from enrolment, so two terminals never make the same number. The serial is the
terminal's case sequence modulo 100,000 and does not restart with the day: a wall clock that jumps back makes no double.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

_PREFIX = re.compile(r"[0-9]{12}[0-9A-Z]{4}")
_LAYOUT = re.compile(_PREFIX.pattern + "[0-9]{5}[0-9A-Z]")
_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SERIALS = 100_000
_LENGTH = 22


def make(region_code: str, day: date, device_code: str, sequence: int) -> str:
    """Receipt number of the terminal's ``sequence``-th case; ``ValueError`` when a part breaks the layout."""
    prefix, product = _begun(region_code, day, device_code)
    serial = f"{sequence % SERIALS:05d}"
    return f"{prefix}{serial}{_character(_weighed(serial, product))}"


@lru_cache(maxsize=4)
def _begun(region_code: str, day: date, device_code: str) -> tuple[str, int]:
    """What all numbers of a terminal and day begin with, and how far its check has come; ``ValueError`` as in ``make``."""
    prefix = f"{region_code}{day:%y%m%d}{device_code}"
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"not a region and a device code: {region_code!r}, {device_code!r}")
    return prefix, _weighed(prefix, 36)


def check_character(body: str) -> str:
    """ISO 7064 MOD 37,36 over ``0-9A-Z``. Every single changed character shows."""
    return _character(_weighed(body, 36))


def _weighed(characters: str, product: int) -> int:
    for character in characters:
        product = ((product + int(character, 36)) % 36 or 36) * 2 % 37
    return product


def _character(product: int) -> str:
    return _CHARACTERS[(37 - product) % 36]


def is_valid(number: str) -> bool:
    """True when layout and check character are right. Never raises, whatever was typed."""
    return bool(_LAYOUT.fullmatch(number)) and check_character(number[:-1]) == number[-1]


def is_number_like(text: str) -> bool:
    """True when ``text`` was surely meant as a receipt number, right or wrong."""
    return len(text) == _LENGTH and text.isascii() and text.isalnum()
