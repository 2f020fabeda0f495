"""What the driver sends and how long it waits, on a port that is played by hand."""

from __future__ import annotations

import time

import pytest

from drivers.errors import BadFrame, NoResponse, Unsupported
from drivers.id_card_reader import driver as driver_module
from drivers.id_card_reader.cards import sample_card
from drivers.id_card_reader.driver import SamVIdCardReader
from drivers.id_card_reader.protocol import Command, Sw3, build_response
from drivers.id_card_reader.sam_link import SamLink
from drivers.id_card_reader.types import CardExtra, CardNotRead, CardRead, CardTrouble, Missing
from drivers.types import Deadline


class ScriptedPort:
    """Answers each command with the next reply in its list, then with silence; notes what was sent and when input was flushed."""

    url = "script"

    def __init__(self, replies: list[bytes], baudrate: int = 115200) -> None:
        self.baudrate = baudrate
        self.events: list[str] = []
        self._replies = replies
        self._input = b""

    def flush_input(self) -> None:
        self.events.append("flush")
        self._input = b""

    def write(self, data: bytes) -> None:
        self.events.append(data.hex(" ").upper())
        self._input += self._replies.pop(0) if self._replies else b""

    def read(self, count: int, deadline: Deadline) -> bytes:
        raise NotImplementedError("the driver takes what there is")

    def read_available(self, limit: int, wait_s: float) -> bytes:
        received, self._input = self._input[:limit], self._input[limit:]
        if not received:
            Deadline(wait_s).sleep(wait_s)
        return received

    def close(self) -> None:
        self.events.append("close")

    @property
    def sent(self) -> list[str]:
        return [event for event in self.events if event.startswith("AA")]


def reader_on(port: ScriptedPort) -> SamVIdCardReader:
    return SamVIdCardReader(port)


FIND_SENT, SELECT_SENT, READ_SENT = (f"AA AA AA 96 69 00 03 {rest}" for rest in ("20 01 22", "20 02 21", "30 01 32"))
RESET_SENT = "AA AA AA 96 69 00 03 10 FF EC"
OK = build_response(Sw3.OK)
FOUND = build_response(Sw3.CARD_FOUND, bytes(4))
NONE = build_response(Sw3.FIND_FAILED)
SELECTED = build_response(Sw3.OK, bytes(8))
CARD = sample_card()
GOOD_CARD = build_response(Sw3.OK, bytes.fromhex("0100 0400") + CARD.text + CARD.photo)


def test_input_is_flushed_before_each_command() -> None:
    port = ScriptedPort([FOUND, SELECTED, build_response(Sw3.READ_FAILED), NONE, NONE, NONE, OK, NONE, NONE, NONE])
    assert reader_on(port).read(Deadline(5.0)) == CardNotRead(CardTrouble.REMOVED_TOO_SOON, sam_code=Sw3.READ_FAILED)
    assert port.events[::2] == ["flush"] * 10
    assert port.sent == [FIND_SENT, SELECT_SENT, READ_SENT, *[FIND_SENT] * 3, RESET_SENT, *[FIND_SENT] * 3]


def test_a_card_that_cannot_be_read_gets_a_reset_before_the_last_try() -> None:
    refused = build_response(Sw3.SAM_REFUSED_CARD)
    port = ScriptedPort([FOUND, refused, FOUND, refused, OK, FOUND, refused])
    assert reader_on(port).read(Deadline(5.0)) == CardNotRead(CardTrouble.UNREADABLE, sam_code=Sw3.SAM_REFUSED_CARD)
    assert port.events[9] == "AA AA AA 96 69 00 03 10 FF EC"


def test_a_stale_answer_to_another_command_is_passed_over() -> None:
    stale_card = build_response(Sw3.OK, bytes.fromhex("0100 0400") + bytes(1280))
    port = ScriptedPort([stale_card + build_response(Sw3.FIND_FAILED)] * 100)
    assert reader_on(port).read(Deadline(0.2)) == CardNotRead(CardTrouble.NO_CARD)


