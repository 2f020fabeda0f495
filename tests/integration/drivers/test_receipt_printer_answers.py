"""Answers that are lost, late, doubled, old or among rubbish: never a false "fine", never past the deadline."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from drivers.emulation.host import TcpHost
from drivers.emulation.language import FaultLanguage
from drivers.receipt_printer.driver import EscPosPrinter
from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.receipt_printer.emulator_words import language
from drivers.receipt_printer.types import PrintResult, Text
from drivers.types import Deadline
from tests.helpers.slips import sample_slip


class Rig:
    def __init__(self, stack: ExitStack) -> None:
        self.emulator = stack.enter_context(PrinterEmulator())
        host = stack.enter_context(TcpHost(self.emulator))
        self.words: FaultLanguage = language(self.emulator, host)
        self.printer = EscPosPrinter(host.url, answer_s=0.4)
        stack.callback(self.printer.close)

    def obey(self, *lines: str) -> None:
        assert [self.words.obey(line) for line in lines] == ["ok"] * len(lines)


@pytest.fixture
def rig() -> Iterator[Rig]:
    with ExitStack() as stack:
        yield Rig(stack)


@pytest.mark.parametrize("word", ["duplicate", "stale_reply", "noise", "noise 0.3", "mute 2", "slow 0.05"])
@pytest.mark.parametrize("trouble", ["paper_out", "cover_open", "head_hot"])
def test_bent_answers_never_make_a_troubled_printer_look_fine(rig: Rig, word: str, trouble: str) -> None:
    assert rig.printer.status().can_print
    rig.obey(word, trouble)
    for _ in range(6):
        assert not rig.printer.status().can_print


@pytest.mark.parametrize(
    ("word", "code"), [("duplicate", "ok"), ("stale_reply 1", "ok"), ("mute 1", "ok"), ("slow 0.1", "ok"), ("noise 0", "ok")]
)
def test_a_passing_disturbance_does_not_stop_a_sound_printer(rig: Rig, word: str, code: str) -> None:
    assert rig.printer.status().can_print
    rig.obey("paper_near_end", word)  # so that not all answers are alike
    assert rig.printer.status().device.code == "near_end"


def test_answers_that_contradict_each_other_for_good_are_said_to(rig: Rig) -> None:
    rig.obey("paper_out")
    assert rig.printer.status().device.code == "paper_out"
    rig.obey("stale_reply")
    assert rig.printer.status().device.code == "bad_answer"
    rig.obey("clear")
    assert rig.printer.status().can_print


@pytest.mark.parametrize("word", ["duplicate", "stale_reply", "noise"])
def test_no_slip_is_called_printed_because_of_bent_answers(rig: Rig, word: str) -> None:
    """The paper ends in the middle of the slip while every answer is bent."""
    assert rig.printer.print_receipt([Text("暖机")], Deadline(20)).result is PrintResult.PRINTED
    rig.obey(word, "at 40 paper_out")
    outcome = rig.printer.print_receipt(sample_slip(), Deadline(6))
    assert outcome.result is not PrintResult.PRINTED
    assert not outcome.status.can_print


def test_doubled_answers_do_not_hinder_a_slip(rig: Rig) -> None:
    rig.obey("duplicate")
    assert rig.printer.print_receipt(sample_slip(), Deadline(20)).result is PrintResult.PRINTED
    assert "0577-12345" in rig.emulator.slips[-1].text


@pytest.mark.parametrize(
    "word",
    ["mute", "awol", "slow 30", "head_hot", "pace 20", "offline", "at 30 mute", "at 30 head_hot", "at 30 pace 20", "noise"],
)
@pytest.mark.parametrize("seconds", [0.3, 1.0])
def test_a_deadline_is_kept_to_whatever_happens(rig: Rig, word: str, seconds: float) -> None:
    """50 ms are promised; the rest of the margin is for a machine that runs other tests beside this one."""
    assert rig.printer.print_receipt([Text("暖机")], Deadline(20)).result is PrintResult.PRINTED
    rig.obey(word)
    began = time.monotonic()
    outcome = rig.printer.print_receipt(sample_slip() * 3, Deadline(seconds))
    assert time.monotonic() - began < seconds + 0.05 + 0.4
    assert outcome.result is not PrintResult.PRINTED


def test_a_sweep_that_had_no_time_is_made_up_for(rig: Rig) -> None:
    rig.obey("pace 400")
    outcome = rig.printer.print_receipt([Text("太慢")], Deadline(0.8))
    assert outcome.result is PrintResult.NOT_PRINTED
    rig.obey("pace 0")
    assert rig.printer.print_receipt([Text("下一位")], Deadline(20)).result is PrintResult.PRINTED
    assert [slip.text.strip() for slip in rig.emulator.slips] == ["下一位"]


def test_cancelling_ends_a_sweep_too(rig: Rig) -> None:
    """A terminal that is being stopped does not wait until a slow printer has swept out what an earlier run left."""
    rig.obey("pace 20")
    deadline = Deadline(60)
    late = threading.Timer(0.5, deadline.cancel)
    late.start()
    began = time.monotonic()
    assert rig.printer.print_receipt([Text("太慢")], deadline).result is PrintResult.NOT_PRINTED
    assert time.monotonic() - began < 2.5
    late.join()


def test_a_sweep_that_takes_too_long_is_told_as_busy(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.receipt_printer.driver._SWEEP_S", 0.0)
    outcome = rig.printer.print_receipt([Text("太慢")], Deadline(20))
    assert (outcome.result, outcome.status.device.code) == (PrintResult.NOT_PRINTED, "busy")
    assert not outcome.status.can_print
    monkeypatch.undo()
    assert rig.printer.print_receipt([Text("下一位")], Deadline(20)).result is PrintResult.PRINTED
    assert [slip.text.strip() for slip in rig.emulator.slips] == ["下一位"]
