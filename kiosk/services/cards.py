"""From the ID-card reader's words to the visit's."""

from __future__ import annotations

from drivers.id_card_reader.abstract import IdCardReader
from drivers.id_card_reader.types import CardNotRead, CardRead, IdCardRecord
from drivers.types import Deadline, Image
from kiosk.domain.identity import Person, Portrait
from kiosk.flow.events import CardFailed, CardWasRead


def read_card(reader: IdCardReader, deadline: Deadline) -> CardWasRead | CardFailed:
    """Wait for a card and read it; passes on ``DeviceError`` when the reader is lost."""
    match reader.read(deadline):
        case CardRead(record, photo):
            return CardWasRead(to_person(record), _taken_over(photo))
        case CardNotRead(trouble):
            return CardFailed(f"card.{trouble.value}")


def _taken_over(photo: Image | None) -> Portrait | None:
    """The portrait, of which no other copy is left."""
    if photo is None:
        return None
    portrait = Portrait(photo)
    if photo.flags.writeable:
        photo.fill(0)
    return portrait


def to_person(record: IdCardRecord) -> Person:
    """The record in words of the domain."""
    return Person(
        card_kind=record.kind.value,
        name=record.name,
        id_number=record.id_number,
        sex_code=record.sex_code,
        birth=record.birth,
        ethnicity_code=record.ethnicity_code,
        nationality=record.nationality,
        address=record.address,
        card_valid_to=record.valid_to,
    )


def forget_card(event: CardWasRead | CardFailed) -> None:
    """Overwrite what a reading brought that nobody waits for any more."""
    if isinstance(event, CardWasRead) and event.portrait is not None:
        event.portrait.forget()
