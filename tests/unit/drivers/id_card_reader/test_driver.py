"""What the driver sends and how long it waits, on a port that is played by hand."""

from __future__ import annotations

import pytest

from drivers.errors import Unsupported
from drivers.id_card_reader.driver import SamVIdCardReader
from drivers.id_card_reader.protocol import Command, Sw3, build_response
from drivers.id_card_reader.types import CardNotRead, CardTrouble
from drivers.types import Deadline


class ScriptedPort:
    """Answers each command with the next reply in its list; notes what was sent and when input was flushed."""

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
        self._input += self._replies.pop(0)

    def read_available(self, limit: int, wait_s: float) -> bytes:
        received, self._input = self._input[:limit], self._input[limit:]
        return received


def reader_on(port: ScriptedPort) -> SamVIdCardReader:
    return SamVIdCardReader(port)  # type: ignore[arg-type]


FOUND = build_response(Sw3.CARD_FOUND, bytes(4))
SELECTED = build_response(Sw3.OK, bytes(8))


def test_input_is_flushed_before_each_command() -> None:
    port = ScriptedPort(
        [FOUND, SELECTED, build_response(Sw3.READ_FAILED), build_response(Sw3.FIND_FAILED)]
        + [build_response(Sw3.FIND_FAILED)] * 2
    )
    assert reader_on(port).read(Deadline(5.0)) == CardNotRead(CardTrouble.REMOVED_TOO_SOON, sam_code=Sw3.READ_FAILED)
    assert port.events == [
        "flush",
        "AA AA AA 96 69 00 03 20 01 22",
        "flush",
        "AA AA AA 96 69 00 03 20 02 21",
        "flush",
        "AA AA AA 96 69 00 03 30 01 32",
        *["flush", "AA AA AA 96 69 00 03 20 01 22"] * 3,
    ]


def test_a_card_that_cannot_be_read_gets_a_reset_before_the_last_try() -> None:
    refused = build_response(Sw3.SAM_REFUSED_CARD)
    port = ScriptedPort([FOUND, refused, FOUND, refused, build_response(Sw3.OK), FOUND, refused])
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


def test_a_slow_line_is_given_the_time_it_takes() -> None:
    fast, slow = reader_on(ScriptedPort([], 115200)), reader_on(ScriptedPort([], 9600))
    wire_s_at_9600 = 2321 * 10 / 9600
    assert slow._timeout_s(Command.READ) - fast._timeout_s(Command.READ) > wire_s_at_9600
    assert fast._timeout_s(Command.READ) < 6.0
