"""The fault language of the served scanner, on its control socket."""

from __future__ import annotations

import os
import queue
import socket
import threading
from collections.abc import Iterator

import pytest

from drivers.barcode_scanner.driver import SerialScanner
from drivers.barcode_scanner.emulate import serve
from drivers.barcode_scanner.profiles import ProfileName
from drivers.barcode_scanner.protocol import Framing
from drivers.barcode_scanner.settings import ScannerSettings
from drivers.barcode_scanner.types import Code, NotScanned, ScanOutcome, ScanTrouble
from drivers.emulation.lines import LineSource
from drivers.types import Deadline
from tests.helpers.serial_devices import InBackground, wait_until


class Served:
    def __init__(self, profile: ProfileName) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            control = free.getsockname()[:2]
        urls: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._reading_end, self.typing_end = os.pipe()
        lines = LineSource(self._reading_end)
        self._serving = InBackground(
            lambda: serve(None, False, "cr", urls.put, self._stop, profile=profile, control=control, lines=lines)
        )
        settings = ScannerSettings(profile, Framing.CR, gap_s=0.2, duplicate_window_s=0.0)
        self.scanner = SerialScanner.create(urls.get(timeout=20.0), settings)
        self._control = socket.create_connection(control, timeout=20.0)
        self._answers = self._control.makefile("r", encoding="utf-8")

    def say(self, line: str) -> str:
        self._control.sendall(line.encode() + b"\n")
        return self._answers.readline().rstrip("\n")

    def read_while(self, line: str, seconds: float = 20.0) -> ScanOutcome:
        """Say ``line`` again and again until the read that begins now has its outcome."""
        reading = InBackground(lambda: self.scanner.read(Deadline(seconds)))
        pause = Deadline(seconds)
        while reading.is_running and not pause.is_over:
            pause.sleep(0.5)
            if reading.is_running:
                self.say(line)
        return reading.result()

    def stop(self) -> None:
        self.scanner.close()
        self._answers.close()
        self._control.close()
        self._stop.set()
        self._serving.result()
        os.close(self._reading_end)
        os.close(self.typing_end)


@pytest.fixture(params=[ProfileName.PASSIVE, ProfileName.NEWLAND])
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    emulator = Served(ProfileName(request.param))
    yield emulator
    emulator.stop()


passive = pytest.mark.parametrize("served", [ProfileName.PASSIVE], indirect=True)


def test_a_code_is_scanned_by_word(served: Served) -> None:
    assert served.read_while("scan 测试 code") == Code("测试 code".encode(), "测试 code")
    assert served.read_while("scan_hex B2 E2 CAD4") == Code("测试".encode("gbk"), "测试")


def test_faults_are_ordered_by_word_and_cleared(served: Served) -> None:
    assert served.say("half_frame") == "ok"
    assert served.read_while("scan 12345678") == NotScanned(ScanTrouble.UNDECODABLE, "no_suffix")
    assert served.say("clear") == "ok"
    assert served.read_while("scan 12345678") == Code(b"12345678", "12345678")
    for line in (
        "mute 1",
        "duplicate",
        "no_suffix 2",
        "noise 0.5",
        "slow 0.1",
        "drip 0.01",
        "awol",
        "nak 1",
        "late_ack",
        "stuck",
    ):
        assert served.say(line) == "ok", line
    assert served.say("clear") == "ok"
    assert served.read_while("scan good") == Code(b"good", "good")


def test_off_the_line_and_back(served: Served) -> None:
    assert served.say("unplug") == "ok"
    wait_until(lambda: served.scanner.status().code == "disconnected")
    wait_until(lambda: served.say("scan x") == "error nobody is connected (usage: scan TEXT)")  # its side notices a moment later
    assert served.say("plug") == "ok"


@pytest.mark.parametrize("served", [ProfileName.NEWLAND], indirect=True)
def test_in_the_dark_nothing_is_scanned(served: Served) -> None:
    wait_until(lambda: served.scanner.status().code == "ok")
    assert served.say("scan x") == "error the light is off (usage: scan TEXT)"
    assert served.say("wrong_profile") == "ok"
    assert served.scanner.status().code == "no_answer"


@passive
@pytest.mark.parametrize(
    "line", ["scan", "scan_hex", "scan_hex zz", "noise 2", "slow", "slow x", "drip -1", "mute x", "mute 1 2", "awol 3", "jam"]
)
def test_what_is_not_understood_is_told_in_one_line(served: Served, line: str) -> None:
    wait_until(lambda: served.scanner.status().code == "ok")
    assert served.say(line).startswith("error ")


@passive
def test_help_names_every_word(served: Served) -> None:
    words = served.say("help")
    for word in (
        "scan TEXT",
        "scan_hex HEX",
        "mute [N]",
        "duplicate [N]",
        "stuck: ",
        "awol: ",
        "unplug [T]",
        "noise [P]",
        "clear",
    ):
        assert word in words


@passive
def test_a_typed_line_is_a_code_byte_for_byte(served: Served) -> None:
    reading = InBackground(lambda: served.scanner.read(Deadline(20.0)))
    pause = Deadline(20.0)
    while reading.is_running:
        pause.sleep(0.4)
        os.write(served.typing_end, "受理号 clear".encode("gb18030") + b"\n")
    assert reading.result() == Code("受理号 clear".encode("gb18030"), "受理号 clear")


def test_an_unknown_profile_is_told() -> None:
    with pytest.raises(ValueError, match="passive, newland, honeywell, gm65"):
        serve(None, False, "cr", lambda _: None, threading.Event(), profile="other")