def test_a_command_the_module_refuses_is_told() -> None:
    with pytest.raises(Unsupported, match="illegal_command"):
        reader_on(ScriptedPort([build_response(Sw3.ILLEGAL_COMMAND)])).reset()


def test_a_command_that_arrived_broken_is_sent_again() -> None:
    port = ScriptedPort([build_response(Sw3.BAD_CHECKSUM), build_response(Sw3.OK)])
    reader_on(port).reset()
    assert len(port.events) == 4


@pytest.mark.parametrize(
    ("command", "longest_bytes"), [(Command.READ, 1295), (Command.READ_WITH_FINGERPRINT, 2321), (Command.FIND, 15)]
)
def test_a_slow_line_is_given_the_time_that_this_command_takes(command: Command, longest_bytes: int) -> None:
    fast, slow = (SamLink(ScriptedPort([], baudrate))._timeout_s(command) for baudrate in (115_200, 9600))
    wire_s = {baudrate: longest_bytes * 10 / baudrate for baudrate in (115_200, 9600)}
    assert 1.0 < (slow - fast) / (wire_s[9600] - wire_s[115_200]) < 3.0


def test_a_module_that_knows_no_reset_goes_on_waiting_for_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reset that is sent now and then while nothing is found must not cost the reading."""
    monkeypatch.setattr(driver_module, "_RESET_WHILE_WAITING_S", 0.0)
    port = ScriptedPort([NONE, build_response(Sw3.ILLEGAL_COMMAND), FOUND, SELECTED, GOOD_CARD])
    assert isinstance(reader_on(port).read(Deadline(5.0)), CardRead)
    assert port.sent[:3] == [FIND_SENT, RESET_SENT, FIND_SENT]


def test_a_module_that_knows_no_reset_is_told_as_silent_when_it_is() -> None:
    port = ScriptedPort([b"", b"", build_response(Sw3.NOT_PERMITTED), b""])
    assert reader_on(port).status().code == "no_answer"


def test_nothing_is_waited_for_behind_a_good_read() -> None:
    """The find that tells whether this module still sees the card is sent, and its answer left for the next call."""
    port = ScriptedPort([FOUND, SELECTED, GOOD_CARD, b"", NONE])
    subject = reader_on(port)
    begun_s = time.monotonic()
    assert isinstance(subject.read(Deadline(5.0)), CardRead)
    assert time.monotonic() - begun_s < 0.5
    assert port.sent == [FIND_SENT, SELECT_SENT, READ_SENT, FIND_SENT]
    assert not subject.finds_resting_card()


def test_a_module_that_finds_a_card_it_has_read_is_known_as_lenient() -> None:
    subject = reader_on(ScriptedPort([FOUND, SELECTED, GOOD_CARD, FOUND]))
    assert isinstance(subject.read(Deadline(5.0)), CardRead)
    assert subject.finds_resting_card()


def test_a_read_that_does_not_fit_before_the_deadline_ends_there() -> None:
    port = ScriptedPort([FOUND, SELECTED, b""])
    begun_s = time.monotonic()
    assert reader_on(port).read(Deadline(0.3)) == CardNotRead(CardTrouble.TOO_SLOW)
    assert time.monotonic() - begun_s < 0.3 + 0.15


def test_after_a_read_cut_short_the_module_is_reset_for_it_may_count_the_card_as_read() -> None:
    port = ScriptedPort([FOUND, SELECTED, b"", OK, FOUND, SELECTED, GOOD_CARD])
    subject = reader_on(port)
    assert subject.read(Deadline(0.2)) == CardNotRead(CardTrouble.TOO_SLOW)
    assert isinstance(subject.read(Deadline(5.0)), CardRead)
    assert port.sent[3] == RESET_SENT


def test_silence_until_the_deadline_is_no_empty_table() -> None:
    with pytest.raises(NoResponse):
        reader_on(ScriptedPort([])).read(Deadline(0.8))
    assert reader_on(ScriptedPort([])).read(Deadline(0.1)) == CardNotRead(CardTrouble.NO_CARD), "too short to tell"


def test_a_module_that_finds_nothing_for_long_is_reset_in_case_a_card_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver_module, "_RESET_WHILE_WAITING_S", 0.15)
    port = ScriptedPort([NONE, NONE, NONE, OK, FOUND, SELECTED, GOOD_CARD])
    assert isinstance(reader_on(port).read(Deadline(5.0)), CardRead)
    assert RESET_SENT in port.sent


def test_a_reset_never_brings_back_a_card_that_was_read_and_left_lying(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be the next person's."""
    monkeypatch.setattr(driver_module, "_RESET_WHILE_WAITING_S", 0.0)
    port = ScriptedPort([FOUND, SELECTED, GOOD_CARD, *[NONE] * 50])
    subject = reader_on(port)
    assert isinstance(subject.read(Deadline(5.0)), CardRead)
    assert subject.read(Deadline(0.5)) == CardNotRead(CardTrouble.NO_CARD)
    assert RESET_SENT not in port.sent


