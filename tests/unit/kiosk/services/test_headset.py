"""Headphones, as the kernel tells of them."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.services.headset import Jack, JackReader, key_jack, switch_jacks

SYN, KEY, SW = 0, 1, 5
HEADPHONE, LINE_OUT = 2, 6


def event(kind: int, code: int, value: int) -> bytes:
    return struct.pack("llHHi", 1, 2, kind, code, value)


class Line:
    """A pipe in the place of an input device."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._end = os.open(path, os.O_RDWR)

    def send(self, data: bytes) -> None:
        os.write(self._end, data)

    def close(self) -> None:
        os.close(self._end)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    made = Line(tmp_path / "event3")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("sw", "is_jack"),
    [("4", True), ("0", False), ("54", True), ("40", False), ("1 4", True), ("4 0", False), ("", False), ("x", False)],
)
def test_a_jack_is_known_by_its_switch(tmp_path: Path, sw: str, is_jack: bool) -> None:
    folder = tmp_path / "event7" / "device" / "capabilities"
    folder.mkdir(parents=True)
    (folder / "sw").write_text(f"{sw}\n")
    (tmp_path / "mouse0").mkdir()
    (tmp_path / "event8").mkdir()
    found = switch_jacks(tmp_path, Path("/dev/input"))
    assert found == ((Jack(Path("/dev/input/event7")),) if is_jack else ())


def test_a_machine_without_input_devices_has_no_jack(tmp_path: Path) -> None:
    assert switch_jacks(tmp_path / "nowhere") == ()


def test_a_switch_tells(line: Line) -> None:
    reader = JackReader(Jack(line.path))
    assert not reader.read()
    line.send(event(SW, LINE_OUT, 1) + event(KEY, HEADPHONE, 1) + event(SYN, 0, 0))
    assert not reader.read()
    line.send(event(SW, HEADPHONE, 1))
    assert reader.read()
    line.send(event(SW, HEADPHONE, 1) + event(SW, HEADPHONE, 0))
    assert not reader.read()
    reader.close()


def test_half_an_event_waits_for_its_other_half(line: Line) -> None:
    reader = JackReader(Jack(line.path))
    whole = event(SW, HEADPHONE, 1)
    line.send(whole[:10])
    assert not reader.read()
    line.send(whole[10:])
    assert reader.read()
    reader.close()


def test_two_keys_tell(line: Line) -> None:
    reader = JackReader(key_jack(line.path, 185, 186))
    line.send(event(KEY, 30, 1) + event(KEY, 185, 1) + event(KEY, 185, 0))
    assert reader.read()
    line.send(event(KEY, 186, 1) + event(KEY, 186, 0))
    assert not reader.read()
    reader.close()


def test_a_key_that_is_held_down_tells(line: Line) -> None:
    reader = JackReader(key_jack(line.path, 185, 185))
    line.send(event(KEY, 185, 1))
    assert reader.read()
    line.send(event(KEY, 185, 0))
    assert not reader.read()
    reader.close()


def test_when_events_were_lost_the_careful_answer_counts(line: Line) -> None:
    reader = JackReader(Jack(line.path))
    line.send(event(SW, HEADPHONE, 1))
    assert reader.read()
    line.send(event(SYN, 3, 0))
    assert not reader.read()  # the pipe cannot be asked how the switch stands
    reader.close()


def test_a_device_that_is_gone_is_told(line: Line, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such"):
        JackReader(Jack(tmp_path / "event99"))
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    reader = JackReader(Jack(empty))
    with pytest.raises(OSError, match="gone"):
        reader.read()
    reader.close()
