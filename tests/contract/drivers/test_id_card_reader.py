"""What every ID-card reader promises: the simulator, and the driver on the emulator over TCP and over a pseudo terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import pytest

from drivers.errors import Disconnected
from drivers.id_card_reader.abstract import IdCardReader
from drivers.id_card_reader.cards import EmulatedCard, make_card, sample_card
from drivers.id_card_reader.driver import SamVIdCardReader
from drivers.id_card_reader.emulate import packaged_portrait
from drivers.id_card_reader.emulator import IdReaderEmulator, RestMode
from drivers.id_card_reader.simulator import SimulatedIdCardReader
from drivers.id_card_reader.types import CardNotRead, CardRead, CardTrouble, RecordFault
from drivers.status import DeviceState
from drivers.types import Deadline
from tests.helpers.serial_devices import LINES, InBackground

PLENTY_S = 20.0


class Table(Protocol):
    """Where cards are put down."""

    def put_card(self, card: EmulatedCard) -> None: ...

    def lift_card(self) -> None: ...


@dataclass
class Setup:
    reader: IdCardReader
    table: Table
    rest_mode: RestMode


@pytest.fixture(params=list(RestMode))
def rest_mode(request: pytest.FixtureRequest) -> RestMode:
    return RestMode(request.param)


@pytest.fixture(params=["simulator", *LINES])
def subject(request: pytest.FixtureRequest, rest_mode: RestMode) -> Iterator[Setup]:
    if request.param == "simulator":
        simulator = SimulatedIdCardReader(rest_mode)
        yield Setup(simulator, simulator, rest_mode)
        return
    emulator = IdReaderEmulator(rest_mode)
    with LINES[request.param](emulator) as host:
        reader = SamVIdCardReader.create(host.url)
        yield Setup(reader, emulator, rest_mode)
        reader.close()


def card_named(name: str) -> EmulatedCard:
    return make_card(
        {"name": name, "birth": "19580308", "id_number": "330304195803080026", "valid_from": "20110601", "valid_to": "长期"}
    )


def test_it_is_online(subject: Setup) -> None:
    assert subject.reader.status().state is DeviceState.ONLINE
    assert subject.reader.status().code == "ok"


def test_a_card_that_lies_there_is_read_whole(subject: Setup) -> None:
    subject.table.put_card(sample_card(packaged_portrait()))
    outcome = subject.reader.read(Deadline(PLENTY_S))
    assert isinstance(outcome, CardRead)
    assert outcome.record.name == "测试·林小瓯"
    assert outcome.record.id_number == "330304195803080026"
    assert outcome.photo is not None
    assert outcome.photo.shape == (126, 102)
    assert outcome.photo_problem == ""


def test_a_card_put_down_later_is_read(subject: Setup) -> None:
    reading = InBackground(lambda: subject.reader.read(Deadline(PLENTY_S)))
    subject.table.put_card(sample_card())
    assert isinstance(reading.result(), CardRead)


def test_no_card_is_said_at_the_deadline(subject: Setup) -> None:
    assert subject.reader.read(Deadline(0.2)) == CardNotRead(CardTrouble.NO_CARD)


def test_a_cancelled_read_ends_at_once(subject: Setup) -> None:
    deadline = Deadline(300.0)
    reading = InBackground(lambda: subject.reader.read(deadline))
    deadline.cancel()
    assert reading.result(timeout_s=5.0) == CardNotRead(CardTrouble.CANCELLED)


def test_the_next_person_s_card_is_the_next_person_s(subject: Setup) -> None:
    names = []
    for name in ("测试·甲", "测试·乙", "测试·丙"):
        subject.table.put_card(card_named(name))
        outcome = subject.reader.read(Deadline(PLENTY_S))
        assert isinstance(outcome, CardRead)
        names.append(outcome.record.name)
        subject.table.lift_card()
        assert isinstance(subject.reader.read(Deadline(0.15)), CardNotRead)
    assert names == ["测试·甲", "测试·乙", "测试·丙"]


def test_an_unknown_kind_is_told(subject: Setup) -> None:
    subject.table.put_card(make_card({"name": "测试", "type_sign": "Q"}))
    assert subject.reader.read(Deadline(PLENTY_S)) == CardNotRead(CardTrouble.UNKNOWN_KIND, detail="U+0051")


def test_a_wrong_check_digit_is_told(subject: Setup) -> None:
    subject.table.put_card(make_card({"name": "测试", "id_number": "110101197608056896", "birth": "19760805"}))
    assert subject.reader.read(Deadline(PLENTY_S)) == CardNotRead(CardTrouble.BAD_RECORD, detail=RecordFault.BAD_CHECK_DIGIT)


def test_a_lifted_card_is_noticed_where_the_reader_can_tell(subject: Setup) -> None:
    subject.table.put_card(sample_card())
    assert isinstance(subject.reader.read(Deadline(PLENTY_S)), CardRead)
    if subject.rest_mode is RestMode.LENIENT:
        assert not subject.reader.wait_removed(Deadline(0.5)), "it still lies there"
        waiting = InBackground(lambda: subject.reader.wait_removed(Deadline(PLENTY_S)))
        subject.table.lift_card()
        assert waiting.result()
    else:
        subject.table.lift_card()
        assert not subject.reader.wait_removed(Deadline(0.5)), "a strict reader cannot tell, and must not pretend"


def test_a_cancelled_wait_claims_nothing(subject: Setup) -> None:
    subject.table.put_card(sample_card())
    assert isinstance(subject.reader.read(Deadline(PLENTY_S)), CardRead)
    deadline = Deadline(300.0)
    waiting = InBackground(lambda: subject.reader.wait_removed(deadline))
    deadline.cancel()
    assert waiting.result(timeout_s=5.0) is False


def test_a_reset_leaves_a_working_reader(subject: Setup) -> None:
    subject.reader.reset()
    subject.table.put_card(sample_card())
    assert isinstance(subject.reader.read(Deadline(PLENTY_S)), CardRead)


def test_a_closed_reader_says_so(subject: Setup) -> None:
    subject.reader.close()
    subject.reader.close()
    assert subject.reader.status().state is DeviceState.NO_DEVICE
    with pytest.raises(Disconnected):
        subject.reader.read(Deadline(1.0))
