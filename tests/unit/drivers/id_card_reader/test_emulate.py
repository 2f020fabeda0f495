"""The served emulator: ready line, commands from outside, and plain errors for a bad start."""

from __future__ import annotations

import os
import queue
import socket
import threading
from pathlib import Path

import pytest

from drivers.emulation.lines import LineSource
from drivers.id_card_reader.cards import CardFileError, sample_card
from drivers.id_card_reader.driver import SamVIdCardReader
from drivers.id_card_reader.emulate import obey, serve
from drivers.id_card_reader.emulator import IdReaderEmulator
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


@pytest.mark.parametrize("line", ["put", "lift", "clear", "slow 0.5", "mute", "bad_checksum 2", " noise 1\n"])
def test_commands_are_obeyed(line: str) -> None:
    assert obey(IdReaderEmulator(), sample_card(), line)


@pytest.mark.parametrize("line", ["", "dance", "slow", "slow down", "mute many"])
def test_nonsense_is_not(line: str) -> None:
    assert not obey(IdReaderEmulator(), sample_card(), line)
