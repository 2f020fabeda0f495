"""Who stands at the machine: a card, what authorities know, and answers to questions. Fictitious people only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import yaml

import assets
from kiosk.catalogue.models import FieldKind, FormField
from kiosk.catalogue.rules import FactValue
from kiosk.domain.days import DaySpan
from kiosk.domain.identity import Person

MARK = "测试"
_MAX_FILE_BYTES = 1 << 20
_TYPICAL = {
    FieldKind.TEXT: "测试内容",
    FieldKind.NUMBER: "1",
    FieldKind.PHONE: "13800000000",
    FieldKind.ADDRESS: "浙江省温州市瓯海区测试路 1 号",
    FieldKind.ID_NUMBER: "330302195801010005",
}


class ResidentFileError(Exception):
    """The file describes no resident; the message is one line."""


class _Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    id_number: str
    card_kind: str = "resident"
    sex_code: str = ""
    birth: date | None = None
    ethnicity_code: str = "01"
    nationality: str = "CHN"
    address: str = ""
    valid_to: date | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    card: _Card
    shared: dict[str, str | int | bool] = {}
    answers: dict[str, str] = {}


class _Samples(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    residents: tuple[_File, ...]


@dataclass(frozen=True)
class Resident:
    """See the module. The ``repr`` shows nothing."""

    person: Person
    shared: Mapping[str, FactValue] = field(default_factory=dict, repr=False)
    answers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def answer(self, asked: FormField, today: date) -> str:
        """What this resident writes; where nothing is said of it, something typical of the kind of question."""
        if asked.name in self.answers:
            return self.answers[asked.name]
        if asked.kind is FieldKind.CHOICE:
            return asked.choices[0].value
        if asked.kind is FieldKind.DATE:
            month = timedelta(days=30)
            return (today + month if asked.days is DaySpan.FUTURE else today - month).isoformat()
        return _TYPICAL[asked.kind][: asked.max_length]


def load_resident(path: Path) -> Resident:
    """The resident that a JSON file describes: ``{"card": {…}, "shared": {…}, "answers": {…}}``; raises ``ResidentFileError``."""
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise ResidentFileError(f"{path}: is larger than {_MAX_FILE_BYTES:,} bytes")
        return _resident(msgspec.convert(json.loads(path.read_text(encoding="utf-8-sig")), _File))
    except (OSError, ValueError, RecursionError) as error:
        raise ResidentFileError(f"{path}: {' '.join(str(error).split())[:200]}") from error


def sample_residents() -> tuple[Resident, ...]:
    """The typical residents of the samples: an elder of this city, and a worker from elsewhere."""
    with (assets.ROOT / "samples" / "residents.yaml").open(encoding="utf-8") as file:
        given: Any = yaml.safe_load(file)
    return tuple(_resident(one) for one in msgspec.convert(given, _Samples).residents)


def card_values(person: Person) -> dict[str, str]:
    """What stands on their card, by the keys of a card file; what nobody said is made up."""
    return {
        "name": person.name,
        "sex_code": person.sex_code or "1",
        "ethnicity_code": person.ethnicity_code or "01",
        "birth": f"{person.birth:%Y%m%d}" if person.birth else "19700101",
        "address": person.address or "测试路 SAMPLE",
        "id_number": person.id_number,
        "issuer": "测试市公安局",
        "valid_from": "20110601",
        "valid_to": f"{person.card_valid_to:%Y%m%d}" if person.card_valid_to else "长期",
    }


def _resident(given: _File) -> Resident:
    card = given.card
    if not card.name.startswith(MARK):
        raise ResidentFileError(f"only fictitious residents can be played: a name begins with {MARK}")
    person = Person(
        card_kind=card.card_kind,
        name=card.name,
        id_number=card.id_number,
        sex_code=card.sex_code,
        birth=card.birth or _birth_in(card.id_number),
        ethnicity_code=card.ethnicity_code,
        nationality=card.nationality,
        address=card.address,
        card_valid_to=card.valid_to,
    )
    return Resident(person, given.shared, given.answers)


def _birth_in(number: str) -> date | None:
    try:
        return date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    except ValueError:
        return None
