"""The served emulator: ready line, commands from outside, and plain errors for a bad start."""

from __future__ import annotations

import os
import queue
import socket
import threading
from pathlib import Path

import pytest

from drivers.emulation.lines import LineSource
from drivers.id_card_reader.cards import CardFileError
from drivers.id_card_reader.driver import SamVIdCardReader
from drivers.id_card_reader.emulate import serve
from drivers.id_card_reader.types import CardNotRead, CardRead
from drivers.types import Deadline
from tests.helpers.serial_devices import InBackground, wait_until


@pytest.mark.parametrize("use_pty", [False, True], ids=["tcp", "pty"])
def test_the_sample_card_lies_there_and_can_be_lifted(use_pty: bool) -> None:
    urls: queue.SimpleQueue[str] = queue.SimpleQueue()
    stop = threading.Event()
    reading_end, writing_end = os.pipe()
    lines = LineSource(reading_end)
    serving = InBackground(lambda: serve(None, use_pty, None, "lenient", urls.put, stop, lines=lines))
    try:
        reader = SamVIdCardReader.create(urls.get(timeout=20.0))
        outcome = reader.read(Deadline(20.0))
        assert isinstance(outcome, CardRead)
        assert outcome.photo is not None
        os.write(writing_end, b"nonsense\nlift\n")
        wait_until(lambda: isinstance(reader.read(Deadline(0.1)), CardNotRead))
        os.write(writing_end, b"put\n")
        assert isinstance(reader.read(Deadline(20.0)), CardRead)
        reader.close()
    finally:
        stop.set()
        serving.result()
        os.close(reading_end)
        os.close(writing_end)


def test_a_taken_port_is_an_os_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        serve(taken.getsockname()[:2], False, None, "strict", lambda _: None, threading.Event())


def test_a_bad_start_is_told(tmp_path: Path) -> None:
    with pytest.raises(CardFileError):
        serve(None, False, tmp_path / "none.json", "strict", lambda _: None, threading.Event())
    with pytest.raises(ValueError, match="lazy"):
        serve(None, False, None, "lazy", lambda _: None, threading.Event())


def ask(address: tuple[str, int], *lines: str) -> list[str]:
    with socket.create_connection(address, timeout=20.0) as line:
        line.sendall("".join(f"{text}\n" for text in lines).encode())
        with line.makefile(encoding="utf-8") as answers:
            return [answers.readline().rstrip("\n") for _ in lines]


def test_the_fault_language_is_taken_on_a_control_socket(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        control = free.getsockname()[:2]
    path = tmp_path / "card.json"
    path.write_text(
        '{"name": "测试·乙", "birth": "19580308", "id_number": "330304195803080026", "valid_from": "20110601", "valid_to": "长期"}'
    )
    urls: queue.SimpleQueue[str] = queue.SimpleQueue()
    stop = threading.Event()
    serving = InBackground(lambda: serve(None, False, None, "strict", urls.put, stop, control=control, lines=LineSource(None)))
    try:
        url = urls.get(timeout=20.0)
        reader = SamVIdCardReader.create(url)
        assert ask(control, f"put_card {path}", "rf_lockup", "noise 0.5", "rest lenient") == ["ok"] * 4
        outcome = reader.read(Deadline(20.0))
        assert isinstance(outcome, CardRead)
        assert outcome.record.name == "测试·乙"
        assert reader.finds_resting_card()
        assert ask(control, "lift_card", "dance")[1].startswith("error")
        assert reader.wait_removed(Deadline(20.0))
        assert ask(control, "unplug") == ["ok"]
        assert not reader.status().is_online
        reader.close()
        assert ask(control, "plug") == ["ok"]
        again = SamVIdCardReader.create(url)
        assert again.status().is_online
        again.close()
    finally:
        stop.set()
        serving.result()
