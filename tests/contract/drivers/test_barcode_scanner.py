"""What every scanner promises: the simulator, the keyboard wedge, and the driver on the emulator in every profile, over both lines."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from drivers.barcode_scanner.abstract import BarcodeScanner
from drivers.barcode_scanner.driver import SerialScanner
from drivers.barcode_scanner.emulator import ScannerEmulator
from drivers.barcode_scanner.profiles import ProfileName
from drivers.barcode_scanner.settings import ScannerSettings
from drivers.barcode_scanner.simulator import SimulatedScanner
from drivers.barcode_scanner.types import Code, NotScanned, ScanOutcome, ScanTrouble
from drivers.barcode_scanner.wedge import WedgeScanner
from drivers.errors import Disconnected
from drivers.status import DeviceState
from drivers.types import Deadline
from tests.helpers.serial_devices import LINES, InBackground, wait_until
from tests.helpers.wedge import FakeKeyboard

PLENTY_S = 30.0

BUSY_MACHINE_S = 0.005
"""The driver keeps 60 ms between commands; a busy machine may deliver the first of two late."""


@dataclass
class Setup:
    scanner: BarcodeScanner
    scan: Callable[[bytes], bool]

    def read_while_scanning(self, payload: bytes) -> ScanOutcome:
        """Hold the code under the scanner until it is taken, as people do: what comes before the read begins is dropped."""
        reading = InBackground(lambda: self.scanner.read(Deadline(PLENTY_S)))
        pause = Deadline(PLENTY_S)
        while reading.is_running and not pause.is_over:
            pause.sleep(0.3)
            if reading.is_running:
                self.scan(payload)
                pause.sleep(0.3)
        return reading.result()


VARIANTS = ["simulator", "wedge", *(f"{line}-{profile}" for line in LINES for profile in ProfileName)]


@pytest.fixture(params=VARIANTS)
def subject(request: pytest.FixtureRequest) -> Iterator[Setup]:
    if request.param == "simulator":
        simulator = SimulatedScanner()
        yield Setup(simulator, simulator.scan)
        return
    if request.param == "wedge":
        keyboard = FakeKeyboard()
        wedge = WedgeScanner("input:///dev/input/by-id/usb-scanner-event-kbd", keyboard, ScannerSettings(gap_s=0.2))
        yield Setup(wedge, keyboard.type_bytes)
        wedge.close()
        return
    line, _, profile = request.param.partition("-")
    emulator = ScannerEmulator(profile=ProfileName(profile), command_pause_s=BUSY_MACHINE_S)
    with LINES[line](emulator) as host:
        # A busy test machine makes pauses of its own.
        scanner = SerialScanner.create(host.url, ScannerSettings(profile=ProfileName(profile), gap_s=0.2))
        wait_until(lambda: emulator.is_connected)
        yield Setup(scanner, emulator.scan)
        scanner.close()
        assert emulator.lost_commands == 0, "commands follow each other too fast"


def test_it_is_online(subject: Setup) -> None:
    assert (subject.scanner.status().state, subject.scanner.status().code) == (DeviceState.ONLINE, "ok")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_code_is_read_exactly(subject: Setup, encoding: str) -> None:
    raw = "受理号330302202611230001，测试".encode(encoding)
    assert subject.read_while_scanning(raw) == Code(raw, "受理号330302202611230001，测试")


def test_a_code_of_three_kilobytes_with_line_ends_is_one_code(subject: Setup) -> None:
    raw = b"BEGIN:VCARD\r\nNOTE:" + b"x" * 3000 + b"\nEND"
    outcome = subject.read_while_scanning(raw)
    assert isinstance(outcome, Code)
    assert outcome.raw == raw
    assert outcome.has_control_characters


def test_what_is_too_long_is_told_and_leaves_nothing_behind(subject: Setup) -> None:
    assert subject.read_while_scanning(b"y" * 6000) == NotScanned(ScanTrouble.TOO_LONG)
    assert subject.scanner.read(Deadline(0.8)) == NotScanned(ScanTrouble.NOTHING)


def test_what_is_no_text_is_told(subject: Setup) -> None:
    assert subject.read_while_scanning(b"\xff\xff\xff") == NotScanned(ScanTrouble.UNDECODABLE, detail="encoding")


def test_what_the_last_resident_scanned_is_not_read_by_the_next(subject: Setup) -> None:
    assert subject.scanner.read(Deadline(0.2)) == NotScanned(ScanTrouble.NOTHING)
    subject.scan("上一位居民的码".encode())
    Deadline(1.0).sleep(0.2)
    assert subject.scanner.read(Deadline(0.8)) == NotScanned(ScanTrouble.NOTHING)


def test_a_code_that_still_lies_there_is_not_given_out_again(subject: Setup) -> None:
    raw = b"seen twice"
    assert subject.read_while_scanning(raw) == Code(raw, "seen twice")
    reading = InBackground(lambda: subject.scanner.read(Deadline(1.0)))
    pause = Deadline(PLENTY_S)
    for _ in range(2):
        pause.sleep(0.35)
        subject.scan(raw)
    assert reading.result() == NotScanned(ScanTrouble.NOTHING)
    assert subject.read_while_scanning(b"another") == Code(b"another", "another")


@pytest.mark.parametrize("patience_s", [0.0, 0.13, 0.4])
def test_a_read_ends_with_its_deadline(subject: Setup, patience_s: float) -> None:
    begun_s = time.monotonic()
    assert subject.scanner.read(Deadline(patience_s)) == NotScanned(ScanTrouble.NOTHING)
    assert time.monotonic() - begun_s < patience_s + 1.0


def test_status_leaves_reading_as_it_was(subject: Setup) -> None:
    for _ in range(3):
        assert subject.scanner.status().code == "ok"
    assert subject.read_while_scanning(b"after status") == Code(b"after status", "after status")
    assert subject.scanner.status().code == "ok"


def test_a_cancelled_read_ends_at_once(subject: Setup) -> None:
    deadline = Deadline(300.0)
    reading = InBackground(lambda: subject.scanner.read(deadline))
    deadline.cancel()
    assert reading.result(timeout_s=5.0) == NotScanned(ScanTrouble.CANCELLED)


def test_a_closed_scanner_says_so(subject: Setup) -> None:
    subject.scanner.close()
    subject.scanner.close()
    assert subject.scanner.status().state is DeviceState.NO_DEVICE
    with pytest.raises(Disconnected):
        subject.scanner.read(Deadline(1.0))
