"""The true driver on the true emulator, with everything going wrong that goes wrong in the field."""

from __future__ import annotations

import time
from collections.abc import Iterator, Set
from dataclasses import replace

import pytest

from drivers.emulation.host import PtyHost, TcpHost
from drivers.errors import BadFrame, Disconnected, NoResponse
from drivers.id_card_reader import driver as driver_module
from drivers.id_card_reader import sam_link
from drivers.id_card_reader.cards import make_card, sample_card
from drivers.id_card_reader.driver import SamVIdCardReader
from drivers.id_card_reader.emulator import Fault, IdReaderEmulator, Lockup, RestMode
from drivers.id_card_reader.errors import SamOutOfOrder
from drivers.id_card_reader.protocol import Command, Sw3
from drivers.id_card_reader.types import CardExtra, CardNotRead, CardRead, CardTrouble, PhotoProblem
from drivers.status import DeviceState
from drivers.types import Deadline
from tests.helpers.serial_devices import LINES, InBackground

PLENTY_S = 20.0
FIELDS = {"birth": "19580308", "id_number": "330304195803080026", "valid_from": "20110601", "valid_to": "长期"}
LATE_S = 0.25
"""What two busy cores may add to the 0.05 s that are promised."""


@pytest.fixture(autouse=True)
def _impatient_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is told sooner than in the field, so that the tests are not spent waiting."""
    monkeypatch.setattr(sam_link, "_TIMEOUT_S", dict.fromkeys(Command, 0.4))
    monkeypatch.setattr(sam_link, "_QUIET_AFTER_DAMAGE_S", 0.2)


@pytest.fixture
def emulator() -> IdReaderEmulator:
    return IdReaderEmulator()


@pytest.fixture(params=list(LINES))
def host(request: pytest.FixtureRequest, emulator: IdReaderEmulator) -> Iterator[TcpHost | PtyHost]:
    with LINES[request.param](emulator) as started:
        yield started
        emulator.clear_faults()


@pytest.fixture
def subject(host: TcpHost | PtyHost) -> Iterator[SamVIdCardReader]:
    reader = SamVIdCardReader.create(host.url, baudrate=921_600)  # waits for less line time than at 115,200
    yield reader
    reader.close()


@pytest.mark.parametrize(
    "fault",
    [Fault.MUTE, Fault.BAD_CHECKSUM, Fault.NOISE, Fault.HALF_FRAME, Fault.STALE_REPLY, Fault.TRUNCATE],
)
@pytest.mark.parametrize("answers_before", [0, 1, 2], ids=["find", "select", "read"])
def test_one_bad_answer_costs_no_card(
    subject: SamVIdCardReader, emulator: IdReaderEmulator, fault: Fault, answers_before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.put_card(sample_card())
    assert subject.status().is_online  # leaves an answer behind that can be sent once more
    obey, answered = emulator._obey, []

    def break_the_chosen_answer(command: Command) -> bytes:
        if len(answered) == answers_before:
            emulator.inject(fault, times=1)
        answered.append(command)
        return obey(command)

    monkeypatch.setattr(emulator, "_obey", break_the_chosen_answer)
    outcome = subject.read(Deadline(PLENTY_S))
    assert isinstance(outcome, CardRead)
    assert outcome.record.name == "测试·林小瓯"


def test_every_answer_amid_noise_is_found(subject: SamVIdCardReader, emulator: IdReaderEmulator) -> None:
    emulator.put_card(sample_card())
    emulator.inject(Fault.NOISE)
    emulator.inject(Fault.STALE_REPLY)
    assert isinstance(subject.read(Deadline(PLENTY_S)), CardRead)


def test_a_silent_module_is_no_missing_card(subject: SamVIdCardReader, emulator: IdReaderEmulator) -> None:
    emulator.inject(Fault.MUTE)
    with pytest.raises(NoResponse):
        subject.read(Deadline(0.7))
    assert (subject.status().state, subject.status().code) == (DeviceState.OFFLINE, "no_answer")
    emulator.clear_faults()
    assert subject.status().is_online


def test_a_module_that_only_talks_nonsense_is_told(subject: SamVIdCardReader, emulator: IdReaderEmulator) -> None:
    emulator.inject(Fault.BAD_CHECKSUM)
    with pytest.raises(BadFrame):
        subject.read(Deadline(1.0))
    assert (subject.status().state, subject.status().code) == (DeviceState.HARDWARE_ERROR, "garbled")


def test_a_truncated_answer_is_never_an_empty_card(subject: SamVIdCardReader, emulator: IdReaderEmulator) -> None:
    emulator.put_card(sample_card())
    emulator.inject(Fault.TRUNCATE)
    with pytest.raises(BadFrame):
        subject.read(Deadline(PLENTY_S))


def test_a_slow_module_is_waited_for(subject: SamVIdCardReader, emulator: IdReaderEmulator) -> None:
    emulator.put_card(sample_card())
    emulator.slow_down(0.15)
    assert isinstance(subject.read(Deadline(PLENTY_S)), CardRead)


def test_answers_that_come_too_late_are_not_taken_for_the_next_ones(
    subject: SamVIdCardReader, emulator: IdReaderEmulator
) -> None:
    emulator.put_card(sample_card())
    emulator.slow_down(0.9)
    with pytest.raises((NoResponse, BadFrame)):
        subject.read(Deadline(PLENTY_S))
    emulator.clear_faults()
    emulator.put_card(sample_card())
    outcome = subject.read(Deadline(PLENTY_S))
    assert isinstance(outcome, CardRead)
    assert outcome.record.name == "测试·林小瓯"


def test_cancelling_ends_the_wait_for_an_answer(subject: SamVIdCardReader, emulator: IdReaderEmulator) -> None:
    emulator.put_card(sample_card())
    emulator.slow_down(0.4)
    deadline = Deadline(300.0)
    reading = InBackground(lambda: subject.read(deadline))
    deadline.sleep(0.1)
    cancelled_at_s = time.monotonic()
    deadline.cancel()
    assert reading.result() == CardNotRead(CardTrouble.CANCELLED)
    assert time.monotonic() - cancelled_at_s < LATE_S


@pytest.mark.parametrize("slow_s", [0.08, 0.15, 0.35])
def test_the_deadline_holds_wherever_the_read_stands(
    subject: SamVIdCardReader, emulator: IdReaderEmulator, slow_s: float
) -> None:
    emulator.put_card(sample_card())
    emulator.slow_down(slow_s)
    begun_s = time.monotonic()
    outcome = subject.read(Deadline(0.3))
    assert time.monotonic() - begun_s < 0.3 + LATE_S
    assert isinstance(outcome, CardRead) or outcome.trouble in (CardTrouble.TOO_SLOW, CardTrouble.NO_CARD)


def test_a_card_that_was_too_slow_is_read_the_next_time(subject: SamVIdCardReader, emulator: IdReaderEmulator) -> None:
    emulator.put_card(sample_card())
    emulator.slow_down(0.25)
    assert subject.read(Deadline(0.6)) == CardNotRead(CardTrouble.TOO_SLOW)
    emulator.clear_faults()
    assert isinstance(subject.read(Deadline(PLENTY_S)), CardRead), "though it was not lifted, and this module is strict"


def test_a_card_the_module_refuses_is_unreadable(subject: SamVIdCardReader, emulator: IdReaderEmulator) -> None:
    emulator.put_card(sample_card())
    emulator.inject(Fault.READ_FAILED)
    assert subject.read(Deadline(PLENTY_S)) == CardNotRead(CardTrouble.UNREADABLE, sam_code=Sw3.READ_FAILED)
    emulator.clear_faults()
    emulator.inject(Fault.SELECT_FAILED)
    assert subject.read(Deadline(PLENTY_S)) == CardNotRead(CardTrouble.UNREADABLE, sam_code=Sw3.SELECT_FAILED)


@pytest.mark.parametrize("fault", [Fault.SELECT_FAILED, Fault.READ_FAILED])
def test_a_refusal_that_passes_costs_no_card(subject: SamVIdCardReader, emulator: IdReaderEmulator, fault: Fault) -> None:
    emulator.put_card(sample_card())
    emulator.inject(fault, times=2)
    assert isinstance(subject.read(Deadline(PLENTY_S)), CardRead)


@pytest.mark.parametrize("lifted_before", [Command.SELECT, Command.READ])
def test_a_card_lifted_too_soon_is_told(
    subject: SamVIdCardReader, emulator: IdReaderEmulator, lifted_before: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    obey = emulator._obey

    def lift_then_obey(command: Command) -> bytes:
        if command is lifted_before:
            emulator.lift_card()
        return obey(command)

    monkeypatch.setattr(emulator, "_obey", lift_then_obey)
    emulator.put_card(sample_card())
    outcome = subject.read(Deadline(PLENTY_S))
    assert isinstance(outcome, CardNotRead)
    assert outcome.trouble is CardTrouble.REMOVED_TOO_SOON


def test_a_broken_module_is_the_technician_s_matter(subject: SamVIdCardReader, emulator: IdReaderEmulator) -> None:
    emulator.inject(Fault.SELF_TEST_FAILED)
    with pytest.raises(SamOutOfOrder):
        subject.read(Deadline(PLENTY_S))
    assert (subject.status().state, subject.status().code) == (DeviceState.HARDWARE_ERROR, "sam_self_test_failed")


def test_a_pulled_cable_is_told(subject: SamVIdCardReader, emulator: IdReaderEmulator) -> None:
    emulator.inject(Fault.UNPLUG)
    with pytest.raises(Disconnected):
        subject.read(Deadline(PLENTY_S))
    assert (subject.status().state, subject.status().code) == (DeviceState.NO_DEVICE, "disconnected")


def test_a_replugged_reader_can_be_opened_again(emulator: IdReaderEmulator) -> None:
    with TcpHost(emulator) as host:
        first = SamVIdCardReader.create(host.url)
        emulator.inject(Fault.UNPLUG, times=1)
        with pytest.raises(Disconnected):
            first.read(Deadline(PLENTY_S))
        first.close()
        second = SamVIdCardReader.create(host.url)
        assert second.status().is_online
        second.close()


def test_a_port_that_is_not_there_is_told() -> None:
    with pytest.raises(Disconnected, match="/dev/no-such-reader"):
        SamVIdCardReader.create("/dev/no-such-reader")


def test_a_lost_answer_after_a_read_does_not_lose_the_card(
    subject: SamVIdCardReader, emulator: IdReaderEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The find that learns the module's habit fails: the card has been read all the same."""
    emulator.put_card(sample_card())
    obey, answered = emulator._obey, []

    def fall_silent_behind_a_read(command: Command) -> bytes:
        if answered == [Command.FIND, Command.SELECT, Command.READ]:
            emulator.inject(Fault.MUTE, times=1)
        answered.append(command)
        return obey(command)

    monkeypatch.setattr(emulator, "_obey", fall_silent_behind_a_read)
    assert isinstance(subject.read(Deadline(PLENTY_S)), CardRead)
    assert subject.status().is_online


