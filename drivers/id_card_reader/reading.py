"""From the blocks of a card to what the caller gets; shared by the driver and the simulator. Pure but for the photo decoders."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.id_card_reader.photo import PhotoDecoder, decode_photo
from drivers.id_card_reader.record import parse_record
from drivers.id_card_reader.types import CardNotRead, CardRead, PhotoProblem, ReadOutcome


def interpret_card(text: bytes, photo: bytes, decoders: Sequence[PhotoDecoder]) -> ReadOutcome:
    """Parse the record strictly; a portrait that cannot be decoded does not spoil a good record."""
    record = parse_record(text)
    if isinstance(record, CardNotRead):
        return record
    picture = decode_photo(photo, decoders)
    if isinstance(picture, PhotoProblem):
        return CardRead(record, photo=None, photo_problem=picture)
    return CardRead(record, photo=picture)
