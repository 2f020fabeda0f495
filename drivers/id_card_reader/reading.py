"""From the blocks of a card to what the caller gets; shared by the driver and the simulator. Pure but for the photo decoders."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from drivers.id_card_reader.photo import PhotoDecoder, decode_photo
from drivers.id_card_reader.record import parse_record
from drivers.id_card_reader.types import (
    CardBodyNumber,
    CardExtra,
    CardNotRead,
    CardRead,
    Fingerprint,
    Missing,
    NewestAddress,
    PhotoProblem,
    ReadOutcome,
)

Block = bytes | Missing


@dataclass(frozen=True, slots=True)
class Blocks:
    """What came from a card, still as bytes."""

    text: bytes = field(repr=False)
    photo: bytes = field(repr=False)
    extras: Mapping[CardExtra, Block] = field(repr=False, default_factory=dict)
    """Only what was asked for; an empty block is none."""


def interpret_card(blocks: Blocks, decoders: Sequence[PhotoDecoder]) -> ReadOutcome:
    """Parse the record strictly; a portrait or an extra that is no good does not spoil a good record."""
    record = parse_record(blocks.text)
    if isinstance(record, CardNotRead):
        return record
    picture = decode_photo(blocks.photo, decoders)
    photo, problem = (None, picture) if isinstance(picture, PhotoProblem) else (picture, "")
    fingerprint = _extra(blocks, CardExtra.FINGERPRINT)
    body_number = _extra(blocks, CardExtra.BODY_NUMBER)
    return CardRead(
        record,
        photo=photo,
        photo_problem=problem,
        newest_address=_newest_address(_extra(blocks, CardExtra.NEWEST_ADDRESS)),
        fingerprint=fingerprint if isinstance(fingerprint, Missing) else Fingerprint(fingerprint),
        body_number=body_number if isinstance(body_number, Missing) else CardBodyNumber(body_number),
    )


def _extra(blocks: Blocks, extra: CardExtra) -> Block:
    return blocks.extras.get(extra, Missing.NOT_ASKED) or Missing.NOT_ON_CARD


def _newest_address(block: Block) -> NewestAddress | Missing:
    """70 bytes of UTF-16LE, padded with spaces (1.2); padding alone is no address."""
    if isinstance(block, Missing):
        return block
    try:
        text = block.decode("utf-16-le").rstrip(" \0")
    except UnicodeDecodeError:
        return Missing.NOT_READ
    if any(unicodedata.category(character) == "Cc" for character in text):
        return Missing.NOT_READ
    return NewestAddress(text) if text else Missing.NOT_ON_CARD
