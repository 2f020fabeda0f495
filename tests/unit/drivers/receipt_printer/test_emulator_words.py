"""The written fault language, as it is given on a control socket."""

from __future__ import annotations

import pytest

from drivers.emulation.host import TcpHost
from drivers.emulation.language import FaultLanguage
from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.receipt_printer.emulator_words import language
from tests.helpers.printer_line import FEED_AND_CUT, GS_R, Line, print_slip, statuses
from tests.helpers.serial_devices import wait_until

FINE = "16 12 12 12"


class Plug:
    """Notes what happens to the cable."""

    url = "socket://nowhere"

    def __init__(self) -> None:
        self.log: list[str] = []

    def unplug(self, seconds: float | None = None) -> None:
        self.log.append(f"out for {seconds}")

    def plug(self) -> None:
        self.log.append("in")

    def stop(self) -> None:
        return


@pytest.fixture
def plug() -> Plug:
    return Plug()


@pytest.fixture
def subject(emulated: PrinterEmulator, plug: Plug) -> FaultLanguage:
    return language(emulated, plug)


def obey(subject: FaultLanguage, *lines: str) -> None:
    assert [subject.obey(line) for line in lines] == ["ok"] * len(lines)


@pytest.mark.parametrize(
    ("lines", "answers"),
    [
        (["cover_open"], "1E 16 12 12"),
        (["cover_open", "cover_close"], FINE),
        (["paper_near_end"], "16 12 12 1E"),
        (["paper_near_end", "paper_near_end off"], FINE),
        (["paper_out"], "1E 32 12 7E"),
        (["paper_out", "load_paper"], FINE),
        (["load_paper 400"], "16 12 12 1E"),
        (["load_paper 2000"], FINE),
        (["head_hot"], "1E 52 52 12"),
        (["head_hot", "head_cool"], FINE),
        (["offline"], "1E 12 12 12"),
        (["offline", "offline off"], FINE),
        (["break_down"], "1E 52 32 12"),
        (["mute"], ""),
        (["mute 2"], "12 12"),
        (["mute", "clear"], FINE),
        (["awol"], ""),
        (["duplicate 1"], "16 16 12 12 12"),
        (["cover_open", "cutter_jam", "head_hot", "offline", "break_down", "paper_out", "mute", "clear"], FINE),
    ],
    ids=" ".join,
)
def test_each_word_shows_in_the_answers(
    subject: FaultLanguage, emulated: PrinterEmulator, line: Line, lines: list[str], answers: str
) -> None:
    obey(subject, *lines)
    assert statuses(emulated, line) == answers


def test_an_old_answer_comes_ahead_of_the_new_one(subject: FaultLanguage, emulated: PrinterEmulator, line: Line) -> None:
    statuses(emulated, line)
    emulated.set_paper_mm(0)
    obey(subject, "stale_reply 1")
    assert statuses(emulated, line) == "12 1E 32 12 7E"


def test_noise_comes_ahead_of_answers_with_its_probability(subject: FaultLanguage, emulated: PrinterEmulator, line: Line) -> None:
    obey(subject, "noise")
    assert len(bytes.fromhex(statuses(emulated, line))) > 4
    obey(subject, "noise 0")
    assert statuses(emulated, line) == FINE
    obey(subject, "noise 0.5")
    lengths = [len(statuses(emulated, line)) for _ in range(40)]
    assert min(lengths) == len(FINE) < max(lengths)


def test_a_hung_printer_prints_nothing_and_goes_on_where_it_was(
    subject: FaultLanguage, emulated: PrinterEmulator, line: Line
) -> None:
    obey(subject, "awol")
    emulated.received(b"A\n" + FEED_AND_CUT + GS_R)
    assert (emulated.slips, line.take()) == ([], b"")
    obey(subject, "clear")
    assert [slip.text for slip in emulated.slips] == ["A\n"]
    assert line.take() == b"\x00"


def test_answers_come_late_and_in_order(subject: FaultLanguage, emulated: PrinterEmulator, line: Line) -> None:
    obey(subject, "slow 600")
    assert statuses(emulated, line) == ""
    emulated.set_paper_mm(0)
    obey(subject, "slow 0")
    wait_until(lambda: len(line.heard) == 4)
    assert line.take().hex(" ").upper() == FINE
    obey(subject, "slow 0.01")
    emulated.received(bytes.fromhex("100402"))
    wait_until(lambda: line.heard == b"\x32")


