"""What every receipt printer promises: in memory, and the production driver on TCP and on a pseudo terminal."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from drivers.emulation.host import PtyHost, TcpHost
from drivers.receipt_printer.abstract import ReceiptPrinter
from drivers.receipt_printer.driver import EscPosPrinter
from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.receipt_printer.simulator import SimulatedPrinter
from drivers.receipt_printer.types import Code128, Pair, PrintResult, QrCode, Text
from drivers.status import SupplyState
from drivers.types import Deadline
from tests.helpers.slips import sample_slip


@dataclass
class Rig:
    """A printer and somebody standing beside it."""

    printer: ReceiptPrinter
    device: SimulatedPrinter | PrinterEmulator
    run_out_soon: Callable[[], None]
    soon: Callable[[Callable[[], None]], None]
    """Make something happen in the middle of the next slip."""

    @property
    def texts(self) -> list[str]:
        return [slip.text for slip in self.device.slips]


def simulated(_: ExitStack) -> Rig:
    printer = SimulatedPrinter()
    return Rig(printer, printer, lambda: printer.set_paper_lines(5), lambda happening: printer.at_line(5, happening))


def emulated(stack: ExitStack, host_class: type[TcpHost] | type[PtyHost]) -> Rig:
    emulator = stack.enter_context(PrinterEmulator())
    host = stack.enter_context(host_class(emulator))
    printer = EscPosPrinter(host.url, answer_s=0.5)
    stack.callback(printer.close)
    # The sweep before the first slip takes 16 mm; the rest ends a few lines into the slip.
    return Rig(printer, emulator, lambda: emulator.set_paper_mm(47), lambda happening: emulator.at_mm(45, happening))


KINDS: dict[str, Callable[[ExitStack], Rig]] = {
    "simulator": simulated,
    "tcp": lambda stack: emulated(stack, TcpHost),
    "pty": lambda stack: emulated(stack, PtyHost),
}


@pytest.fixture(params=KINDS)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    with ExitStack() as stack:
        yield KINDS[request.param](stack)


@pytest.fixture
def subject(rig: Rig) -> ReceiptPrinter:
    return rig.printer


def test_a_healthy_printer_can_print(subject: ReceiptPrinter) -> None:
    status = subject.status()
    assert (status.device.code, status.paper, status.can_print) == ("ok", SupplyState.FULL, True)


def test_a_slip_comes_out_whole(rig: Rig, subject: ReceiptPrinter) -> None:
    outcome = subject.print_receipt(sample_slip(), Deadline(20))
    assert (outcome.result, outcome.status.device.code) == (PrintResult.PRINTED, "ok")
    (text,) = rig.texts
    for part in ("瓯e办", "330303251123", "A7K200042X", "已保存在本机，尚未送达", "[QR] OUEBAN1", "[CODE128] 3303", "0577-12345"):
        assert part in text


def test_slips_come_out_one_by_one(rig: Rig, subject: ReceiptPrinter) -> None:
    for number in range(3):
        assert subject.print_receipt([Text(f"第 {number} 张")], Deadline(10)).result is PrintResult.PRINTED
    assert [text.strip() for text in rig.texts] == ["第 0 张", "第 1 张", "第 2 张"]


def test_near_end_is_told_and_does_not_hinder(rig: Rig, subject: ReceiptPrinter) -> None:
    rig.device.set_near_end()
    outcome = subject.print_receipt([Text("够用")], Deadline(10))
    assert (outcome.result, outcome.status.paper) == (PrintResult.PRINTED, SupplyState.LOW)


def test_an_open_cover_keeps_a_slip_from_beginning(rig: Rig, subject: ReceiptPrinter) -> None:
    rig.device.open_cover()
    outcome = subject.print_receipt(sample_slip(), Deadline(10))
    assert (outcome.result, outcome.status.device.code, outcome.status.cover_open) == (
        PrintResult.NOT_PRINTED,
        "cover_open",
        True,
    )
    rig.device.close_cover()
    assert rig.texts == []
    assert subject.print_receipt([Text("好了")], Deadline(10)).result is PrintResult.PRINTED


def test_paper_that_ends_in_a_slip_ends_the_job_and_the_next_person_sees_nothing_of_it(rig: Rig, subject: ReceiptPrinter) -> None:
    rig.run_out_soon()
    outcome = subject.print_receipt(sample_slip(), Deadline(20))
    assert (outcome.result, outcome.status.device.code, outcome.status.paper) == (
        PrintResult.PARTLY_PRINTED,
        "paper_out",
        SupplyState.OUT,
    )
    rig.device.load_paper()
    assert subject.status().can_print
    assert subject.print_receipt([Text("下一位")], Deadline(20)).result is PrintResult.PRINTED
    *before, last = rig.texts
    assert last.strip() == "下一位"
    assert "尚未送达" not in "".join(before)


def test_a_cover_opened_in_a_slip_ends_the_job(rig: Rig, subject: ReceiptPrinter) -> None:
    rig.soon(rig.device.open_cover)
    outcome = subject.print_receipt(sample_slip(), Deadline(20))
    assert (outcome.result, outcome.status.device.code) == (PrintResult.PARTLY_PRINTED, "cover_open")
    rig.device.close_cover()
    assert subject.print_receipt([Text("下一位")], Deadline(20)).result is PrintResult.PRINTED
    assert rig.texts[-1].strip() == "下一位"


def test_a_silent_printer_is_never_fine(rig: Rig, subject: ReceiptPrinter) -> None:
    rig.device.mute()
    assert subject.status().device.code == "no_answer"
    outcome = subject.print_receipt(sample_slip(), Deadline(10))
    assert (outcome.result, outcome.status.device.code, outcome.status.can_print) == (PrintResult.NOT_PRINTED, "no_answer", False)
    rig.device.mute(False)
    assert subject.status().can_print


def test_a_printer_that_falls_silent_in_a_slip_leaves_the_outcome_unknown(rig: Rig, subject: ReceiptPrinter) -> None:
    rig.soon(rig.device.mute)
    outcome = subject.print_receipt(sample_slip(), Deadline(20))
    assert (outcome.result, outcome.status.device.code) == (PrintResult.UNKNOWN, "no_answer")


def test_a_cable_pulled_in_a_slip_leaves_the_outcome_unknown(rig: Rig, subject: ReceiptPrinter) -> None:
    rig.soon(rig.device.unplug)
    outcome = subject.print_receipt(sample_slip(), Deadline(20))
    assert (outcome.result, outcome.status.device.code) == (PrintResult.UNKNOWN, "disconnected")


def test_a_head_that_cools_down_in_time_is_waited_for(rig: Rig, subject: ReceiptPrinter) -> None:
    cooling = threading.Timer(1.0, rig.device.head_hot, [False])

    def get_hot() -> None:
        rig.device.head_hot()
        cooling.start()

    rig.soon(get_hot)
    outcome = subject.print_receipt(sample_slip(), Deadline(30))
    cooling.join()
    assert outcome.result is PrintResult.PRINTED
    assert len(rig.texts) == 1


def test_a_deadline_that_is_over_prints_nothing(rig: Rig, subject: ReceiptPrinter) -> None:
    deadline = Deadline(60)
    deadline.cancel()
    assert subject.print_receipt(sample_slip(), deadline).result is PrintResult.NOT_PRINTED
    assert rig.texts == []


def test_a_deadline_that_passes_in_a_slip_stops_it(rig: Rig, subject: ReceiptPrinter) -> None:
    deadline = Deadline(60)
    rig.soon(deadline.cancel)
    outcome = subject.print_receipt(sample_slip(), deadline)
    assert outcome.result is PrintResult.PARTLY_PRINTED
    assert subject.print_receipt([Text("下一位")], Deadline(20)).result is PrintResult.PRINTED
    assert rig.texts[-1].strip() == "下一位"


def test_commands_in_a_name_are_no_commands(rig: Rig, subject: ReceiptPrinter) -> None:
    hostile = "测试\x1b@\x1dV\x00\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08小明"
    assert subject.print_receipt([Pair("姓名", hostile), Text("末行")], Deadline(10)).result is PrintResult.PRINTED
    (text,) = rig.texts
    assert "小明" in text
    assert "末行" in text


@pytest.mark.parametrize("block", [QrCode("受理号"), Code128("受理号"), Text("x", scale=9)])
def test_a_callers_mistake_is_a_bug(subject: ReceiptPrinter, block: QrCode | Code128 | Text) -> None:
    with pytest.raises(ValueError, match=r"ASCII|scale"):
        subject.print_receipt([block], Deadline(5))


def test_closing_twice_is_allowed_and_using_it_again_opens_it(subject: ReceiptPrinter) -> None:
    assert subject.status().can_print
    subject.close()
    subject.close()
    assert subject.status().can_print
