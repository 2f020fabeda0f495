"""The true driver on the true emulator: other framings, and what goes wrong on the line."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from drivers.barcode_scanner import driver as driver_module
from drivers.barcode_scanner.driver import SerialScanner
from drivers.barcode_scanner.emulator import Fault, ScannerEmulator
from drivers.barcode_scanner.protocol import SUFFIX, Framing, ScanFrame, ScanFramer
from drivers.barcode_scanner.settings import ScannerSettings
from drivers.barcode_scanner.types import Code, NotScanned, ScanOutcome, ScanTrouble
from drivers.emulation.host import Link, PtyHost, TcpHost
from drivers.errors import Disconnected
from drivers.types import Deadline
from tests.helpers.serial_devices import LINES, InBackground, wait_until

PLENTY_S = 30.0


class Rig:
    """A driver on an emulator that are set up alike, as they must be in the field."""

    def __init__(self, host: TcpHost | PtyHost, emulator: ScannerEmulator, framing: Framing) -> None:
        self.emulator = emulator
        # A busy test machine makes pauses of its own: the gap is longer than in the field.
        self.scanner = SerialScanner.create(host.url, ScannerSettings(framing=framing, gap_s=0.3))
        self._is_listening = threading.Event()
        self._next_frame = self.scanner._next_frame
        self.scanner._next_frame = self._note_listening  # type: ignore[method-assign]

    def start_reading(self, deadline: Deadline) -> InBackground[ScanOutcome]:
        """Come back when whatever is scanned from now on belongs to this read."""
        self._is_listening.clear()
        reading = InBackground(lambda: self.scanner.read(deadline))
        assert self._is_listening.wait(PLENTY_S)
        return reading

    def read_one(self, payload: bytes) -> ScanOutcome:
        reading = self.start_reading(Deadline(PLENTY_S))
        self.emulator.scan(payload)
        return reading.result()

    def _note_listening(self, framer: ScanFramer, deadline: Deadline) -> ScanFrame | None:
        self._is_listening.set()
        return self._next_frame(framer, deadline)


@pytest.fixture(params=[framing for framing in Framing if framing is not Framing.NONE])
def framing(request: pytest.FixtureRequest) -> Framing:
    return Framing(request.param)


@pytest.fixture(params=list(LINES))
def subject(request: pytest.FixtureRequest, framing: Framing) -> Iterator[Rig]:
    emulator = ScannerEmulator(SUFFIX.get(framing, b""))
    with LINES[request.param](emulator) as host:
        rig = Rig(host, emulator, framing)
        wait_until(lambda: emulator.is_connected)
        yield rig
        emulator.clear_faults()
        rig.scanner.close()


def test_every_framing_delivers_the_code(subject: Rig) -> None:
    assert subject.read_one("测试 code".encode()) == Code("测试 code".encode(), "测试 code")


def test_a_code_that_drips_in_byte_by_byte_is_one_code(subject: Rig) -> None:
    subject.emulator.slow_down(0.005)
    assert subject.read_one(b"one byte at a time") == Code(b"one byte at a time", "one byte at a time")


def test_a_code_that_the_deadline_cuts_off_is_none(subject: Rig) -> None:
    deadline = Deadline(1.0)
    reading = subject.start_reading(deadline)
    subject.emulator.slow_down(0.05)
    scanning = InBackground(lambda: subject.emulator.scan(b"z" * 40))
    assert reading.result(timeout_s=5.0) == NotScanned(ScanTrouble.UNDECODABLE, detail="unfinished")
    assert not scanning.result() or deadline.is_over


@pytest.mark.parametrize("framing", [Framing.CR], indirect=True)
def test_half_a_code_is_no_code_where_a_suffix_is_agreed(subject: Rig) -> None:
    subject.emulator.faults.inject(Fault.HALF_FRAME, times=1)
    assert subject.read_one(b"0123456789") == NotScanned(ScanTrouble.UNDECODABLE, detail="no_suffix")
    assert subject.read_one(b"0123456789") == Code(b"0123456789", "0123456789")


@pytest.mark.parametrize("framing", [Framing.CR], indirect=True)
def test_a_pause_inside_a_code_does_not_cut_it_where_a_suffix_is_agreed(subject: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver_module, "_QUIET_WITHOUT_SUFFIX_S", 5.0)  # a busy test machine makes pauses of its own
    subject.emulator.slow_down(0.5)
    assert subject.read_one(b"slow") == Code(b"slow", "slow")


@pytest.mark.parametrize("framing", [Framing.CR], indirect=True)
def test_two_codes_at_once_give_the_first_and_leave_nothing(subject: Rig) -> None:
    assert subject.read_one(b"first\rsecond") == Code(b"first", "first")
    assert subject.scanner.read(Deadline(0.8)) == NotScanned(ScanTrouble.NOTHING)


@pytest.mark.parametrize("framing", [Framing.GAP], indirect=True)
def test_the_rest_of_a_code_that_began_before_the_read_is_no_code(subject: Rig) -> None:
    subject.emulator.slow_down(0.02)
    scanning = InBackground(lambda: subject.emulator.scan(b"a code that was begun before anybody read, and goes on"))
    Deadline(PLENTY_S).sleep(0.2)
    assert scanning.is_running
    assert subject.scanner.read(Deadline(2.5)) == NotScanned(ScanTrouble.NOTHING)
    assert scanning.result()


@pytest.mark.parametrize("framing", [Framing.GAP], indirect=True)
def test_noise_makes_the_code_wrong_not_the_driver(subject: Rig) -> None:
    subject.emulator.make_noise(1.0)
    noisy = subject.read_one(b"code")
    assert isinstance(noisy, NotScanned) or noisy.raw.endswith(b"code")
    subject.emulator.clear_faults()
    assert subject.read_one(b"code") == Code(b"code", "code")


@pytest.mark.parametrize("framing", [Framing.GAP, Framing.LF], indirect=True)
def test_cancelling_in_the_middle_of_a_code_ends_the_read(subject: Rig) -> None:
    subject.emulator.slow_down(0.02)
    deadline = Deadline(300.0)
    reading = subject.start_reading(deadline)
    scanning = InBackground(lambda: subject.emulator.scan(b"x" * 30))
    deadline.sleep(0.2)
    deadline.cancel()
    assert reading.result(timeout_s=5.0) == NotScanned(ScanTrouble.CANCELLED)
    assert scanning.result()


@pytest.mark.parametrize("framing", [Framing.CR], indirect=True)
def test_a_pulled_cable_is_told(subject: Rig) -> None:
    subject.emulator.faults.inject(Fault.CUT, times=1)
    with pytest.raises(Disconnected):
        subject.read_one(b"0123456789")
    assert subject.scanner.status().code == "disconnected"


@pytest.mark.parametrize("framing", [Framing.CR], indirect=True)
def test_a_scanner_that_only_beeps_gives_nothing(subject: Rig) -> None:
    subject.emulator.faults.inject(Fault.MUTE, times=1)
    reading = subject.start_reading(Deadline(1.0))
    assert subject.emulator.scan(b"beep")
    assert reading.result() == NotScanned(ScanTrouble.NOTHING)


@pytest.mark.parametrize("framing", [Framing.GAP], indirect=True)
def test_an_endless_stream_is_no_code(subject: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver_module, "_LONGEST_CODE_S", 0.6)
    reading = subject.start_reading(Deadline(PLENTY_S))
    subject.emulator.slow_down(0.01)
    scanning = InBackground(lambda: subject.emulator.scan(b"e" * 2000))
    assert reading.result() == NotScanned(ScanTrouble.TOO_LONG, detail="endless")
    subject.emulator.clear_faults()
    assert scanning.result()


def test_an_emulated_scanner_sends_payload_and_suffix_and_nothing_else() -> None:
    sent = bytearray()
    emulator = ScannerEmulator(b"\r\n")
    assert not emulator.scan(b"nobody there")
    emulator.connected(Link(sent.extend, lambda: None))
    assert emulator.scan(bytes.fromhex("33 33 30 33"))
    emulator.faults.inject(Fault.NO_SUFFIX, times=1)
    emulator.scan(b"A")
    emulator.faults.inject(Fault.HALF_FRAME, times=1)
    emulator.scan(b"1234")
    assert sent.hex(" ") == "33 33 30 33 0d 0a 41 31 32 33"
    emulator.disconnected()
    assert not emulator.scan(b"gone")