def test_a_strict_reader_sees_the_next_card_go(emulator: IdReaderEmulator) -> None:
    """A card that was put down again has not been read: it can be seen lying there, and leaving."""
    with TcpHost(emulator) as host:
        subject = SamVIdCardReader.create(host.url)
        emulator.put_card(sample_card())
        assert isinstance(subject.read(Deadline(PLENTY_S)), CardRead)
        emulator.put_card(sample_card())
        waiting = InBackground(lambda: subject.wait_removed(Deadline(PLENTY_S)))
        Deadline(1.0).sleep(0.5)
        assert waiting.is_running
        emulator.lift_card()
        assert waiting.result()
        subject.close()


def test_a_lenient_reader_is_known_once_it_showed_a_resting_card() -> None:
    emulator = IdReaderEmulator(RestMode.LENIENT)
    with TcpHost(emulator) as host:
        subject = SamVIdCardReader.create(host.url)
        emulator.put_card(sample_card())
        assert isinstance(subject.read(Deadline(PLENTY_S)), CardRead)
        assert subject.finds_resting_card()
        emulator.lift_card()
        assert subject.wait_removed(Deadline(PLENTY_S)), "gone before anybody asked"
        subject.close()


@pytest.mark.parametrize("how", list(Lockup))
def test_a_card_that_hangs_in_the_field_is_reset_out_of_it(
    subject: SamVIdCardReader, emulator: IdReaderEmulator, how: Lockup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver_module, "_RESET_WHILE_WAITING_S", 0.3)
    emulator.put_card(sample_card())
    emulator.lock_up(how)
    assert isinstance(subject.read(Deadline(PLENTY_S)), CardRead)


