"""The emulated module against bytes written by hand, without our driver."""

from __future__ import annotations

import pytest

from drivers.emulation.host import Link
from drivers.id_card_reader.cards import EmulatedCard, sample_card
from drivers.id_card_reader.emulator import Fault, IdReaderEmulator, Lockup, RestMode

STATUS = "AA AA AA 96 69 00 03 11 FF ED"
RESET = "AA AA AA 96 69 00 03 10 FF EC"
SAM_ID = "AA AA AA 96 69 00 03 12 FF EE"
FIND = "AA AA AA 96 69 00 03 20 01 22"
SELECT = "AA AA AA 96 69 00 03 20 02 21"
READ = "AA AA AA 96 69 00 03 30 01 32"
READ_WITH_FINGERPRINT = "AA AA AA 96 69 00 03 30 10 23"
NEWEST_ADDRESS = "AA AA AA 96 69 00 03 30 03 30"
OK = "AA AA AA 96 69 00 04 00 00 90 94"
FOUND = "AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97"
NOT_FOUND = "AA AA AA 96 69 00 04 00 00 80 84"
SELECTED = "AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C"
NOT_SELECTED = "AA AA AA 96 69 00 04 00 00 81 85"
NOT_READ = "AA AA AA 96 69 00 04 00 00 41 45"


class Wire:
    """The client's end: what the emulator has sent, and whether it has hung up."""

    def __init__(self, emulator: IdReaderEmulator) -> None:
        self.emulator = emulator
        self.sent = bytearray()
        self.is_cut = False
        emulator.connected(Link(self.sent.extend, self.hang_up))

    def hang_up(self) -> None:
        self.is_cut = True

    def ask(self, *requests: str) -> str:
        self.sent.clear()
        for request in requests:
            self.emulator.received(bytes.fromhex(request))
        return self.sent.hex(" ").upper()


@pytest.fixture
def card() -> EmulatedCard:
    return sample_card()


@pytest.fixture
def subject() -> IdReaderEmulator:
    return IdReaderEmulator()


@pytest.fixture
def wire(subject: IdReaderEmulator) -> Wire:
    return Wire(subject)


def test_it_answers_as_the_protocol_says(subject: IdReaderEmulator, wire: Wire, card: EmulatedCard) -> None:
    assert wire.ask(RESET) == OK
    assert wire.ask(STATUS) == OK
    assert wire.ask(SAM_ID).startswith("AA AA AA 96 69 00 14 00 00 90 05 00")
    assert wire.ask(FIND) == NOT_FOUND
    subject.put_card(card)
    assert wire.ask(FIND) == FOUND
    assert wire.ask(SELECT) == SELECTED
    answer = bytes.fromhex(wire.ask(READ))
    assert answer[:14] == bytes.fromhex("AA AA AA 96 69 05 08 00 00 90 01 00 04 00")
    assert answer[14:270] == card.text
    assert answer[270:1294] == card.photo
    assert len(answer) == 1295
    xor = 0
    for value in answer[5:]:
        xor ^= value
    assert xor == 0


def test_a_read_with_fingerprint_has_an_empty_third_block(subject: IdReaderEmulator, wire: Wire, card: EmulatedCard) -> None:
    subject.put_card(card)
    answer = bytes.fromhex(wire.ask(FIND, SELECT, READ_WITH_FINGERPRINT).split(SELECTED)[1])
    assert len(answer) == 1297
    assert answer[5:16] == bytes.fromhex("05 0A 00 00 90 01 00 04 00 00 00")


def test_the_order_is_find_select_read(subject: IdReaderEmulator, wire: Wire, card: EmulatedCard) -> None:
    subject.put_card(card)
    assert wire.ask(SELECT) == NOT_SELECTED
    assert wire.ask(READ) == NOT_READ
    assert wire.ask(FIND, READ) == f"{FOUND} {NOT_READ}"
    assert wire.ask(FIND, SELECT, FIND, READ).endswith(NOT_READ), "each read needs a new select behind the last find"


