"""The production driver against the emulated printer: what goes wrong between the two."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from drivers.emulation.host import PtyHost, TcpHost
from drivers.emulation.lines import LineSource
from drivers.receipt_printer import driver as driver_module
from drivers.receipt_printer.driver import EscPosPrinter
from drivers.receipt_printer.emulate import serve
from drivers.receipt_printer.emulator import Model, PrinterEmulator
from drivers.receipt_printer.emulator_paper import Code
from drivers.receipt_printer.factory import open_printer
from drivers.receipt_printer.protocol import Command
from drivers.receipt_printer.simulator import SimulatedPrinter
from drivers.receipt_printer.types import PrintResult, QrCode, Text
from drivers.supervision.fence import Fenced
from drivers.transport.opening import open_port
from drivers.transport.port import Port
from drivers.types import Deadline
from tests.helpers.slips import QR_PAYLOAD, RECEIPT_NUMBER, sample_slip

SECRET = "尚未送达"
"""Stands in the lower half of the sample slip."""


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def rig(stack: ExitStack, **features: bool) -> tuple[PrinterEmulator, EscPosPrinter]:
    emulator = stack.enter_context(PrinterEmulator(model=Model(**features)))
    host = stack.enter_context(TcpHost(emulator))
    subject = EscPosPrinter(host.url, answer_s=0.5)
    stack.callback(subject.close)
    return emulator, subject


@pytest.mark.parametrize(
    "features", [{"chinese_at_power_on": True}, {"chinese_at_power_on": False}, {"gs_enlarges_chinese": False}], ids=str
)
def test_all_models_print_the_same_slip(stack: ExitStack, features: dict[str, bool]) -> None:
    emulator, subject = rig(stack, **features)
    assert subject.print_receipt(sample_slip(), Deadline(20)).result is PrintResult.PRINTED
    other_emulator, other = rig(stack)
    assert other.print_receipt(sample_slip(), Deadline(20)).result is PrintResult.PRINTED
    assert emulator.slips[0].text == other_emulator.slips[0].text
    assert emulator.slips[0].image.tobytes() == other_emulator.slips[0].image.tobytes()


def test_codes_on_the_paper_can_be_scanned(stack: ExitStack) -> None:
    emulator, subject = rig(stack)
    subject.print_receipt(sample_slip(), Deadline(20))
    assert set(emulator.slips[0].codes) == {Code("QR Code", QR_PAYLOAD), Code("Code 128", RECEIPT_NUMBER)}


@pytest.mark.parametrize("clears_on_request", [True, False])
def test_staff_who_load_paper_first_do_not_hand_the_rest_to_the_next_person(stack: ExitStack, clears_on_request: bool) -> None:
    """The printer goes on by itself as soon as there is paper, before anybody asks for its status."""
    emulator, subject = rig(stack, clears_on_request=clears_on_request)
    emulator.set_paper_mm(47)
    assert subject.print_receipt(sample_slip(), Deadline(20)).result is PrintResult.PARTLY_PRINTED
    emulator.load_paper()
    assert subject.print_receipt([Text("下一位")], Deadline(20)).result is PrintResult.PRINTED
    *before, last = [slip.text for slip in emulator.slips]
    assert last.strip() == "下一位"
    # At most one block was on its way, and what the printer made of it was cut off before the next slip.
    assert SECRET not in "".join(before)


@pytest.mark.parametrize(("clears_on_request", "slips"), [(True, 1), (False, 2)])
def test_a_printer_that_can_forgets_the_rest_at_once(stack: ExitStack, clears_on_request: bool, slips: int) -> None:
    emulator, subject = rig(stack, clears_on_request=clears_on_request)
    emulator.set_paper_mm(35)  # 16 mm go on the sweep: it ends in the middle of the code
    assert subject.print_receipt([QrCode(QR_PAYLOAD)], Deadline(20)).result is PrintResult.PARTLY_PRINTED
    emulator.load_paper()
    emulator.tear()  # the new roll is still blank, except with a model that cannot forget
    assert len(emulator.slips) == slips
    assert not any(slip.codes for slip in emulator.slips)


def test_what_an_earlier_run_left_hanging_is_cut_off_before_the_first_slip(stack: ExitStack) -> None:
    emulator, subject = rig(stack)
    emulator.received(b"half a slip of before the power failed\n\x1dv0\x00\x48\x00\x1e\x00" + b"\xff" * 100)
    assert subject.print_receipt([Text("今天第一位")], Deadline(20)).result is PrintResult.PRINTED
    before, first = [slip.text for slip in emulator.slips]
    assert "half a slip" in before
    assert first.strip() == "今天第一位"


def test_asking_for_the_status_moves_no_paper(stack: ExitStack) -> None:
    emulator, subject = rig(stack)
    assert subject.status().can_print
    assert emulator.blank_pieces == 0


def test_an_unplugged_printer_is_opened_again_and_swept(stack: ExitStack) -> None:
    emulator, subject = rig(stack)
    emulator.at_mm(45, emulator.unplug)
    assert subject.print_receipt(sample_slip(), Deadline(20)).result is PrintResult.UNKNOWN
    assert subject.status().can_print
    assert subject.print_receipt([Text("下一位")], Deadline(20)).result is PrintResult.PRINTED
    assert emulator.slips[-1].text.strip() == "下一位"


def test_a_printer_that_comes_back_on_another_terminal_is_found_by_its_stable_path(stack: ExitStack, tmp_path: Path) -> None:
    emulator = stack.enter_context(PrinterEmulator())
    path = tmp_path / "usb-printer"
    subject = EscPosPrinter(str(path), answer_s=0.5)
    assert subject.status().device.code == "disconnected"
    for _ in range(2):
        with PtyHost(emulator) as host:
            path.symlink_to(host.url)
            assert subject.status().device.code == "ok"
            assert subject.print_receipt([Text("好")], Deadline(10)).result is PrintResult.PRINTED
        assert subject.status().device.code == "disconnected"
        assert subject.print_receipt([Text("无")], Deadline(10)).result is PrintResult.NOT_PRINTED
        path.unlink()
    assert len(emulator.slips) == 2


@pytest.mark.parametrize("crossing", ["14000000", "13", "11", "FF80", "37"])
def test_what_crosses_an_answer_does_not_spoil_it(stack: ExitStack, crossing: str) -> None:
    emulator, subject = rig(stack)
    emulator.precede_answers(bytes.fromhex(crossing))
    assert subject.status().device.code == "ok"
    emulator.set_paper_mm(0)
    assert subject.status().device.code == "paper_out"


def test_a_late_answer_is_not_taken_for_the_next_one(stack: ExitStack) -> None:
    emulator, subject = rig(stack)
    assert subject.status().device.code == "ok"
    emulator.say(bytes.fromhex("1E 7E"))
    assert subject.status().device.code == "ok"


def test_automatic_status_switched_on_by_others_neither_confuses_nor_confirms(stack: ExitStack) -> None:
    emulator, subject = rig(stack)
    emulator.received(bytes.fromhex("1D610F"))
    emulator.at_mm(45, emulator.open_cover)
    outcome = subject.print_receipt(sample_slip(), Deadline(20))
    assert (outcome.result, outcome.status.device.code) == (PrintResult.PARTLY_PRINTED, "cover_open")


def test_without_a_queued_answer_nothing_is_called_printed(stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.receipt_printer.job._PATIENCE_S", 0.4)
    monkeypatch.setattr("drivers.receipt_printer.job._NO_PATIENCE_S", 0.05)
    emulator, subject = rig(stack, answers_queued_status=False)
    outcome = subject.print_receipt([Text("一"), Text("二")], Deadline(20))
    assert (outcome.result, outcome.status.device.code) == (PrintResult.UNKNOWN, "ok")
    assert emulator.slips[-1].text.split() == ["一", "二"]


def test_a_slow_printer_is_waited_for(stack: ExitStack) -> None:
    emulator, subject = rig(stack)
    assert subject.print_receipt([Text("暖机")], Deadline(10)).result is PrintResult.PRINTED
    emulator.pace(1500)
    assert subject.print_receipt([Text("慢慢来" * 8)] * 12, Deadline(60)).result is PrintResult.PRINTED
    assert emulator.slips[-1].text.count("慢慢来") == 96


def test_a_deadline_ends_a_slow_slip_and_the_rest_is_dropped(stack: ExitStack) -> None:
    emulator, subject = rig(stack)
    assert subject.print_receipt([Text("暖机")], Deadline(10)).result is PrintResult.PRINTED
    emulator.pace(40)
    outcome = subject.print_receipt([Text(f"第 {number} 行") for number in range(60)], Deadline(1.0))
    assert outcome.result is PrintResult.PARTLY_PRINTED
    emulator.pace(None)
    assert subject.print_receipt([Text("下一位")], Deadline(10)).result is PrintResult.PRINTED
    assert "第 59 行" not in "".join(slip.text for slip in emulator.slips)
    assert emulator.slips[-1].text.strip() == "下一位"


def test_a_freed_cutter_needs_no_restart(stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver_module, "_RECOVER_INTERVAL_S", 0.0)
    emulator, subject = rig(stack)
    assert subject.print_receipt([Text("暖机")], Deadline(10)).result is PrintResult.PRINTED
    emulator.cutter_jam()
    outcome = subject.print_receipt(sample_slip(), Deadline(20))
    assert (outcome.result, outcome.status.device.code) == (PrintResult.PARTLY_PRINTED, "cutter_error")
    assert outcome.status.cutter_error
    assert subject.status().device.code == "cutter_error"
    emulator.clear_cutter_jam()
    assert subject.status().device.code == "ok"
    assert subject.print_receipt([Text("下一位")], Deadline(20)).result is PrintResult.PRINTED
    assert emulator.slips[-1].text.strip() == "下一位"


def test_paper_that_ends_behind_the_cut_does_not_spoil_the_slip(stack: ExitStack) -> None:
    emulator, subject = rig(stack)
    assert subject.print_receipt([Text("暖机")], Deadline(10)).result is PrintResult.PRINTED
    emulator.set_paper_mm(30 / 8 + 30 / 8 + 12)  # one line, the feed behind it, and the way to the cutter
    outcome = subject.print_receipt([Text("最后一张")], Deadline(10))
    assert outcome.result in (PrintResult.PRINTED, PrintResult.PARTLY_PRINTED)
    assert outcome.status.device.code == "paper_out"
    emulator.load_paper()
    assert [slip.text.strip() for slip in emulator.slips] == ["暖机", "最后一张"]


def test_a_terminal_without_a_chinese_font_says_so(
    stack: ExitStack, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    emulator, subject = rig(stack)
    monkeypatch.setattr("drivers.receipt_printer.glyphs.FONT_PATHS", ())
    outcome = subject.print_receipt([Text("林小𠮷")], Deadline(10))
    assert (outcome.result, outcome.status.device.code) == (PrintResult.NOT_PRINTED, "no_font")
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "fonts-noto-cjk" in caplog.text
    assert "𠮷" not in caplog.text
    caplog.clear()
    assert subject.print_receipt([Text("林小瓯")], Deadline(10)).result is PrintResult.PRINTED
    assert [slip.text.strip() for slip in emulator.slips] == ["林小瓯"]


def test_a_missing_printer_is_a_status_and_not_an_error() -> None:
    for url in ("/dev/no-such-printer", "socket://127.0.0.1:1", "nonsense://"):
        subject = open_printer(url)
        assert subject.status().device.code == "disconnected"
        assert subject.print_receipt([Text("x")], Deadline(5)).result is PrintResult.NOT_PRINTED
        subject.close()


def test_the_factory_knows_the_simulator() -> None:
    assert isinstance(open_printer("sim://", "58mm"), SimulatedPrinter)
    assert isinstance(open_printer("/dev/ttyUSB0"), EscPosPrinter)


def _free_address() -> tuple[str, int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[:2]


def _said(control: tuple[str, int], words: str) -> str:
    with socket.create_connection(control, 10) as connection, connection.makefile("rw", encoding="utf-8") as file:
        file.write(words + "\n")
        file.flush()
        return file.readline().strip()


@pytest.mark.parametrize("use_pty", [True, False])
def test_serving_an_emulated_printer(tmp_path: Path, use_pty: bool) -> None:
    ready, stop, urls = threading.Event(), threading.Event(), []

    def on_ready(url: str) -> None:
        urls.append(url)
        ready.set()

    listen = None if use_pty else ("127.0.0.1", 0)
    control = _free_address()
    server = threading.Thread(
        target=serve,
        args=(listen, use_pty, tmp_path / "paper", on_ready, stop),
        kwargs={"width": "58mm", "control": control, "lines": LineSource(None)},
    )
    server.start()
    try:
        assert ready.wait(20)
        asked = open_printer(urls[0])
        assert asked.status().can_print
        assert _said(control, "cover_open") == "ok"
        assert asked.status().device.code == "cover_open"
        assert _said(control, "nonsense").startswith("error ")
        assert _said(control, "clear") == "ok"
        asked.close()
        subject = open_printer(urls[0])
        assert subject.print_receipt([Text("一张小票")], Deadline(20)).result is PrintResult.PRINTED
        subject.close()
    finally:
        stop.set()
        server.join(20)
    assert (tmp_path / "paper" / "001.txt").read_text(encoding="utf-8") == "一张小票\n"


@pytest.mark.parametrize(("listen", "use_pty"), [(None, False), (("127.0.0.1", 0), True)])
def test_serving_needs_exactly_one_line(tmp_path: Path, listen: tuple[str, int] | None, use_pty: bool) -> None:
    with pytest.raises(ValueError, match="either"):
        serve(listen, use_pty, tmp_path, lambda _: None, threading.Event())


@pytest.mark.parametrize("is_given_up", [True, False])
def test_a_driver_that_was_given_up_drops_nothing_of_the_next_one_s(stack: ExitStack, is_given_up: bool) -> None:
    """It comes back late from a call, while another owner of the same printer may be at work."""
    emulator, _ = rig(stack)
    host = stack.enter_context(TcpHost(emulator))
    sent: list[bytes] = []

    def open_noted(url: str, baudrate: int, deadline: Deadline | None = None) -> Port:
        port = open_port(url, baudrate, deadline)
        write = port.write
        port.write = lambda data: (sent.append(data), write(data))[1]  # type: ignore[method-assign, func-returns-value]
        return port

    subject = Fenced(lambda opener: EscPosPrinter(host.url, answer_s=0.5, open_port=opener), open_noted)
    stack.callback(subject.close)
    assert subject.device.print_receipt([Text("暖机")], Deadline(10)).result is PrintResult.PRINTED
    sent.clear()
    deadline = Deadline(10)

    def happen() -> None:
        if is_given_up:
            subject.abort()
        deadline.cancel()

    emulator.at_mm(20, happen)
    assert subject.device.print_receipt(sample_slip(), deadline).result is not PrintResult.PRINTED
    assert (Command.CLEAR_BUFFERS in sent) is not is_given_up
