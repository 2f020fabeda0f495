"""The technician's command for scanners, and the served emulator behind it."""

from __future__ import annotations

import json
import os
import queue
import threading
from collections.abc import Iterator

import pytest

from drivers.barcode_scanner.__main__ import main
from drivers.barcode_scanner.emulate import serve
from drivers.barcode_scanner.factory import open_scanner
from drivers.barcode_scanner.simulator import SimulatedScanner
from drivers.emulation.lines import LineSource
from tests.helpers.serial_devices import InBackground, wait_until


class Served:
    """The emulator as ``kiosk emulate scanner`` runs it; lines typed are codes scanned."""

    def __init__(self, use_pty: bool) -> None:
        urls: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._reading_end, self._writing_end = os.pipe()
        lines = LineSource(self._reading_end)
        self._serving = InBackground(lambda: serve(None, use_pty, "crlf", urls.put, self._stop, lines=lines))
        self.url = urls.get(timeout=20.0)

    def type_until_done(self, command: InBackground[int], line: bytes) -> int:
        def is_done() -> bool:
            threading.Event().wait(0.3)
            if command.is_running:
                os.write(self._writing_end, line + b"\n")
            return not command.is_running

        wait_until(is_done, timeout_s=30.0)
        return command.result()

    def stop(self) -> None:
        self._stop.set()
        self._serving.result()
        os.close(self._reading_end)
        os.close(self._writing_end)


@pytest.fixture(params=[False, True], ids=["tcp", "pty"])
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    emulator = Served(request.param)
    yield emulator
    emulator.stop()


def test_a_typed_line_is_scanned_and_shown(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    command = InBackground(lambda: main(["read", "--url", served.url, "--json"]))
    assert served.type_until_done(command, "测试码".encode()) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts == {
        "ok": True,
        "text": "测试码",
        "bytes_hex": "测试码".encode().hex(),
        "symbology": "",
        "has_control_characters": False,
    }


def test_terminal_escapes_are_shown_not_obeyed(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    command = InBackground(lambda: main(["read", "--url", served.url, "--framing", "crlf"]))
    assert served.type_until_done(command, b"\x1b[2Jgone") == 0
    assert capsys.readouterr().out == "\\x1b[2Jgone\n"


def test_nothing_scanned_is_one_line_and_exit_code_1(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--url", served.url]) == 0
    assert capsys.readouterr().out == "online: ok\n"
    assert main(["read", "--url", served.url, "--timeout", "0.2"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "nothing was scanned in time" in captured.err


def test_a_scanner_that_does_not_obey_is_not_taken_for_one_that_saw_nothing(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", "--url", served.url, "--profile", "newland", "--timeout", "0.7"]) == 3
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "nothing answers as newland does" in captured.err


@pytest.mark.parametrize("command", ["read", "status"])
def test_a_missing_scanner_is_one_line_and_exit_code_3(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--url", "/dev/no-such-scanner", "--json"]) == 3
    captured = capsys.readouterr()
    assert json.loads(captured.out)["code"] == "disconnected"
    assert captured.err.count("\n") == 1


def test_an_unknown_suffix_is_told() -> None:
    with pytest.raises(ValueError, match="cr, crlf, lf, tab, none"):
        serve(None, False, "nul", lambda _: None, threading.Event())


def test_a_simulated_scanner_has_its_url() -> None:
    assert isinstance(open_scanner("sim://"), SimulatedScanner)
    assert main(["status", "--url", "sim://", "--json"]) == 0