def test_a_strict_module_finds_a_read_card_only_when_it_was_lifted(
    subject: IdReaderEmulator, wire: Wire, card: EmulatedCard
) -> None:
    subject.put_card(card)
    wire.ask(FIND, SELECT, READ)
    assert wire.ask(FIND) == NOT_FOUND
    subject.lift_card()
    assert wire.ask(FIND) == NOT_FOUND
    subject.put_card(card)
    assert wire.ask(FIND) == FOUND


def test_a_lenient_module_finds_a_card_as_long_as_it_lies_there(card: EmulatedCard) -> None:
    subject = IdReaderEmulator(RestMode.LENIENT)
    wire = Wire(subject)
    subject.put_card(card)
    wire.ask(FIND, SELECT, READ)
    assert wire.ask(FIND) == FOUND
    subject.lift_card()
    assert wire.ask(FIND) == NOT_FOUND


def test_a_card_lifted_between_select_and_read_is_not_read(subject: IdReaderEmulator, wire: Wire, card: EmulatedCard) -> None:
    subject.put_card(card)
    wire.ask(FIND, SELECT)
    subject.lift_card()
    assert wire.ask(READ) == NOT_READ


def test_the_newest_address_is_there_or_absent(subject: IdReaderEmulator, wire: Wire, card: EmulatedCard) -> None:
    subject.put_card(card)
    wire.ask(FIND, SELECT, READ)
    assert wire.ask(NEWEST_ADDRESS) == "AA AA AA 96 69 00 04 00 00 91 95"
    subject.put_card(EmulatedCard(card.text, card.photo, newest_address="测试".encode("utf-16-le").ljust(70, b" ")))
    wire.ask(FIND, SELECT, READ)
    assert wire.ask(NEWEST_ADDRESS).startswith("AA AA AA 96 69 00 4A 00 00 90")


@pytest.mark.parametrize(
    ("request_bytes", "sw3"),
    [
        ("AA AA AA 96 69 00 03 20 01 21", 0x10),
        ("AA AA AA 96 69 20 00 22", None),
        ("AA AA AA 96 69 00 03 20 00 22", 0x10),
        ("AA AA AA 96 69 00 03 77 01 75", 0x21),
        ("AA AA AA 96 69 00 04 20 01 00 25", 0x11),
    ],
    ids=["wrong checksum", "no length", "both wrong", "unknown command", "wrong length"],
)
def test_bad_requests_get_their_code(wire: Wire, request_bytes: str, sw3: int | None) -> None:
    expected = "" if sw3 is None else f"AA AA AA 96 69 00 04 00 00 {sw3:02X} {sw3 ^ 4:02X}"
    assert wire.ask(request_bytes) == expected
    assert wire.ask(STATUS).endswith(OK), "a bad request must not spoil the next one"


def test_requests_may_come_in_pieces(subject: IdReaderEmulator, wire: Wire) -> None:
    for value in bytes.fromhex(STATUS):
        subject.received(bytes([value]))
    assert wire.sent.hex(" ").upper() == OK


def test_each_fault_does_what_it_says(subject: IdReaderEmulator, wire: Wire, card: EmulatedCard) -> None:
    def with_fault(fault: Fault) -> str:
        subject.inject(fault, times=1)
        return wire.ask(FIND)

    subject.put_card(card)
    wire.ask(STATUS)
    assert with_fault(Fault.STALE_REPLY) == f"{OK} {FOUND}"
    assert with_fault(Fault.MUTE) == ""
    assert with_fault(Fault.HALF_FRAME) == "AA AA AA 96 69 00 08"
    assert with_fault(Fault.BAD_CHECKSUM)[:-2] == FOUND[:-2]
    assert with_fault(Fault.NOISE).endswith(FOUND)
    assert len(with_fault(Fault.NOISE)) > len(FOUND)
    assert with_fault(Fault.TRUNCATE) == "AA AA AA 96 69 00 06 00 00 9F 00 00 99"
    assert with_fault(Fault.SELF_TEST_FAILED) == "AA AA AA 96 69 00 04 00 00 60 64"
    assert not wire.is_cut
    assert with_fault(Fault.UNPLUG) == ""
    assert wire.is_cut
    assert wire.ask(FIND) == FOUND, "each fault was asked for once"