def test_a_module_without_fingerprints_still_reads_the_card() -> None:
    refused = build_response(Sw3.ILLEGAL_COMMAND)
    port = ScriptedPort([FOUND, SELECTED, refused, OK, FOUND, SELECTED, GOOD_CARD])
    outcome = reader_on(port).read(Deadline(5.0), {CardExtra.FINGERPRINT})
    assert isinstance(outcome, CardRead)
    assert outcome.fingerprint is Missing.NOT_SUPPORTED


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        (build_response(Sw3.ITEM_ABSENT), Missing.NOT_ON_CARD),
        (build_response(Sw3.ILLEGAL_COMMAND), Missing.NOT_SUPPORTED),
        (build_response(Sw3.READ_FAILED), Missing.NOT_READ),
        (build_response(Sw3.OK, "  测试\x07".encode("utf-16-le").ljust(70, b" ")), Missing.NOT_READ),
        (build_response(Sw3.OK, " ".encode("utf-16-le") * 35), Missing.NOT_ON_CARD),
    ],
)
def test_a_newest_address_that_is_not_there_costs_no_card(answer: bytes, missing: Missing) -> None:
    port = ScriptedPort([FOUND, SELECTED, GOOD_CARD, answer])
    outcome = reader_on(port).read(Deadline(5.0), {CardExtra.NEWEST_ADDRESS})
    assert isinstance(outcome, CardRead)
    assert outcome.newest_address is missing
    assert outcome.body_number is Missing.NOT_ASKED


def test_an_extra_that_comes_too_late_costs_no_card() -> None:
    outcome = reader_on(ScriptedPort([FOUND, SELECTED, GOOD_CARD])).read(Deadline(0.3), {CardExtra.BODY_NUMBER})
    assert isinstance(outcome, CardRead)
    assert outcome.body_number is Missing.NOT_READ


def test_a_module_number_is_believed_when_it_is_said_twice_in_a_row() -> None:
    def said(last: int) -> bytes:
        return build_response(Sw3.OK, bytes(15) + bytes([last]))

    assert reader_on(ScriptedPort([said(1), said(2), said(2)])).sam_id().raw[-1] == 2
    with pytest.raises(BadFrame, match="another module number"):
        reader_on(ScriptedPort([said(1), said(2), said(3), said(4)])).sam_id()


def test_the_size_of_radio_frames_can_be_set() -> None:
    port = ScriptedPort([OK])
    reader_on(port).set_rf_bytes(0x50)
    assert port.sent == ["AA AA AA 96 69 00 04 61 FF 50 CA"]
    for count in (0, 256):
        with pytest.raises(ValueError, match="1 to 255"):
            reader_on(port).set_rf_bytes(count)


def test_the_speed_of_the_line_is_never_touched() -> None:
    assert not any(command.value[0] == 0x60 for command in Command)
