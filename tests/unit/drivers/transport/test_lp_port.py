"""``/dev/usb/lp*`` as a line, on a pseudo terminal and on pipes that behave as ``usblp`` does."""

from __future__ import annotations

import errno
import fcntl
import os
import threading
import tty
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from drivers.emulation.host import PtyHost
from drivers.errors import Disconnected, Stalled
from drivers.receipt_printer.driver import EscPosPrinter
from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.transport import lp_port
from drivers.transport.lp_port import LpPort
from drivers.transport.opening import open_port
from drivers.transport.printer_line import LineStatus
from drivers.types import Deadline


@pytest.fixture
def ends() -> Iterator[tuple[int, str]]:
    """The printer's end, and the path of the host's."""
    master, slave = os.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    for descriptor in (master, slave):
        with suppress(OSError):  # a test may have closed it
            os.close(descriptor)


@pytest.fixture
def subject(ends: tuple[int, str]) -> Iterator[LpPort]:
    with LpPort(ends[1]) as port:
        yield port


def test_bytes_go_both_ways(subject: LpPort, ends: tuple[int, str]) -> None:
    subject.write(b"\x10\x04\x01")
    assert os.read(ends[0], 10) == b"\x10\x04\x01"
    os.write(ends[0], b"\x16\x12\x12")
    assert subject.read(1, Deadline(5)) == b"\x16"
    assert subject.read_available(10, 5.0) == b"\x12\x12"
    assert subject.read_available(10, 0.0) == b""
    assert subject.read(1, Deadline(0.05)) == b""


def test_what_came_before_can_be_forgotten(subject: LpPort, ends: tuple[int, str]) -> None:
    os.write(ends[0], b"old")
    assert subject.read(1, Deadline(5)) == b"o"
    subject.flush_input()
    os.write(ends[0], b"n")
    assert subject.read(1, Deadline(5)) == b"n"


def test_a_long_write_goes_through_while_the_printer_takes_it(subject: LpPort, ends: tuple[int, str]) -> None:
    data = os.urandom(200_000)
    taken = bytearray()

    def take() -> None:
        while len(taken) < len(data):
            taken.extend(os.read(ends[0], 65_536))

    printer = threading.Thread(target=take)
    printer.start()
    subject.write(data)
    printer.join(20)
    assert bytes(taken) == data


def test_a_printer_that_takes_no_more_is_stalled_and_says_how_far_it_came(subject: LpPort, ends: tuple[int, str]) -> None:
    with pytest.raises(Stalled) as caught:
        subject.write(bytes(1_000_000))
    assert 0 < caught.value.written < 1_000_000


def test_a_device_that_has_gone_is_told_by_every_call(subject: LpPort, ends: tuple[int, str]) -> None:
    os.close(ends[0])
    for call in (
        lambda: subject.write(b"x"),
        lambda: subject.read(1, Deadline(1)),
        lambda: subject.read_available(1, 0.1),
        subject.flush_input,
    ):
        with pytest.raises(Disconnected):
            call()
    assert subject.line_status() is None
    subject.close()
    subject.close()


def test_a_path_that_cannot_be_opened_costs_one_line() -> None:
    with pytest.raises(Disconnected, match="lp99"):
        open_port("/dev/usb/lp99")
    with pytest.raises(Disconnected, match="null byte"):
        LpPort("/dev/usb/lp\x00")


@pytest.mark.parametrize("number", [errno.ENODEV, errno.EIO])
def test_the_kernel_s_words_for_a_pulled_cable(subject: LpPort, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def gone(*_arguments: object) -> bytes:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(lp_port.os, "read", gone)
    with pytest.raises(Disconnected):
        subject.read(1, Deadline(1))
    monkeypatch.setattr(lp_port.os, "write", gone)
    with pytest.raises(Disconnected):
        subject.write(b"x")


def test_a_printer_that_can_only_be_written_to_is_silent(subject: LpPort, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_way_back(*_arguments: object) -> bytes:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(lp_port.os, "read", no_way_back)
    assert subject.read(1, Deadline(0.05)) == b""


def test_an_empty_packet_is_no_end_of_file(subject: LpPort, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [b"", b"", b"\x12"]
    monkeypatch.setattr(lp_port.os, "read", lambda *_arguments: answers.pop(0) if answers else b"")
    assert subject.read(1, Deadline(5)) == b"\x12"


def test_the_status_lines(subject: LpPort, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(_descriptor: int, request: int, buffer: bytearray) -> int:
        assert request == 0x060B
        buffer[:] = b"\x38\x00\x00\x00"
        return 0

    assert subject.line_status() is None  # a terminal has none
    monkeypatch.setattr(fcntl, "ioctl", answer)
    assert subject.line_status() == LineStatus(is_paper_out=True, has_error=False, is_selected=True)


def test_after_closing_nothing_works(subject: LpPort, tmp_path: Path) -> None:
    subject.close()
    with pytest.raises(Disconnected, match="closed"):
        subject.write(b"x")


def test_a_silent_printer_without_paper_is_told_by_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    with PrinterEmulator() as emulator, PtyHost(emulator) as host:
        emulator.mute()
        monkeypatch.setattr(LpPort, "line_status", lambda _self: LineStatus(True, False, True))
        subject = EscPosPrinter(host.url, answer_s=0.1, open_port=lambda url, *_: LpPort(url))
        assert subject.status().device.code == "paper_out"
        subject.close()
