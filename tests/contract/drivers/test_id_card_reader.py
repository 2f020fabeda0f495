"""What every ID-card reader promises: the simulator, and the driver on the emulator over TCP and over a pseudo terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import pytest

from drivers.errors import BadFrame, Disconnected, NoResponse
from drivers.id_card_reader import driver as driver_module
from drivers.id_card_reader import sam_link
from drivers.id_card_reader.abstract import IdCardReader
from drivers.id_card_reader.cards import EmulatedCard, make_card, sample_card
from drivers.id_card_reader.driver import SamVIdCardReader
from drivers.id_card_reader.emulate import packaged_portrait
from drivers.id_card_reader.emulator import Fault, IdReaderEmulator, Lockup, RestMode
from drivers.id_card_reader.errors import SamOutOfOrder
from drivers.id_card_reader.fault_words import FaultyReader
from drivers.id_card_reader.protocol import Command, Sw3
from drivers.id_card_reader.simulator import SimulatedIdCardReader
from drivers.id_card_reader.types import (
    CardBodyNumber,
    CardExtra,
    CardNotRead,
    CardRead,
    CardTrouble,
    Fingerprint,
    Missing,
    NewestAddress,
    PhotoProblem,
    RecordFault,
)
from drivers.status import DeviceState
from drivers.types import Deadline
from tests.helpers.serial_devices import LINES, InBackground

PLENTY_S = 20.0
LATE_S = 0.25
"""What two busy cores may add to the 0.05 s that are promised."""


class Table(FaultyReader, Protocol):
    """Where cards are put down, and faults are ordered."""

    def inject(self, fault: Fault, times: int | None = None) -> None: ...


@pytest.fixture(autouse=True)
def _impatient_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is told sooner than in the field, so that the tests are not spent waiting."""
    monkeypatch.setattr(sam_link, "_TIMEOUT_S", dict.fromkeys(Command, 0.4))
    monkeypatch.setattr(sam_link, "_QUIET_AFTER_DAMAGE_S", 0.1)
    monkeypatch.setattr(driver_module, "_RESET_WHILE_WAITING_S", 0.5)


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
        emulator.clear_faults()


def card_named(name: str) -> EmulatedCard:
    return make_card(
        {"name": name, "birth": "19580308", "id_number": "330304195803080026", "valid_from": "20110601", "valid_to": "长期"}
    )


def with_extras(newest_address: str, fingers: str) -> EmulatedCard:
    return make_card(
        {
            "name": "测试", "birth": "19580308", "id_number": "330304195803080026", "valid_from": "20110601", "valid_to": "长期",
            "newest_address": newest_address, "fingers": fingers,
        }
    )  # fmt: skip


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


def test_a_card_that_was_read_is_still_seen_until_it_is_lifted(subject: Setup) -> None:
    assert subject.reader.sees_card(Deadline(PLENTY_S)) is False
    subject.table.put_card(sample_card())
    assert subject.reader.sees_card(Deadline(PLENTY_S)) is True
    assert isinstance(subject.reader.read(Deadline(PLENTY_S)), CardRead)
    for _ in range(3):
        assert subject.reader.sees_card(Deadline(PLENTY_S)) is True
    subject.table.lift_card()
    assert subject.reader.sees_card(Deadline(PLENTY_S)) is False


def test_a_card_that_was_seen_can_still_be_read(subject: Setup) -> None:
    subject.table.put_card(sample_card())
    assert isinstance(subject.reader.read(Deadline(PLENTY_S)), CardRead)
    assert subject.reader.sees_card(Deadline(PLENTY_S)) is True
    assert isinstance(subject.reader.read(Deadline(PLENTY_S)), CardRead)


def test_who_looks_without_time_claims_nothing(subject: Setup) -> None:
    subject.table.put_card(sample_card())
    deadline = Deadline(PLENTY_S)
    deadline.cancel()
    assert subject.reader.sees_card(deadline) is None


def test_a_lost_line_is_no_empty_table(subject: Setup) -> None:
    subject.table.put_card(sample_card())
    subject.table.inject(Fault.UNPLUG, 1)
    with pytest.raises(Disconnected):
        subject.reader.sees_card(Deadline(PLENTY_S))


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


def test_its_number_stays_the_same(subject: Setup) -> None:
    first = subject.reader.sam_id()
    assert len(first.raw) == 16
    assert [subject.reader.sam_id() for _ in range(2)] == [first, first]


def test_nothing_is_read_that_was_not_asked_for(subject: Setup) -> None:
    subject.table.put_card(with_extras("新地址", "2"))
    outcome = subject.reader.read(Deadline(PLENTY_S))
    assert isinstance(outcome, CardRead)
    assert {outcome.newest_address, outcome.fingerprint, outcome.body_number} == {Missing.NOT_ASKED}


@pytest.mark.parametrize(("fingers", "block_bytes"), [("1", 512), ("2", 1024)])
def test_extras_come_with_the_card(subject: Setup, fingers: str, block_bytes: int) -> None:
    subject.table.put_card(with_extras("浙江省温州市测试新路4号", fingers))
    outcome = subject.reader.read(Deadline(PLENTY_S), set(CardExtra))
    assert isinstance(outcome, CardRead)
    assert outcome.record.name == "测试"
    assert outcome.newest_address == NewestAddress("浙江省温州市测试新路4号")
    assert isinstance(outcome.fingerprint, Fingerprint)
    assert len(outcome.fingerprint.block) == block_bytes
    assert isinstance(outcome.body_number, CardBodyNumber)


