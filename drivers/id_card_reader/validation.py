"""What a card's record says that does not fit together, or does not fit the day. Pure.

A record that breaks its own format never gets here (``record.parse_record``). What is found here is for people to weigh: a card
with an unknown county code or an unusual number is genuine more often than not, so nothing here refuses a card by itself.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from stdnum import numdb
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from drivers.id_card_reader.code_tables import ETHNICITY, SEX
from drivers.id_card_reader.record import has_good_check_digit
from drivers.id_card_reader.types import CardKind, IdCardRecord

_PERMIT_DIVISIONS = {"810000": "香港特别行政区", "820000": "澳门特别行政区", "830000": "台湾地区"}
"""First six digits of the number of a 港澳台居民居住证 (protocol notes 1.6)."""
_SEXED = {"1": 1, "2": 0}
"""Last bit of the number's 17th digit: odd for men, even for women (GB 11643)."""


class CardFinding(StrEnum):
    """One thing that does not fit. The values say nothing of the person."""

    EXPIRED = "expired"
    """The last day of validity has passed."""
    NOT_YET_VALID = "not_yet_valid"
    VALIDITY_UNKNOWN = "validity_unknown"
    """The card names no last day, and does not say 长期 either."""
    BORN_IN_THE_FUTURE = "born_in_the_future"
    BAD_CHECK_DIGIT = "bad_check_digit"
    """ISO 7064 MOD 11-2 does not come out (GB 11643)."""
    BIRTH_CONTRADICTS_NUMBER = "birth_contradicts_number"
    SEX_CONTRADICTS_NUMBER = "sex_contradicts_number"
    UNKNOWN_SEX = "unknown_sex"
    """A code that GB/T 2261.1 does not have."""
    UNKNOWN_ETHNICITY = "unknown_ethnicity"
    """A code that GB/T 3304 does not have; regional codes exist."""
    UNKNOWN_DIVISION = "unknown_division"
    """The first six digits are no county of the table at hand; tables are never complete (GB/T 2260 changes every year)."""


def validate(record: IdCardRecord, today: date) -> tuple[CardFinding, ...]:
    """Everything that does not fit, in the order of ``CardFinding``; empty for a card that is fine on ``today``."""
    found = {*_dates(record, today), *_codes(record), *_number(record)}
    return tuple(finding for finding in CardFinding if finding in found)


def has_expired(record: IdCardRecord, on: date) -> bool | None:
    """True when the card's last day lies before ``on``; ``None`` when the card does not say how long it is valid.

    The last day itself is a good day. A long-term card never expires.
    """
    if record.is_long_term:
        return False
    return None if record.valid_to is None else record.valid_to < on


def division_name(number: str) -> str:
    """Province and county of the first six digits, as at the holder's birth where the table knows; empty when it does not.

    Wraps python-stdnum: ``ric.get_birth_place`` raises ``KeyError`` for a county that is not in its table, and refuses counties
    that were founded after the holder's birth, whose numbers are genuine all the same.
    """
    permit_division = _PERMIT_DIVISIONS.get(number[:6])
    if permit_division is not None:
        return permit_division
    try:
        place = ric.get_birth_place(number)
        return str(place["province"] + place["county"])
    except (KeyError, ValidationError, ValueError):
        return _division_at_any_time(number[:6])


def _division_at_any_time(code: str) -> str:
    """Name of a county without regard to when it bore this code; the newest of several."""
    facts = {name: text for _, properties in numdb.get("cn/loc").info(code) for name, text in properties.items()}
    counties = facts.get("county", "")
    newest = counties.rpartition(",")[2].rpartition("]")[2]
    return facts.get("province", "") + newest if newest else ""


def _dates(record: IdCardRecord, today: date) -> set[CardFinding]:
    found = set()
    expired = has_expired(record, today)
    if expired is None:
        found.add(CardFinding.VALIDITY_UNKNOWN)
    elif expired:
        found.add(CardFinding.EXPIRED)
    if record.valid_from is not None and record.valid_from > today:
        found.add(CardFinding.NOT_YET_VALID)
    if record.birth is not None and record.birth > today:
        found.add(CardFinding.BORN_IN_THE_FUTURE)
    return found


def _codes(record: IdCardRecord) -> set[CardFinding]:
    found = set()
    if record.sex_code not in SEX:
        found.add(CardFinding.UNKNOWN_SEX)
    if record.kind is CardKind.RESIDENT and record.ethnicity_code not in ETHNICITY:
        found.add(CardFinding.UNKNOWN_ETHNICITY)
    return found


def _number(record: IdCardRecord) -> set[CardFinding]:
    """What the number says of division, birth and sex. How foreigners' numbers are built is not published: the digit counts."""
    number, found = record.id_number, set()
    if record.kind is not CardKind.FOREIGN_PERMANENT_2017 and not has_good_check_digit(number):
        found.add(CardFinding.BAD_CHECK_DIGIT)
    if record.kind not in (CardKind.RESIDENT, CardKind.HKMT_RESIDENCE_PERMIT) or len(number) != 18:
        return found
    if record.birth is not None and number[6:14] != record.birth.isoformat().replace("-", ""):
        found.add(CardFinding.BIRTH_CONTRADICTS_NUMBER)
    parity = _SEXED.get(record.sex_code)
    if parity is not None and number[16].isdecimal() and int(number[16]) % 2 != parity:
        found.add(CardFinding.SEX_CONTRADICTS_NUMBER)
    if not division_name(number):
        found.add(CardFinding.UNKNOWN_DIVISION)
    return found
