"""A card that was met in one visit is nobody's in the next, until the reader was seen empty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from drivers.id_card_reader.abstract import IdCardReader
from drivers.id_card_reader.cards import EmulatedCard, make_card, sample_card
from drivers.id_card_reader.driver import SamVIdCardReader
from drivers.id_card_reader.emulator import IdReaderEmulator, RestMode
from drivers.id_card_reader.simulator import SimulatedIdCardReader
from drivers.types import Deadline
from kiosk.flow.card_events import LEFT_BEHIND
from kiosk.flow.events import CardFailed, CardWasRead
from kiosk.services.card_table import CardTable
from tests.helpers.serial_devices import LINES

PLENTY_S = 20.0
OTHER = make_card(
    {"name": "测试·乙", "birth": "19580308", "id_number": "330304195803080026", "valid_from": "20110601", "valid_to": "长期"}
)


class Hand(Protocol):
    def put_card(self, card: EmulatedCard) -> None: ...

    def lift_card(self) -> None: ...


@dataclass
class Desk:
    """A reader of either kind, a hand, and what the terminal notes of the cards."""

    reader: IdCardReader
    hand: Hand
    table: CardTable
    note: Path

    def reads(self, seconds: float = PLENTY_S) -> str:
        event = self.table.read(self.reader, Deadline(seconds))
        return event.person.name if isinstance(event, CardWasRead) else event.reason


@pytest.fixture(params=[(kind, mode) for kind in ("simulator", "tcp") for mode in RestMode])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    kind, mode = request.param
    note = tmp_path / "card-on-reader"
    if kind == "simulator":
        simulator = SimulatedIdCardReader(mode)
        yield Desk(simulator, simulator, CardTable(note), note)
        return
    emulator = IdReaderEmulator(mode)
    with LINES[kind](emulator) as host:
        reader = SamVIdCardReader.create(host.url)
        yield Desk(reader, emulator, CardTable(note), note)
        reader.close()


def test_a_card_that_lies_there_still_is_refused_in_the_next_visit_until_it_is_lifted(desk: Desk) -> None:
    desk.hand.put_card(sample_card())
    assert desk.reads() == "测试·林小瓯"
    desk.table.visit_is_over()
    for _ in range(2):
        assert desk.reads() == LEFT_BEHIND
    desk.hand.lift_card()
    assert desk.reads(0.8) == "card.no_card"
    desk.hand.put_card(OTHER)
    assert desk.reads() == "测试·乙"


def test_another_card_that_takes_its_place_unseen_is_refused_too(desk: Desk) -> None:
    desk.hand.put_card(sample_card())
    assert desk.reads() == "测试·林小瓯"
    desk.table.visit_is_over()
    desk.hand.put_card(OTHER)
    assert desk.reads() == LEFT_BEHIND


def test_within_a_visit_its_card_is_read_as_often_as_it_is_asked_for(desk: Desk) -> None:
    desk.hand.put_card(sample_card())
    assert desk.reads() == "测试·林小瓯"
    assert desk.table.look(desk.reader, Deadline(PLENTY_S)) is True
    assert desk.reads() == "测试·林小瓯"


def test_a_card_that_was_taken_in_time_is_in_nobody_s_way(desk: Desk) -> None:
    desk.hand.put_card(sample_card())
    assert desk.reads() == "测试·林小瓯"
    desk.hand.lift_card()
    assert desk.table.look(desk.reader, Deadline(PLENTY_S)) is False
    assert not desk.table.may_hold_card
    desk.table.visit_is_over()
    assert not desk.table.may_hold_left_card
    desk.hand.put_card(OTHER)
    assert desk.reads() == "测试·乙"


def test_who_puts_a_card_down_before_the_visit_begins_is_served(desk: Desk) -> None:
    desk.table.visit_is_over()
    desk.hand.put_card(sample_card())
    assert desk.reads() == "测试·林小瓯"


def test_a_terminal_that_was_killed_still_knows_of_the_card(desk: Desk) -> None:
    desk.hand.put_card(sample_card())
    assert desk.reads() == "测试·林小瓯"
    assert desk.note.read_bytes() == b""
    desk.table = CardTable(desk.note)
    assert desk.reads() == LEFT_BEHIND
    desk.hand.lift_card()
    assert desk.reads(0.8) == "card.no_card"
    assert not desk.note.exists()
    assert not CardTable(desk.note).may_hold_card


def test_a_card_that_could_not_be_read_counts_as_well(desk: Desk) -> None:
    desk.hand.put_card(make_card({"name": "测试", "type_sign": "Q"}))
    assert desk.reads() == "card.unknown_kind"
    desk.table.visit_is_over()
    assert desk.reads() == LEFT_BEHIND


def test_who_gives_up_while_it_is_looked_is_told_nothing_of_a_card(desk: Desk) -> None:
    desk.hand.put_card(sample_card())
    desk.reads()
    desk.table.visit_is_over()
    deadline = Deadline(PLENTY_S)
    deadline.cancel()
    assert desk.table.read(desk.reader, deadline) == CardFailed("card.cancelled")
    assert desk.table.may_hold_left_card


@pytest.mark.expects_warnings
def test_a_disk_that_takes_no_note_costs_nobody_the_visit(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    reader = SimulatedIdCardReader()
    table = CardTable(tmp_path / "no such folder" / "note")
    reader.put_card(sample_card())
    assert isinstance(table.read(reader, Deadline(PLENTY_S)), CardWasRead)
    table.visit_is_over()
    assert table.read(reader, Deadline(PLENTY_S)) == CardFailed(LEFT_BEHIND)
    assert "cannot be kept" in caplog.text