def test_a_card_without_extras_says_so(subject: Setup) -> None:
    subject.table.put_card(sample_card())
    outcome = subject.reader.read(Deadline(PLENTY_S), set(CardExtra))
    assert isinstance(outcome, CardRead)
    assert (outcome.newest_address, outcome.fingerprint) == (Missing.NOT_ON_CARD, Missing.NOT_ON_CARD)


def test_a_missing_photo_spoils_no_text(subject: Setup) -> None:
    subject.table.put_card(sample_card(packaged_portrait()))
    subject.table.inject(Fault.NO_PHOTO)
    outcome = subject.reader.read(Deadline(PLENTY_S))
    assert isinstance(outcome, CardRead)
    assert outcome.photo is None
    assert outcome.photo_problem == PhotoProblem.ABSENT


@pytest.mark.parametrize("how", list(Lockup))
def test_a_card_that_hangs_in_the_field_is_read_all_the_same(subject: Setup, how: Lockup) -> None:
    subject.table.put_card(sample_card())
    subject.table.lock_up(how)
    assert isinstance(subject.reader.read(Deadline(PLENTY_S)), CardRead)


@pytest.mark.parametrize("answers", [1, 2])
def test_a_card_lifted_in_the_middle_is_told(subject: Setup, answers: int) -> None:
    subject.table.put_card(sample_card())
    subject.table.lift_card(after_answers=answers)
    outcome = subject.reader.read(Deadline(PLENTY_S))
    assert isinstance(outcome, CardNotRead)
    assert outcome.trouble is CardTrouble.REMOVED_TOO_SOON


def test_the_deadline_holds_for_a_card_that_lies_there(subject: Setup) -> None:
    subject.table.put_card(sample_card())
    subject.table.slow_down(0.2)
    begun_s = time.monotonic()
    assert subject.reader.read(Deadline(0.5)) == CardNotRead(CardTrouble.TOO_SLOW)
    assert time.monotonic() - begun_s < 0.5 + LATE_S
    subject.table.clear_faults()
    assert isinstance(subject.reader.read(Deadline(PLENTY_S)), CardRead)


def test_cancelling_holds_in_the_middle_of_a_card(subject: Setup) -> None:
    subject.table.put_card(sample_card())
    subject.table.slow_down(0.3)
    deadline = Deadline(300.0)
    reading = InBackground(lambda: subject.reader.read(deadline))
    deadline.sleep(0.45)
    cancelled_at_s = time.monotonic()
    deadline.cancel()
    assert reading.result(timeout_s=5.0) == CardNotRead(CardTrouble.CANCELLED)
    assert time.monotonic() - cancelled_at_s < LATE_S


@pytest.mark.parametrize(
    "fault", [fault for fault in Fault if fault not in (Fault.UNPLUG, Fault.SELF_TEST_FAILED, Fault.NO_PHOTO)]
)
def test_one_fault_costs_no_card(subject: Setup, fault: Fault) -> None:
    subject.table.put_card(sample_card())
    assert subject.reader.status().is_online
    subject.table.inject(fault, 1)
    assert isinstance(subject.reader.read(Deadline(PLENTY_S)), CardRead)


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [
        (Fault.MUTE, NoResponse, "no_answer"),
        (Fault.AWOL, NoResponse, "no_answer"),
        (Fault.BAD_CHECKSUM, BadFrame, "garbled"),
        (Fault.HALF_FRAME, BadFrame, "garbled"),
        (Fault.SELF_TEST_FAILED, SamOutOfOrder, "sam_self_test_failed"),
    ],
)
def test_a_lasting_fault_is_told_and_leaves_nothing_behind(
    subject: Setup, fault: Fault, error: type[Exception], code: str
) -> None:
    subject.table.put_card(sample_card())
    subject.table.inject(fault)
    assert subject.reader.status().code == code
    with pytest.raises(error):
        subject.reader.read(Deadline(PLENTY_S))
    subject.table.clear_faults()
    assert subject.reader.status().code == "ok"
    assert isinstance(subject.reader.read(Deadline(PLENTY_S)), CardRead)


@pytest.mark.parametrize(("fault", "sw3"), [(Fault.SELECT_FAILED, Sw3.SELECT_FAILED), (Fault.READ_FAILED, Sw3.READ_FAILED)])
def test_a_card_the_module_refuses_is_unreadable(subject: Setup, fault: Fault, sw3: Sw3) -> None:
    subject.table.put_card(sample_card())
    subject.table.inject(fault)
    assert subject.reader.read(Deadline(PLENTY_S)) == CardNotRead(CardTrouble.UNREADABLE, sam_code=sw3)


def test_a_cut_line_is_told(subject: Setup) -> None:
    subject.table.inject(Fault.UNPLUG)
    with pytest.raises(Disconnected):
        subject.reader.read(Deadline(PLENTY_S))
    assert subject.reader.status().state is DeviceState.NO_DEVICE
