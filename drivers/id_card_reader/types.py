"""What the ID-card reader can say. Personal data types show nothing of the person in their ``repr``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np

from drivers.id_card_reader.protocol import format_sam_id
from drivers.overwritten import overwritten_copy
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
class SamId:
    """Number of the security module: 16 bytes to compare, and a text for people."""

    raw: bytes

    def __str__(self) -> str:
        """As on the label, e.g. ``05.01-20131231-0000123456-0000789012``."""
        return format_sam_id(self.raw)


class CardExtra(StrEnum):
    """What a card can be asked for beside its record and portrait. Nothing of it is read unless asked for."""

    NEWEST_ADDRESS = "newest_address"
    """最新住址: written by the police after a move, in addition to the printed one."""
    FINGERPRINT = "fingerprint"
    BODY_NUMBER = "body_number"
    """Number of the card's chip. Experimental: no source tells its length, so it is handed over as it comes."""


class Missing(StrEnum):
    """Why something is not in ``CardRead``."""

    NOT_ASKED = "not_asked"
    NOT_ON_CARD = "not_on_card"
    """The module says that the card has none: a fact, not a failure."""
    NOT_SUPPORTED = "not_supported"
    """The module does not know the command."""
    NOT_READ = "not_read"
    """Refused, garbled, or out of time; the record beside it is good."""


@dataclass(frozen=True, slots=True)
class NewestAddress:
    """An address that was appended to the card."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CardBodyNumber:
    """Whatever the module gives as the card body number, 1 to 64 bytes."""

    raw: bytes = field(repr=False)


class Fingerprint:
    """The fingerprint block, 512 bytes a finger, opaque: only the vendor's matcher can make sense of it.

    It lies in memory that is overwritten when the last user lets go of it, or at once by ``wipe``. The line's own buffers are
    beyond our reach and are freed without that.
    """

    __slots__ = ("_block",)

    def __init__(self, block: bytes) -> None:
        """Keep a copy."""
        self._block = overwritten_copy(np.frombuffer(block, dtype=np.uint8))

    @property
    def block(self) -> memoryview:
        """The bytes themselves, without a copy; zeros after ``wipe``."""
        return self._block.data.cast("B").toreadonly()

    @property
    def fingers(self) -> int:
        """1 or 2."""
        return self._block.size // 512

    def wipe(self) -> None:
        """Overwrite it now; may be called twice."""
        self._block[:] = 0

    def __repr__(self) -> str:
        return f"Fingerprint(fingers={self.fingers})"


@dataclass(frozen=True, slots=True)
class CardRead:
    """A card was read. ``photo`` is the decoded portrait, or ``None`` with ``photo_problem`` saying why."""

    record: IdCardRecord
    photo: Image | None = field(repr=False, default=None)
    photo_problem: str = ""
    newest_address: NewestAddress | Missing = Missing.NOT_ASKED
    fingerprint: Fingerprint | Missing = Missing.NOT_ASKED
    body_number: CardBodyNumber | Missing = Missing.NOT_ASKED


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
    TOO_SLOW = "too_slow"
    """The card lay there, and the deadline came before it was read to its end. Lifted and put down again it can be read."""
    CANCELLED = "cancelled"


class RecordFault(StrEnum):
    """What is wrong with a record: the ``detail`` of ``CardTrouble.BAD_RECORD``. Never says anything of the person."""

    BAD_LENGTH = "bad_length"
    """The text block is not 256 bytes long."""
    BAD_ENCODING = "bad_encoding"
    """Not UTF-16LE, or control characters inside a field."""
    NO_NAME = "no_name"
    BAD_NUMBER = "bad_number"
    """The number has the wrong length or signs."""
    BAD_CHECK_DIGIT = "bad_check_digit"
    """ISO 7064 MOD 11-2 does not come out (GB 11643)."""
    BAD_DATE = "bad_date"
    """Not a day of the calendar, missing where the card must have it, or in impossible order."""


class PhotoProblem(StrEnum):
    """Why a card that was read has no portrait: ``CardRead.photo_problem``."""

    ABSENT = "absent"
    """The photo block is empty, or the module sent none."""
    SHORT = "short"
    """The module sent a part of the block only."""
    NO_DECODER = "no_decoder"
    """No configured decoder knows this block; WLT needs the vendor's library."""
    BROKEN = "broken"
    """A decoder knows the block, and could not make a picture of it."""
    WRONG_SIZE = "wrong_size"
    """The picture is not 102 x 126."""
    LIBRARY_MISSING = "library_missing"
    """The configured vendor library cannot be loaded."""
    LIBRARY_UNSUITABLE = "library_unsuitable"
    """The vendor library lacks the configured function."""
    LIBRARY_FAILED = "library_failed"
    """The vendor library refused the block."""


@dataclass(frozen=True, slots=True)
class CardNotRead:
    """No card data, and why. ``sam_code`` is SW3 of the last answer where there was one."""

    trouble: CardTrouble
    sam_code: int | None = None
    detail: str = ""
    """``RecordFault`` for a bad record, the type sign (``U+0041``) for an unknown kind, else empty."""


ReadOutcome = CardRead | CardNotRead
