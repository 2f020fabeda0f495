"""What every receipt printer promises: in memory, and the production driver over every kind of line to the emulated printer."""

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
from drivers.transport.lp_port import LpPort
from drivers.transport.opening import OpenPort, open_port
from drivers.transport.usb_port import UsbPort
from drivers.types import Deadline
from tests.helpers.slips import sample_slip
from tests.helpers.usb_stand_in import UsbBus, UsbDevice


@dataclass
class Rig:
    """A printer and somebody standing beside it."""

    printer: ReceiptPrinter
    device: SimulatedPrinter | PrinterEmulator
    run_out_now: Callable[[], None]
    run_out_soon: Callable[[], None]
    soon: Callable[[Callable[[], None]], None]
    """Make something happen in the middle of the next slip."""
    comes_back: bool = False
    """The line can be opened again right after it was cut."""

    @property
    def texts(self) -> list[str]:
        return [slip.text for slip in self.device.slips]


def simulated(_: ExitStack) -> Rig:
    printer = SimulatedPrinter()
    return Rig(
        printer,
        printer,
        lambda: printer.set_paper_lines(0),
        lambda: printer.set_paper_lines(5),
        lambda happening: printer.at_line(5, happening),
    )


def emulated(stack: ExitStack, line: Callable[[ExitStack, PrinterEmulator], tuple[str, OpenPort]]) -> Rig:
    emulator = stack.enter_context(PrinterEmulator())
    url, opener = line(stack, emulator)
    printer = EscPosPrinter(url, answer_s=1.0, open_port=opener)
    stack.callback(printer.close)
    # The sweep before the first slip takes 16 mm; the rest ends a few lines into the slip.
    return Rig(
        printer,
        emulator,
        lambda: emulator.set_paper_mm(0),
        lambda: emulator.set_paper_mm(47),
        lambda happening: emulator.at_mm(45, happening),
        comes_back=line is tcp,
    )


def tcp(stack: ExitStack, emulator: PrinterEmulator) -> tuple[str, OpenPort]:
    return stack.enter_context(TcpHost(emulator)).url, open_port


def pty(stack: ExitStack, emulator: PrinterEmulator) -> tuple[str, OpenPort]:
    return stack.enter_context(PtyHost(emulator)).url, open_port


def usb(_: ExitStack, emulator: PrinterEmulator) -> tuple[str, OpenPort]:
    bus = UsbBus(UsbDevice(emulator))
    return "usb://04b8:0e15", lambda url, _baudrate, _deadline=None: UsbPort(url, backend=bus)


def usblp(stack: ExitStack, emulator: PrinterEmulator) -> tuple[str, OpenPort]:
    """A pseudo terminal gives and takes bytes as ``/dev/usb/lp0`` does."""
    return stack.enter_context(PtyHost(emulator)).url, lambda url, *_: LpPort(url)


KINDS: dict[str, Callable[[ExitStack], Rig]] = {
    "simulator": simulated,
    "tcp": lambda stack: emulated(stack, tcp),
    "pty": lambda stack: emulated(stack, pty),
    "usb": lambda stack: emulated(stack, usb),
    "usblp": lambda stack: emulated(stack, usblp),
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


FAULTS: dict[str, Callable[[SimulatedPrinter | PrinterEmulator], object]] = {
    "cover_open": lambda device: device.open_cover(),
    "head_hot": lambda device: device.head_hot(),
    "offline": lambda device: device.go_offline(),
    "unrecoverable_error": lambda device: device.break_down(),
    "no_answer": lambda device: device.mute(),
}


@pytest.mark.parametrize("code", [*FAULTS, "paper_out", "disconnected"])
def test_each_trouble_has_a_code_of_its_own_and_lets_no_slip_begin(rig: Rig, subject: ReceiptPrinter, code: str) -> None:
    if code == "paper_out":
        rig.run_out_now()
    elif code == "disconnected":
        subject.status()
        rig.device.unplug()
    else:
        FAULTS[code](rig.device)
    asked: list[None] = []
    outcome = subject.print_receipt(sample_slip(), Deadline(5), lambda: asked.append(None) is None)
    if code == "disconnected" and rig.comes_back:
        return  # a line that can be opened again at once was opened again
    assert (outcome.result, outcome.status.device.code, outcome.status.can_print) == (PrintResult.NOT_PRINTED, code, False)
    assert asked == [], "nothing was sent, so there was nothing to note"
    assert subject.status().device.code == code
    assert rig.texts == []


def test_a_jammed_cutter_is_told_and_ends_the_slip(rig: Rig, subject: ReceiptPrinter) -> None:
    assert subject.print_receipt([Text("暖机")], Deadline(10)).result is PrintResult.PRINTED
    rig.device.cutter_jam()
    outcome = subject.print_receipt(sample_slip(), Deadline(20))
    assert outcome.result in (PrintResult.PARTLY_PRINTED, PrintResult.NOT_PRINTED)
    assert (outcome.status.device.code, outcome.status.cutter_error) == ("cutter_error", True)
    assert not subject.status().can_print


def test_the_caller_is_asked_once_before_the_first_byte_of_a_slip(rig: Rig, subject: ReceiptPrinter) -> None:
    seen: list[list[str]] = []

    def note() -> bool:
        seen.append(rig.texts)
        return True

    assert subject.print_receipt([Text("第一张")], Deadline(10), note).result is PrintResult.PRINTED
    assert subject.print_receipt([Text("第二张")], Deadline(10), note).result is PrintResult.PRINTED
    assert [[text.strip() for text in texts] for texts in seen] == [[], ["第一张"]]


def test_nothing_of_a_slip_is_sent_when_the_caller_says_no(rig: Rig, subject: ReceiptPrinter) -> None:
    outcome = subject.print_receipt([Text("不许")], Deadline(10), lambda: False)
    assert (outcome.result, outcome.status.can_print) == (PrintResult.NOT_PRINTED, True)
    assert subject.print_receipt([Text("下一位")], Deadline(10)).result is PrintResult.PRINTED
    assert [text.strip() for text in rig.texts] == ["下一位"]


@pytest.mark.parametrize("is_cancelled", [True, False], ids=["cancelled", "over"])
def test_a_deadline_that_ends_while_the_caller_notes_prints_nothing(
    rig: Rig, subject: ReceiptPrinter, is_cancelled: bool
) -> None:
    assert subject.print_receipt([Text("暖机")], Deadline(10)).result is PrintResult.PRINTED
    deadline = Deadline(60 if is_cancelled else 1.0)

    def note_slowly() -> bool:
        deadline.cancel() if is_cancelled else Deadline(5).sleep(1.1)
        return True

    assert subject.print_receipt([Text("太晚")], deadline, note_slowly).result is PrintResult.NOT_PRINTED
    assert [text.strip() for text in rig.texts] == ["暖机"]


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