@pytest.mark.parametrize("how", [Lockup.NONE, Lockup.SILENT])
def test_a_card_that_hangs_after_it_was_found_is_reset_out_of_it(
    subject: SamVIdCardReader, emulator: IdReaderEmulator, how: Lockup, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.put_card(sample_card())
    obey, found = emulator._obey, []

    def hang_behind_the_first_find(command: Command) -> bytes:
        answer = obey(command)
        if command is Command.FIND and not found:
            found.append(command)
            emulator.lock_up(how)
        return answer

    monkeypatch.setattr(emulator, "_obey", hang_behind_the_first_find)
    assert isinstance(subject.read(Deadline(PLENTY_S)), CardRead)


def test_a_silent_lock_up_ends_when_anybody_asks_for_the_state(subject: SamVIdCardReader, emulator: IdReaderEmulator) -> None:
    emulator.lock_up(Lockup.SILENT)
    assert subject.status().is_online


def test_nothing_but_a_reset_ends_a_lock_up(subject: SamVIdCardReader, emulator: IdReaderEmulator) -> None:
    emulator.lock_up()
    emulator.put_card(sample_card())
    emulator.lift_card()
    emulator.put_card(sample_card())
    assert subject.status().is_online
    assert emulator._lockup is Lockup.FOUND
    subject.reset()
    assert emulator._lockup is None


@pytest.mark.parametrize("answers", [1, 2, 3])
def test_a_card_lifted_after_some_answers(subject: SamVIdCardReader, emulator: IdReaderEmulator, answers: int) -> None:
    """After find, after select: too soon. After read: all is there."""
    emulator.put_card(sample_card())
    emulator.lift_card(after_answers=answers)
    outcome = subject.read(Deadline(PLENTY_S))
    if answers < 3:
        assert isinstance(outcome, CardNotRead)
        assert outcome.trouble is CardTrouble.REMOVED_TOO_SOON
    else:
        assert isinstance(outcome, CardRead)


@pytest.mark.parametrize("photo", [b"", b"RIFF" + bytes(400)], ids=["absent", "short"])
def test_a_good_text_with_a_bad_photo_is_a_good_card(subject: SamVIdCardReader, emulator: IdReaderEmulator, photo: bytes) -> None:
    emulator.put_card(replace(sample_card(), photo=photo))
    outcome = subject.read(Deadline(PLENTY_S))
    assert isinstance(outcome, CardRead)
    assert outcome.photo is None
    assert outcome.photo_problem == (PhotoProblem.SHORT if photo else PhotoProblem.ABSENT)


def test_a_read_that_fails_on_the_photo_gives_the_text_when_tried_again(
    subject: SamVIdCardReader, emulator: IdReaderEmulator
) -> None:
    emulator.put_card(sample_card())
    emulator.inject(Fault.READ_FAILED, times=1)
    emulator.inject(Fault.NO_PHOTO)
    outcome = subject.read(Deadline(PLENTY_S))
    assert isinstance(outcome, CardRead)
    assert outcome.photo_problem == PhotoProblem.ABSENT


def test_a_duplicate_answer_is_not_taken_for_the_next_one(subject: SamVIdCardReader, emulator: IdReaderEmulator) -> None:
    emulator.inject(Fault.DUPLICATE)
    for name in ("测试·甲", "测试·乙"):
        emulator.put_card(make_card({**FIELDS, "name": name}))
        outcome = subject.read(Deadline(PLENTY_S))
        assert isinstance(outcome, CardRead)
        assert outcome.record.name == name


@pytest.mark.parametrize(("also", "answer_bytes"), [(frozenset(), 1295), ({CardExtra.FINGERPRINT}, 2321)])
def test_a_line_of_9600_baud_is_waited_for(emulator: IdReaderEmulator, also: Set[CardExtra], answer_bytes: int) -> None:
    """The module's own time is 0.4 s here; the rest of the patience is the line's."""
    emulator.put_card(make_card({**FIELDS, "name": "测试", "fingers": "2"}))
    with PtyHost(emulator, paced_baudrate=9600) as host:
        subject = SamVIdCardReader.create(host.url, baudrate=9600)
        begun_s = time.monotonic()
        outcome = subject.read(Deadline(PLENTY_S), also)
        subject.close()
    assert isinstance(outcome, CardRead)
    assert time.monotonic() - begun_s > answer_bytes * 10 / 9600