def test_the_paper_ends_after_so_many_lines(subject: FaultLanguage, emulated: PrinterEmulator) -> None:
    obey(subject, "paper_out after 2 lines")
    emulated.received(b"one\ntwo\nthree\n" + FEED_AND_CUT)
    obey(subject, "tear")
    assert [slip.text for slip in emulated.slips] == ["one\ntwo\n"]


def test_what_was_ordered_for_later_is_forgotten_when_all_is_cleared(
    subject: FaultLanguage, emulated: PrinterEmulator, line: Line
) -> None:
    obey(subject, "at 5 cover_open", "clear")
    emulated.received(b"one\ntwo\n" + FEED_AND_CUT)
    assert statuses(emulated, line) == FINE


def test_a_jam_shows_at_the_cut_and_stays_until_it_is_cleared_and_acknowledged(
    subject: FaultLanguage, emulated: PrinterEmulator, line: Line
) -> None:
    obey(subject, "cutter_jam")
    emulated.received(b"A\n" + FEED_AND_CUT)
    assert statuses(emulated, line) == "1E 52 1A 12"
    obey(subject, "cutter_clear")
    emulated.received(bytes.fromhex("100502"))
    assert statuses(emulated, line) == FINE


def test_something_can_be_ordered_for_the_middle_of_a_slip(subject: FaultLanguage, emulated: PrinterEmulator, line: Line) -> None:
    obey(subject, "at 5 cover_open", "at 6 load_paper 100")
    emulated.received(b"one\ntwo\n")
    assert statuses(emulated, line) == "1E 16 12 12"
    obey(subject, "cover_close")
    assert len(emulated.slips) == 1
    assert statuses(emulated, line) == "16 12 12 1E"


def test_a_power_cycle_loses_what_was_on_its_way(subject: FaultLanguage, emulated: PrinterEmulator, line: Line) -> None:
    obey(subject, "cover_open")
    emulated.received(b"never\n" + GS_R)
    obey(subject, "power_cycle", "cover_close")
    assert line.take() == b""
    assert print_slip(emulated, b"after").text == "after\n"


def test_printing_can_be_slowed_down(subject: FaultLanguage, emulated: PrinterEmulator) -> None:
    obey(subject, "pace 1")
    emulated.received(b"A" * 400 + b"\n" + FEED_AND_CUT)
    assert emulated.slips == []
    obey(subject, "pace 0")
    assert len(emulated.slips) == 1


def test_the_cable_is_the_host_s(subject: FaultLanguage, plug: Plug) -> None:
    obey(subject, "unplug 3", "plug", "unplug")
    assert plug.log == ["out for 3.0", "in", "out for None"]


@pytest.mark.parametrize(
    "typed",
    [
        "", "paper", "mute x", "mute 1 2", "slow", "slow -1", "slow nan", "noise 2", "pace", "pace 1.5", "paper_out 3", "paper_out after",
        "paper_out after x lines", "load_paper -1", "cover_open now", "offline maybe", "at", "at 5", "at 5 nonsense", "at x cover_open",
        "at 5 at 5 cover_open", "unplug soon", "power_cycle 1", "\x00", "mute " + "9" * 5000,
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_one_line_of_error(
    subject: FaultLanguage, emulated: PrinterEmulator, line: Line, plug: Plug, typed: str
) -> None:
    answer = subject.obey(typed)
    assert answer.startswith("error ")
    assert "\n" not in answer
    assert plug.log == []
    assert statuses(emulated, line) == FINE


def test_every_word_is_told_by_help(subject: FaultLanguage) -> None:
    told = subject.obey("help")
    assert all(f"{word.usage}: {word.meaning}" in told for word in subject.words)


def test_unplugging_over_tcp_takes_the_printer_off_the_line(emulated: PrinterEmulator) -> None:
    with TcpHost(emulated) as host:
        obey(language(emulated, host), "unplug", "plug", "unplug 0.05")
