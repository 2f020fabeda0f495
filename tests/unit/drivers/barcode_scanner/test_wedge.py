"""The driver of keyboard-wedge scanners: grabbed or not read at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import evdev
import pytest
from evdev import InputEvent, ecodes

from drivers.barcode_scanner.errors import NotGrabbed
from drivers.barcode_scanner.factory import open_scanner
from drivers.barcode_scanner.protocol import Framing
from drivers.barcode_scanner.settings import ScannerSettings
from drivers.barcode_scanner.types import Code, NotScanned, ScanOutcome, ScanTrouble
from drivers.barcode_scanner.wedge import WedgeScanner
from drivers.errors import Disconnected
from drivers.status import DeviceState
from drivers.types import Deadline
from tests.helpers.serial_devices import InBackground, wait_until
from tests.helpers.wedge import FakeKeyboard, by_alt, event, key, press, typed

UINPUT = Path("/dev/uinput")
URL = "input:///dev/input/by-id/usb-scanner-event-kbd"
PLENTY_S = 30.0


class Rig:
    def __init__(self, settings: ScannerSettings) -> None:
        self.keyboard = FakeKeyboard()
        self.scanner = WedgeScanner(URL, self.keyboard, settings)

    def read_while_typing(self, *portions: Iterable[InputEvent], pause_s: float = 0.02) -> ScanOutcome:
        reading = InBackground(lambda: self.scanner.read(Deadline(PLENTY_S)))
        pause = Deadline(PLENTY_S)
        pause.sleep(0.25)  # until it listens: what comes before belongs to somebody else
        for portion in portions:
            self.keyboard.type(portion)
            pause.sleep(pause_s)
        return reading.result()


@pytest.fixture
def subject(request: pytest.FixtureRequest) -> Rig:
    return Rig(ScannerSettings(framing=getattr(request, "param", Framing.GAP), gap_s=0.1))


with_framing = pytest.mark.parametrize("subject", [Framing.GAP, Framing.CR], indirect=True)


@with_framing
def test_a_typed_code_is_read(subject: Rig) -> None:
    assert subject.scanner.status().code == "ok"
    assert subject.read_while_typing(typed("Code-128!\r")) == Code(b"Code-128!", "Code-128!")


@with_framing
def test_a_code_typed_slowly_is_one_code(subject: Rig) -> None:
    assert subject.read_while_typing(*[typed(sign) for sign in "slow\r"], pause_s=0.04) == Code(b"slow", "slow")


@pytest.mark.parametrize("subject", [Framing.GAP, Framing.TAB], indirect=True)
def test_a_tab_can_be_the_suffix(subject: Rig) -> None:
    assert subject.read_while_typing(typed("tabbed\t")) == Code(b"tabbed", "tabbed")


def test_a_code_of_several_lines_is_one_code_by_gap(subject: Rig) -> None:
    outcome = subject.read_while_typing(typed("BEGIN:VCARD\rEND:VCARD\r"))
    assert isinstance(outcome, Code)
    assert outcome.raw == b"BEGIN:VCARD\rEND:VCARD"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_by_alt_numbers_is_exact(subject: Rig, encoding: str) -> None:
    raw = "测试，受理号1".encode(encoding)
    assert subject.read_while_typing([moved for byte in raw for moved in by_alt(byte)], typed("\r")) == Code(raw, "测试，受理号1")


@with_framing
def test_a_code_with_a_key_that_is_not_known_is_none(subject: Rig) -> None:
    outcome = subject.read_while_typing(typed("ab") + press(key("F12")) + typed("cd\r"))
    assert outcome == NotScanned(ScanTrouble.UNDECODABLE, "unmapped_key")
    assert subject.read_while_typing(typed("next\r")) == Code(b"next", "next")


def test_an_unknown_key_alone_is_told(subject: Rig) -> None:
    assert subject.read_while_typing(press(key("F12"))) == NotScanned(ScanTrouble.UNDECODABLE, "unmapped_key")


def test_a_shift_that_was_never_let_go_does_not_reach_the_next_code(subject: Rig) -> None:
    assert subject.read_while_typing([event(key("LEFTSHIFT"), 1), *typed("ab")]) == Code(b"AB", "AB")
    assert subject.read_while_typing(typed("cd")) == Code(b"cd", "cd")


def test_a_stuck_key_ends_nothing_and_adds_nothing(subject: Rig) -> None:
    repeats = [[event(key("Z"), 2)]] * 10
    assert subject.read_while_typing(typed("ab"), [event(key("Z"), 1)], *repeats) == Code(b"abz", "abz")


def test_what_was_typed_before_anybody_read_is_forgotten(subject: Rig) -> None:
    subject.keyboard.type(typed("before\r"))
    assert subject.scanner.status().code == "ok"
    subject.keyboard.type(typed("also before\r"))
    assert subject.read_while_typing(typed("now\r")) == Code(b"now", "now")


def test_a_code_that_still_lies_there_is_not_given_out_again(subject: Rig) -> None:
    assert subject.read_while_typing(typed("same\r")) == Code(b"same", "same")
    assert subject.read_while_typing(typed("same\r"), [], [], [], [], [], [], [], typed("other\r")) == Code(b"other", "other")


def test_a_code_that_the_deadline_cuts_off_is_none(subject: Rig) -> None:
    deadline = Deadline(1.0)
    reading = InBackground(lambda: subject.scanner.read(deadline))
    deadline.sleep(0.5)  # until it listens
    while not deadline.is_over:
        subject.keyboard.type(typed("x"))
        deadline.sleep(0.02)
    assert reading.result() == NotScanned(ScanTrouble.UNDECODABLE, "unfinished")


def test_nothing_and_cancelled_are_told(subject: Rig) -> None:
    assert subject.scanner.read(Deadline(0.15)) == NotScanned(ScanTrouble.NOTHING)
    deadline = Deadline(300.0)
    reading = InBackground(lambda: subject.scanner.read(deadline))
    deadline.cancel()
    assert reading.result(timeout_s=5.0) == NotScanned(ScanTrouble.CANCELLED)


def test_it_is_grabbed_as_long_as_it_is_open(subject: Rig) -> None:
    assert subject.keyboard.is_grabbed
    subject.scanner.close()
    subject.scanner.close()
    with pytest.raises(Disconnected):
        subject.scanner.read(Deadline(0.1))


def test_a_scanner_that_another_program_holds_is_never_read() -> None:
    keyboard = FakeKeyboard()
    keyboard.is_held_by_another = True
    subject = WedgeScanner(URL, keyboard)
    assert (subject.status().state, subject.status().code) == (DeviceState.OFFLINE, "held_by_another")
    with pytest.raises(NotGrabbed):
        subject.read(Deadline(0.1))
    keyboard.is_held_by_another = False
    assert subject.status().code == "ok"
    assert keyboard.is_grabbed


def test_a_pulled_cable_is_told(subject: Rig) -> None:
    reading = InBackground(lambda: subject.scanner.read(Deadline(PLENTY_S)))
    subject.keyboard.unplug()
    with pytest.raises(Disconnected):
        reading.result()
    assert (subject.scanner.status().state, subject.scanner.status().code) == (DeviceState.NO_DEVICE, "disconnected")


@pytest.mark.parametrize("path", ["/dev/input/no-such-device", "/dev/null"])
def test_what_is_no_input_device_is_disconnected(path: str) -> None:
    with pytest.raises(Disconnected, match="cannot be opened"):
        open_scanner(f"input://{path}")


def test_no_key_is_logged(subject: Rig, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    subject.read_while_typing(typed("geheim") + press(key("F12")) + typed("\r"))
    assert "geheim" not in caplog.text
    assert "F12" not in caplog.text


@pytest.fixture
def typist() -> Iterator[evdev.UInput]:
    if not os.access(UINPUT, os.W_OK):
        pytest.skip(f"{UINPUT} is not here or may not be written: no true input device can be made")
    with evdev.UInput({ecodes.EV_KEY: list(range(1, 248))}, name="wedge scanner of a test") as device:
        yield device


def test_a_true_input_device_is_grabbed_and_read(typist: evdev.UInput) -> None:
    url = f"input://{typist.device.path}"
    subject = open_scanner(url, ScannerSettings(gap_s=0.2))
    other = open_scanner(url)
    assert (subject.status().code, other.status().code) == ("ok", "held_by_another")
    reading = InBackground(lambda: subject.read(Deadline(PLENTY_S)))
    Deadline(1.0).sleep(0.4)
    for moved in typed("True-1!\r"):
        typist.write(moved.type, moved.code, moved.value)
    typist.syn()
    assert reading.result() == Code(b"True-1!", "True-1!")
    subject.close()
    wait_until(lambda: other.status().code == "ok")
    other.close()
