from __future__ import annotations

from drivers.id_card_reader.cards import sample_card
from drivers.id_card_reader.emulate import packaged_portrait
from drivers.id_card_reader.simulator import SimulatedIdCardReader
from drivers.id_card_reader.types import CardRead
from drivers.types import Deadline
from kiosk.flow.events import CardFailed, CardWasRead
from kiosk.services.cards import forget_card, read_card


class Noting:
    """A reader that keeps what it handed out."""

    def __init__(self) -> None:
        self._reader = SimulatedIdCardReader()
        self._reader.put_card(sample_card(packaged_portrait()))
        self.outcome: object = None

    def read(self, deadline: Deadline) -> object:
        self.outcome = self._reader.read(deadline)
        return self.outcome


def test_of_a_portrait_that_was_taken_over_no_other_copy_is_left() -> None:
    reader = Noting()
    event = read_card(reader, Deadline(5.0))  # type: ignore[arg-type]
    assert isinstance(event, CardWasRead)
    assert event.portrait is not None
    assert event.portrait.pixels is not None
    assert event.portrait.pixels.any()
    assert isinstance(reader.outcome, CardRead)
    assert reader.outcome.photo is not None
    assert not reader.outcome.photo.any()


def test_a_forgotten_card_leaves_no_portrait() -> None:
    event = read_card(Noting(), Deadline(5.0))  # type: ignore[arg-type]
    assert isinstance(event, CardWasRead)
    pixels = event.portrait.pixels if event.portrait else None
    forget_card(event)
    assert pixels is not None
    assert not pixels.any()


def test_no_card_is_a_reason() -> None:
    assert read_card(SimulatedIdCardReader(), Deadline(0.05)) == CardFailed("card.no_card")
