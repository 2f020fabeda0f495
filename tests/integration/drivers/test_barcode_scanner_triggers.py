"""The true driver on emulated scanners that look only when told to, and what goes wrong between the two."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.barcode_scanner.driver import SerialScanner
from drivers.barcode_scanner.emulator import Fault, ScannerEmulator
from drivers.barcode_scanner.profiles import PROFILES, ProfileName
from drivers.barcode_scanner.protocol import Framing
from drivers.barcode_scanner.settings import ScannerSettings
from drivers.barcode_scanner.types import Code, NotScanned, ScanOutcome, ScanTrouble
from drivers.emulation.host import PtyHost, TcpHost
from drivers.emulation.line import Link
from drivers.errors import Disconnected
from drivers.status import DeviceState
from drivers.types import Deadline
from tests.helpers.serial_devices import LINES, InBackground, wait_until

PLENTY_S = 30.0
TRIGGERED = [profile.name for profile in PROFILES.values() if profile.is_triggered]
ACKNOWLEDGING = [profile.name for profile in PROFILES.values() if profile.acknowledges_trigger]

BUSY_MACHINE_S = 0.005
"""The driver keeps 60 ms between commands; a busy machine may deliver the first of two late."""


class Rig:
    def __init__(self, host: TcpHost | PtyHost, emulator: ScannerEmulator, settings: ScannerSettings) -> None:
        self.host, self.emulator = host, emulator
        self.scanner = SerialScanner.create(host.url, settings)
        wait_until(lambda: emulator.is_connected)

    def start_reading(self, deadline: Deadline) -> InBackground[ScanOutcome]:
        reading = InBackground(lambda: self.scanner.read(deadline))
        wait_until(lambda: self.emulator.sees)
        return reading

    def read_one(self, payload: bytes) -> ScanOutcome:
        reading = self.start_reading(Deadline(PLENTY_S))
        assert self.emulator.scan(payload)
        return reading.result()


@pytest.fixture(params=TRIGGERED)
def profile(request: pytest.FixtureRequest) -> ProfileName:
    return ProfileName(request.param)


@pytest.fixture
def settings(request: pytest.FixtureRequest, profile: ProfileName) -> ScannerSettings:
    return ScannerSettings(profile=profile, framing=getattr(request, "param", Framing.CR), gap_s=0.2)


@pytest.fixture(params=list(LINES))
def subject(request: pytest.FixtureRequest, profile: ProfileName, settings: ScannerSettings) -> Iterator[Rig]:
    emulator = ScannerEmulator(profile=profile, command_pause_s=BUSY_MACHINE_S)
    with LINES[request.param](emulator) as host:
        rig = Rig(host, emulator, settings)
        yield rig
        emulator.clear_faults()
        rig.scanner.close()
    assert emulator.lost_commands == 0


only_tcp = pytest.mark.parametrize("subject", ["tcp"], indirect=True)
acknowledging = pytest.mark.parametrize("profile", ACKNOWLEDGING, indirect=True)


def test_the_light_is_on_while_somebody_reads_and_off_behind_the_code(subject: Rig) -> None:
    assert not subject.emulator.sees
    assert subject.read_one("测试1".encode()) == Code("测试1".encode(), "测试1")
    wait_until(lambda: not subject.emulator.sees)
    assert not subject.emulator.scan(b"nobody reads")


def test_the_light_goes_off_with_the_deadline_and_with_cancel(subject: Rig) -> None:
    reading = subject.start_reading(Deadline(0.6))
    assert reading.result() == NotScanned(ScanTrouble.NOTHING)
    wait_until(lambda: not subject.emulator.sees)
    deadline = Deadline(300.0)
    reading = subject.start_reading(deadline)
    deadline.cancel()
    assert reading.result(timeout_s=5.0) == NotScanned(ScanTrouble.CANCELLED)
    wait_until(lambda: not subject.emulator.sees)


@only_tcp
def test_the_light_is_asked_for_again_before_it_goes_out(subject: Rig, profile: ProfileName) -> None:
    subject.emulator._light_s = PROFILES[profile].relight_s + 0.5
    reading = subject.start_reading(Deadline(PLENTY_S))
    Deadline(PLENTY_S).sleep(PROFILES[profile].relight_s + 1.0)
    assert subject.emulator.scan(b"late")
    assert reading.result() == Code(b"late", "late")


def test_status_says_that_it_answers(subject: Rig) -> None:
    status = subject.scanner.status()
    assert (status.state, status.code) == (DeviceState.ONLINE, "ok")
    assert "by" in status.detail
    assert not subject.emulator.sees, "asking lights nothing"


@only_tcp
def test_a_scanner_of_another_maker_is_noticed(subject: Rig) -> None:
    subject.emulator.faults.inject(Fault.WRONG_PROFILE)
    assert (subject.scanner.status().state, subject.scanner.status().code) == (DeviceState.OFFLINE, "wrong_profile")
    assert subject.scanner.read(Deadline(0.5)) == NotScanned(ScanTrouble.NOTHING)


@only_tcp
def test_one_that_answered_and_fell_silent_is_told_apart(subject: Rig) -> None:
    assert subject.scanner.status().code == "ok"
    subject.emulator.faults.inject(Fault.AWOL)
    assert (subject.scanner.status().state, subject.scanner.status().code) == (DeviceState.OFFLINE, "no_answer")
    subject.emulator.clear_faults()
    assert subject.scanner.status().code == "ok"


@only_tcp
def test_a_reply_in_another_makers_words_is_the_wrong_profile(subject: Rig, profile: ProfileName) -> None:
    subject.emulator.faults.inject(Fault.WRONG_PROFILE)
    foreign = b"TRGMOD0\x06." if profile is not ProfileName.HONEYWELL else bytes.fromhex("02 00 00 01 00 33 31")
    asking = InBackground(subject.scanner.status)
    pause = Deadline(PLENTY_S)
    pause.sleep(0.3)
    link = subject.emulator._link
    assert link is not None
    link.send(foreign)
    status = asking.result()
    assert status.code == "wrong_profile"
    assert "answers as" in status.detail


@only_tcp
@pytest.mark.parametrize("profile", [ProfileName.HONEYWELL, ProfileName.GM65], indirect=True)
def test_a_scanner_that_looks_when_it_likes_is_noticed(subject: Rig) -> None:
    subject.emulator.faults.inject(Fault.WRONG_MODE)
    status = subject.scanner.status()
    assert (status.state, status.code) == (DeviceState.USER_ERROR, "wrong_trigger_mode")


@only_tcp
@pytest.mark.parametrize("profile", [ProfileName.NEWLAND], indirect=True)
def test_a_refused_trigger_is_a_finding_not_a_failure(subject: Rig) -> None:
    subject.emulator.faults.inject(Fault.NAK, times=2)
    assert subject.scanner.read(Deadline(0.6)) == NotScanned(ScanTrouble.NOTHING)
    status = subject.scanner.status()
    assert (status.state, status.code) == (DeviceState.USER_ERROR, "trigger_refused")
    assert subject.read_one(b"again") == Code(b"again", "again")
    assert subject.scanner.status().code == "ok"


@acknowledging
@pytest.mark.parametrize("settings", [Framing.CR, Framing.GAP], indirect=True)
def test_acknowledgements_are_never_part_of_a_code(subject: Rig) -> None:
    """Early, late or not at all: the code is the same."""
    for fault in (None, Fault.NO_ACK, Fault.LATE_ACK):
        if fault is not None:
            subject.emulator.faults.inject(fault, times=1)
        text = f"code {fault}"
        assert subject.read_one(text.encode()) == Code(text.encode(), text)
        assert subject.scanner.status().code == "ok"


@acknowledging
@only_tcp
def test_an_acknowledgement_in_the_middle_of_a_code_is_taken_out(subject: Rig, profile: ProfileName) -> None:
    """As of a scanner that answers with one hand and sends with the other."""
    acknowledgement = {
        ProfileName.NEWLAND: b"\x02\x010000#SCNTRG1\x06;\x03",
        ProfileName.GM65: bytes.fromhex("02 00 00 01 00 33 31"),
    }[profile]
    assert subject.read_one(b"first" + acknowledgement + b"half") == Code(b"firsthalf", "firsthalf")


@pytest.mark.parametrize("profile", [ProfileName.GM65], indirect=True)
@only_tcp
def test_next_to_a_damaged_reply_there_is_no_code(subject: Rig) -> None:
    damaged = bytes.fromhex("02 00 00 01 00 33 32")
    assert subject.read_one(damaged + b"code") == NotScanned(ScanTrouble.UNDECODABLE, "broken_reply")
    assert subject.read_one(b"code") == Code(b"code", "code")


@only_tcp
def test_duplicates_are_one_code(subject: Rig) -> None:
    subject.emulator.faults.inject(Fault.DUPLICATE, times=1)
    reading = subject.start_reading(Deadline(PLENTY_S))
    scanning = InBackground(lambda: subject.emulator.scan(b"twice"))
    assert reading.result() == Code(b"twice", "twice")
    assert subject.scanner.read(Deadline(0.9)) == NotScanned(ScanTrouble.NOTHING)
    assert scanning.result()


@only_tcp
def test_one_that_sends_without_end_holds_nothing_up(subject: Rig) -> None:
    subject.emulator.faults.inject(Fault.STUCK)
    reading = subject.start_reading(Deadline(PLENTY_S))
    scanning = InBackground(lambda: subject.emulator.scan(b"stuck"))
    assert reading.result() == Code(b"stuck", "stuck")
    assert subject.scanner.read(Deadline(0.6)) == NotScanned(ScanTrouble.NOTHING)
    assert subject.scanner.status().code in {"ok", "no_answer"}
    subject.emulator.clear_faults()
    assert scanning.result()
    assert subject.read_one(b"good again") == Code(b"good again", "good again")


def test_a_pulled_cable_is_told_and_a_new_one_serves(subject: Rig, settings: ScannerSettings) -> None:
    reading = subject.start_reading(Deadline(PLENTY_S))
    subject.host.unplug(0.2)
    with pytest.raises(Disconnected):
        reading.result()
    assert subject.scanner.status().code == "disconnected"
    subject.scanner.close()


@only_tcp
def test_a_code_that_came_is_given_out_even_if_the_light_cannot_be_switched_off(
    subject: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = subject.start_reading(Deadline(PLENTY_S))

    def broken(data: bytes) -> None:
        raise Disconnected(subject.host.url, "has gone away")

    monkeypatch.setattr(subject.scanner._port, "write", broken)
    assert subject.emulator.scan(b"just in time")
    assert reading.result() == Code(b"just in time", "just in time")
    assert subject.scanner.status().code == "disconnected"


@pytest.fixture
def sent() -> bytearray:
    return bytearray()


@pytest.mark.parametrize(
    ("name", "asked", "answered"),
    [
        (
            ProfileName.NEWLAND,
            "7E 01 30 30 30 30 23 53 43 4E 54 52 47 31 3B 03",
            "02 01 30 30 30 30 23 53 43 4E 54 52 47 31 06 3B 03",
        ),
        (
            ProfileName.NEWLAND,
            "7E 01 30 30 30 30 40 58 58 58 58 58 58 31 3B 03",
            "02 01 30 30 30 30 40 58 58 58 58 58 58 31 05 3B 03",
        ),
        (ProfileName.HONEYWELL, "16 54 0D", ""),
        (ProfileName.HONEYWELL, "16 4D 0D 54 52 47 4D 4F 44 3F 2E", "54 52 47 4D 4F 44 30 06 2E"),
        (ProfileName.GM65, "7E 00 08 01 00 02 01 AB CD", "02 00 00 01 00 33 31"),
        (ProfileName.PASSIVE, "16 54 0D 7E 00 08 01 00 02 01 AB CD", ""),
    ],
)
def test_emulated_scanners_answer_byte_for_byte(sent: bytearray, name: ProfileName, asked: str, answered: str) -> None:
    emulator = ScannerEmulator(profile=name)
    emulator.connected(Link(sent.extend, lambda: None))
    for byte in bytes.fromhex(asked):
        emulator.received(bytes([byte]))
    assert sent.hex(" ").upper() == answered


def test_a_command_too_soon_behind_another_is_lost(sent: bytearray) -> None:
    emulator = ScannerEmulator(profile=ProfileName.GM65)
    emulator.connected(Link(sent.extend, lambda: None))
    emulator.received(bytes.fromhex("7E 00 08 01 00 02 01 AB CD") * 2)
    assert (emulator.lost_commands, len(sent)) == (1, 7)


def test_a_light_that_nobody_asks_for_again_goes_out_by_itself(sent: bytearray) -> None:
    emulator = ScannerEmulator(profile=ProfileName.GM65, light_s=0.2)
    emulator.connected(Link(sent.extend, lambda: None))
    emulator.received(bytes.fromhex("7E 00 08 01 00 02 01 AB CD"))
    assert emulator.sees
    wait_until(lambda: not emulator.sees)
    assert not emulator.scan(b"dark")
