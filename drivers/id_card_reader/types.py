"""What the ID-card reader can say. Personal data types show nothing of the person in their ``repr``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from drivers.types import Image


class CardKind(StrEnum):
    """Type byte of the text record: who the holder is."""

    RESIDENT = "resident"
    """居民身份证."""
    HKMT_RESIDENCE_PERMIT = "J"
    """港澳台居民居住证."""
    FOREIGN_PERMANENT_2017 = "I"
    """外国人永久居留身份证, 2017 layout."""
    FOREIGN_PERMANENT_2023 = "Y"
    """外国人永久居留身份证, 2023 layout."""


@dataclass(frozen=True, slots=True)
class IdCardRecord:
    """Text record of a card, with the same meaning for every card kind; absent facts are empty strings.

    Source: 256-byte record of the SAM-V protocol, fields of GB 11643, GB/T 2261.1 and GB/T 3304.
    """

    kind: CardKind
    name: str = field(repr=False)
    """姓名; for foreign cards the Chinese name, or the English one where there is none."""
    english_name: str = field(repr=False)
    sex_code: str = field(repr=False)
    """GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated."""
    ethnicity_code: str = field(repr=False)
    """GB/T 3304, two digits; empty for J, I and Y cards."""
    nationality: str = field(repr=False)
    """GB/T 2659 three letters; ``CHN`` for resident cards."""
    birth: date | None = field(repr=False)
    address: str = field(repr=False)
    id_number: str = field(repr=False)
    issuer: str = field(repr=False)
    valid_from: date | None = field(repr=False)
    valid_to: date | None = field(repr=False)
    """``None`` means 长期 (no end) when ``is_long_term``, else the card did not say."""
    is_long_term: bool = field(repr=False)
    permit_number: str = field(repr=False, default="")
    """通行证号码 of J cards."""
    times_issued: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class CardRead:
    """A card was read. ``photo`` is the decoded portrait, or ``None`` with ``photo_problem`` saying why."""

    record: IdCardRecord
    photo: Image | None = field(repr=False, default=None)
    photo_problem: str = ""


class CardTrouble(StrEnum):
    """Why no card came out, where a person or the card is the reason."""

    NO_CARD = "no_card"
    """Nobody put a card down before the deadline."""
    REMOVED_TOO_SOON = "removed_too_soon"
    UNREADABLE = "unreadable"
    """The SAM refused the card (authentication, verification or read failed)."""
    UNKNOWN_KIND = "unknown_kind"
    """A card type this program does not know; never parsed as a resident card."""
    BAD_RECORD = "bad_record"
    """The record breaks its own format (dates, number, encoding)."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class CardNotRead:
    """No card data, and why. ``sam_code`` is SW3 of the last answer where there was one."""

    trouble: CardTrouble
    sam_code: int | None = None
    detail: str = ""


ReadOutcome = CardRead | CardNotRead