def test_a_fault_without_count_lasts_until_cleared(subject: IdReaderEmulator, wire: Wire) -> None:
    subject.inject(Fault.MUTE)
    assert [wire.ask(STATUS) for _ in range(3)] == ["", "", ""]
    subject.clear_faults()
    assert wire.ask(STATUS) == OK


def test_refusals_of_a_card_can_be_asked_for(subject: IdReaderEmulator, wire: Wire, card: EmulatedCard) -> None:
    subject.put_card(card)
    subject.inject(Fault.SELECT_FAILED, times=1)
    assert wire.ask(FIND, SELECT) == f"{FOUND} {NOT_SELECTED}"
    subject.inject(Fault.READ_FAILED, times=1)
    assert wire.ask(FIND, SELECT, READ).endswith(NOT_READ)


def test_a_card_can_be_lifted_after_some_answers(subject: IdReaderEmulator, wire: Wire, card: EmulatedCard) -> None:
    subject.put_card(card)
    subject.lift_card(after_answers=2)
    assert wire.ask(FIND, SELECT) == f"{FOUND} {SELECTED}"
    assert wire.ask(READ) == NOT_READ
    assert wire.ask(FIND) == NOT_FOUND


@pytest.mark.parametrize(
    ("how", "answers"),
    [(Lockup.FOUND, [FOUND, NOT_SELECTED, OK]), (Lockup.NONE, [NOT_FOUND, NOT_SELECTED, OK]), (Lockup.SILENT, ["", "", ""])],
)
def test_only_a_reset_ends_a_lock_up(
    subject: IdReaderEmulator, wire: Wire, card: EmulatedCard, how: Lockup, answers: list[str]
) -> None:
    subject.put_card(card)
    subject.lock_up(how)
    assert [wire.ask(FIND), wire.ask(SELECT), wire.ask(STATUS)] == answers
    subject.put_card(card)
    assert wire.ask(SELECT) == answers[1]
    assert wire.ask(RESET) == OK
    assert wire.ask(FIND, SELECT) == f"{FOUND} {SELECTED}"


def test_a_card_without_photo_block_has_length_0_in_its_place(subject: IdReaderEmulator, wire: Wire, card: EmulatedCard) -> None:
    subject.put_card(card)
    subject.inject(Fault.NO_PHOTO, times=1)
    answer = bytes.fromhex(wire.ask(FIND, SELECT, READ).split(SELECTED)[1])
    assert answer[:14] == bytes.fromhex("AA AA AA 96 69 01 08 00 00 90 01 00 00 00")
    assert len(answer) == 271


def test_a_duplicate_comes_behind_its_answer(subject: IdReaderEmulator, wire: Wire) -> None:
    subject.inject(Fault.DUPLICATE, times=1)
    assert wire.ask(STATUS) == f"{OK} {OK}"


def test_awol_takes_no_notice_of_what_it_is_told(subject: IdReaderEmulator, wire: Wire, card: EmulatedCard) -> None:
    subject.put_card(card)
    subject.inject(Fault.AWOL, times=1)
    assert wire.ask(FIND) == ""
    assert wire.ask(SELECT) == NOT_SELECTED, "the find was never carried out"


def test_noise_comes_with_the_probability_asked_for(subject: IdReaderEmulator, wire: Wire) -> None:
    subject.make_noise(0.5)
    noisy = sum(wire.ask(STATUS) != OK for _ in range(200))
    assert 60 < noisy < 140
    subject.make_noise(0.0)
    assert wire.ask(STATUS) == OK
