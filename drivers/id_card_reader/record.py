"""The 256-byte text record of a card: UTF-16LE fields at fixed places (protocol notes 1.6). Pure.

A record is parsed strictly and by its own type sign: an unknown type is never read as a resident card, and a broken record is a
value that says what is broken without repeating any of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from stdnum.iso7064 import mod_11_2

from drivers.id_card_reader.protocol import TEXT_BYTES
from drivers.id_card_reader.types import CardKind, CardNotRead, CardTrouble, IdCardRecord, RecordFault

LONG_TERM = "长期"
_TYPE_OFFSET = 248
_PADDING = " \0"
_KIND_BY_SIGN = {
    " ": CardKind.RESIDENT,
    "J": CardKind.HKMT_RESIDENCE_PERMIT,
    "I": CardKind.FOREIGN_PERMANENT_2017,
    "Y": CardKind.FOREIGN_PERMANENT_2023,
}

_RESIDENT_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")
_NUMBER_PATTERN = {
    CardKind.RESIDENT: _RESIDENT_NUMBER,
    CardKind.HKMT_RESIDENCE_PERMIT: _RESIDENT_NUMBER,
    CardKind.FOREIGN_PERMANENT_2017: re.compile(r"[A-Z]{3}[0-9]{12}"),
    CardKind.FOREIGN_PERMANENT_2023: re.compile(r"9[0-9]{16}[0-9X]"),
}
_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Span:
    """Place of a field, or of a part of one, in bytes."""

    offset: int
    length: int


_RESIDENT_LAYOUT = {
    "name": (Span(0, 30),),
    "sex_code": (Span(30, 2),),
    "ethnicity_code": (Span(32, 4),),
    "birth": (Span(36, 16),),
    "address": (Span(52, 70),),
    "id_number": (Span(122, 36),),
    "issuer": (Span(158, 30),),
    "valid_from": (Span(188, 16),),
    "valid_to": (Span(204, 16),),
}
LAYOUTS: Mapping[CardKind, Mapping[str, tuple[Span, ...]]] = {
    CardKind.RESIDENT: _RESIDENT_LAYOUT,
    CardKind.HKMT_RESIDENCE_PERMIT: {
        **{name: spans for name, spans in _RESIDENT_LAYOUT.items() if name != "ethnicity_code"},
        "permit_number": (Span(220, 18),),
        "times_issued": (Span(238, 4),),
    },
    CardKind.FOREIGN_PERMANENT_2017: {
        "english_name": (Span(0, 120),),
        "sex_code": (Span(120, 2),),
        "id_number": (Span(122, 30),),
        "nationality": (Span(152, 6),),
        "chinese_name": (Span(158, 30),),
        "valid_from": (Span(188, 16),),
        "valid_to": (Span(204, 16),),
        "birth": (Span(220, 16),),
        "issuer": (Span(240, 8),),
    },
    CardKind.FOREIGN_PERMANENT_2023: {
        "chinese_name": (Span(0, 30),),
        "sex_code": (Span(30, 2),),
        "times_issued": (Span(32, 4),),
        "birth": (Span(36, 16),),
        "english_name": (Span(52, 70), Span(220, 22)),
        "id_number": (Span(122, 36),),
        "issuer": (Span(158, 30),),
        "valid_from": (Span(188, 16),),
        "valid_to": (Span(204, 16),),
        "nationality": (Span(242, 6),),
    },
}


class _Broken(Exception):
    """Carries the fault from the place that sees it to ``parse_record``."""

    def __init__(self, fault: RecordFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def parse_record(data: bytes) -> IdCardRecord | CardNotRead:
    """Read the text block of a card; whether the card has expired is not decided here."""
    if len(data) != TEXT_BYTES:
        return CardNotRead(CardTrouble.BAD_RECORD, detail=RecordFault.BAD_LENGTH)
    sign = int.from_bytes(data[_TYPE_OFFSET : _TYPE_OFFSET + 2], "little")
    kind = _KIND_BY_SIGN.get(chr(sign))
    if kind is None:
        return CardNotRead(CardTrouble.UNKNOWN_KIND, detail=f"U+{sign:04X}")
    try:
        texts = {name: _decode(data, spans) for name, spans in LAYOUTS[kind].items()}
        return _to_record(kind, texts)
    except _Broken as broken:
        return CardNotRead(CardTrouble.BAD_RECORD, detail=broken.fault)


def encode_fields(fields: Mapping[str, str], kind: CardKind = CardKind.RESIDENT, type_sign: str | None = None) -> bytes:
    """Lay out field texts as the card would, without judging them; for the emulator and for tests.

    ``type_sign`` overrides the sign at the type's place, to make a card nobody knows. Raises ``ValueError`` for a field that this
    kind does not have, or that is too long for its place.
    """
    record = bytearray(" ".encode("utf-16-le") * (TEXT_BYTES // 2))
    layout = LAYOUTS[kind]
    for name, text in fields.items():
        if name not in layout:
            raise ValueError(f"a card of kind {kind.value} has no field {name!r}")
        _place(record, name, text, layout[name])
    sign = type_sign if type_sign is not None else next(key for key, value in _KIND_BY_SIGN.items() if value is kind)
    encoded_sign = sign.encode("utf-16-le")
    if len(encoded_sign) != 2:
        raise ValueError("the type sign must be one character")
    record[_TYPE_OFFSET : _TYPE_OFFSET + 2] = encoded_sign
    return bytes(record)


def encode_record(record: IdCardRecord) -> bytes:
    """The text block from which ``parse_record`` makes this record again; raises ``ValueError`` when a field is too long."""
    values: dict[str, Any] = {
        "name": record.name,
        "chinese_name": "" if record.name == record.english_name else record.name,
        "english_name": record.english_name,
        "sex_code": record.sex_code,
        "ethnicity_code": record.ethnicity_code,
        "nationality": record.nationality,
        "birth": _format_date(record.birth),
        "address": record.address,
        "id_number": record.id_number,
        "issuer": record.issuer,
        "valid_from": _format_date(record.valid_from),
        "valid_to": LONG_TERM if record.is_long_term else _format_date(record.valid_to),
        "permit_number": record.permit_number,
        "times_issued": record.times_issued,
    }
    return encode_fields({name: values[name] for name in LAYOUTS[record.kind]}, record.kind)


def has_good_check_digit(number: str) -> bool:
    """True for 18 characters that satisfy ISO 7064 MOD 11-2; nothing else of the number is judged."""
    return _RESIDENT_NUMBER.fullmatch(number) is not None and mod_11_2.checksum(number) == 1


def _decode(data: bytes, spans: tuple[Span, ...]) -> str:
    raw = b"".join(data[span.offset : span.offset + span.length] for span in spans)
    try:
        text = raw.decode("utf-16-le").rstrip(_PADDING)
    except UnicodeDecodeError as error:
        raise _Broken(RecordFault.BAD_ENCODING) from error
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise _Broken(RecordFault.BAD_ENCODING)
    return text


def _to_record(kind: CardKind, texts: Mapping[str, str]) -> IdCardRecord:
    english_name = texts.get("english_name", "")
    name = texts.get("name", "") or texts.get("chinese_name", "") or english_name
    if not name:
        raise _Broken(RecordFault.NO_NAME)
    _check_number(kind, texts["id_number"])
    is_long_term = texts["valid_to"] == LONG_TERM
    dates_may_be_absent = kind is not CardKind.RESIDENT
    record = IdCardRecord(
        kind=kind,
        name=name,
        english_name=english_name,
        sex_code=texts["sex_code"],
        ethnicity_code=texts.get("ethnicity_code", ""),
        nationality="CHN" if kind is CardKind.RESIDENT else texts.get("nationality", ""),
        birth=_parse_date(texts["birth"], dates_may_be_absent),
        address=texts.get("address", ""),
        id_number=texts["id_number"],
        issuer=texts["issuer"],
        valid_from=_parse_date(texts["valid_from"], dates_may_be_absent),
        valid_to=None if is_long_term else _parse_date(texts["valid_to"], dates_may_be_absent),
        is_long_term=is_long_term,
        permit_number=texts.get("permit_number", ""),
        times_issued=texts.get("times_issued", ""),
    )
    known_dates = [day for day in (record.birth, record.valid_from, record.valid_to) if day is not None]
    if known_dates != sorted(known_dates):
        raise _Broken(RecordFault.BAD_DATE)
    return record


def _check_number(kind: CardKind, number: str) -> None:
    if _NUMBER_PATTERN[kind].fullmatch(number) is None:
        raise _Broken(RecordFault.BAD_NUMBER)
    if kind is not CardKind.FOREIGN_PERMANENT_2017 and not has_good_check_digit(number):
        raise _Broken(RecordFault.BAD_CHECK_DIGIT)


def _parse_date(text: str, may_be_absent: bool) -> date | None:
    if not text and may_be_absent:
        return None
    parts = _DATE.fullmatch(text)
    if parts is None:
        raise _Broken(RecordFault.BAD_DATE)
    try:
        return date(*(int(part) for part in parts.groups()))
    except ValueError as error:
        raise _Broken(RecordFault.BAD_DATE) from error


def _format_date(day: date | None) -> str:
    return "" if day is None else f"{day.year:04d}{day.month:02d}{day.day:02d}"


def _place(record: bytearray, name: str, text: str, spans: tuple[Span, ...]) -> None:
    encoded = text.encode("utf-16-le", "surrogatepass")
    if len(encoded) > sum(span.length for span in spans):
        raise ValueError(f"field {name!r} is too long for the card")
    for span in spans:
        part, encoded = encoded[: span.length], encoded[span.length :]
        record[span.offset : span.offset + len(part)] = part
