"""The register of residents of the reference platform: fictitious people only, marked 测试.

A true platform asks the register of its authority instead: whatever finds a person's number can stand in for it (``Register``).
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from contract.id_numbers import birth_agrees, is_id_number
from fleet.database import Database
from fleet.decoding import is_plain_text
from fleet.errors import PlatformError

MARK = "测试"
"""Names of fictitious residents begin with it. Nobody else is taken in here: the table is not sealed."""
_PHONE = re.compile(r"1[3-9][0-9]{9}")
_FIELDS = "id_type, id_number, name, sex_code, birth_date, ethnicity_code, address, valid_to, phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """One fictitious person."""

    id_type: str = "resident"
    id_number: str = field(repr=False)
    name: str = field(repr=False)
    sex_code: str = field(default="", repr=False)
    """GB/T 2261.1; empty to take it from the number."""
    birth_date: str = field(default="", repr=False)
    """ISO 8601; empty to take it from the number."""
    ethnicity_code: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    valid_to: str = field(default="", repr=False)
    """Last day of the ID card, ISO 8601; empty for 长期."""
    phone: str = field(default="", repr=False)


class Register(Protocol):
    """Knows people's telephones."""

    def phone_of(self, id_type: str, id_number: str, name: str) -> str | None:
        """The number registered for this very person; ``None`` when there is none, or no such person. May block."""
        ...


class Residents:
    """The table of fictitious residents."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, residents: Iterable[Resident], now_ms: int) -> int:
        """Add or replace; how many. Raises ``PlatformError`` for one that cannot be, and then adds none."""
        checked = [_checked(resident) for resident in residents]
        with self._database.transaction() as connection:
            connection.executemany(
                f"INSERT OR REPLACE INTO residents ({_FIELDS}, added_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - constant
                [(*_values(resident), now_ms) for resident in checked],
            )
        return len(checked)

    def find(self, id_number: str) -> Resident | None:
        """The resident of this number."""
        with self._database.reading() as connection:
            row = connection.execute(f"SELECT {_FIELDS} FROM residents WHERE id_number = ?", (id_number,)).fetchone()  # noqa: S608 - constant
        return _resident(row) if row else None

    def all(self) -> tuple[Resident, ...]:
        """Everybody, by number."""
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_FIELDS} FROM residents ORDER BY id_number").fetchall()  # noqa: S608 - constant
        return tuple(_resident(row) for row in rows)

    def phone_of(self, id_type: str, id_number: str, name: str) -> str | None:
        """See ``Register``."""
        found = self.find(id_number)
        if found is None or (found.id_type, found.name) != (id_type, name):
            return None
        return found.phone or None


def checked(resident: Resident) -> Resident:
    """The resident with what follows from the number filled in. Raises ``PlatformError``, one line, for one that cannot be."""
    return _checked(resident)


def mask_phone(phone: str) -> str:
    """First three and last four digits, the rest starred."""
    return f"{phone[:3]}****{phone[-4:]}"


def _checked(resident: Resident) -> Resident:
    if not is_plain_text(resident.name, 100) or not resident.name.startswith(MARK):
        raise PlatformError(f"only fictitious residents are taken in here: a name begins with {MARK}")
    if not is_id_number(resident.id_type, resident.id_number):
        raise PlatformError("the card kind is unknown, or the number breaks its form or its check digit")
    holds_birth = resident.id_type in ("resident", "J")
    number = resident.id_number
    birth = resident.birth_date or (f"{number[6:10]}-{number[10:12]}-{number[12:14]}" if holds_birth else "")
    sex = resident.sex_code or (str(2 - int(number[16]) % 2) if holds_birth else "0")
    day = _day(birth)
    if day is None or not birth_agrees(resident.id_type, number, day):
        raise PlatformError("the birth date is no date, or not the one in the number")
    _check_rest(resident, sex)
    return Resident(
        id_type=resident.id_type,
        id_number=number,
        name=resident.name,
        sex_code=sex,
        birth_date=birth,
        ethnicity_code=resident.ethnicity_code,
        address=resident.address,
        valid_to=resident.valid_to,
        phone=resident.phone,
    )


def _check_rest(resident: Resident, sex_code: str) -> None:
    if sex_code not in ("0", "1", "2", "9") or not re.fullmatch(r"|[0-9]{2}", resident.ethnicity_code):
        raise PlatformError("the sex or ethnicity code is none of GB/T 2261.1 and GB/T 3304")
    if resident.address and not is_plain_text(resident.address, 200):
        raise PlatformError("an address has at most 200 characters that can be seen")
    if resident.valid_to and _day(resident.valid_to) is None:
        raise PlatformError("the last day of the card is no date")
    if resident.phone and not _PHONE.fullmatch(resident.phone):
        raise PlatformError("a telephone number has eleven digits and begins with 13 to 19")


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def _values(resident: Resident) -> tuple[object, ...]:
    return tuple(getattr(resident, name) for name in _FIELDS.split(", "))


def _resident(row: sqlite3.Row) -> Resident:
    return Resident(**{name: row[name] for name in _FIELDS.split(", ")})
