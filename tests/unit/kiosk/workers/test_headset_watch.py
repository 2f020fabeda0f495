"""Headphones that come and go, with jacks that come and go."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kiosk.services.headset import Jack
from kiosk.workers.headset_watch import HeadsetWatch
from tests.unit.kiosk.services.test_headset import HEADPHONE, SW, Line, event


class Bench:
    """A folder of devices."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines: dict[str, Line] = {}
        self.heard: list[bool] = []
        self.watch = HeadsetWatch(self.find, folder)
        self.watch.headset_changed.connect(self.heard.append)

    def find(self) -> tuple[Jack, ...]:
        return tuple(Jack(path) for path in sorted(self.folder.iterdir()))

    def add(self, name: str) -> Line:
        self.lines[name] = Line(self.folder / name)
        return self.lines[name]

    def close(self) -> None:
        self.watch.stop()
        self.watch.stop()
        for line in self.lines.values():
            line.close()


@pytest.fixture
def bench(tmp_path: Path, qapp: object) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


def test_plugging_and_unplugging_is_told_once_each(bench: Bench, qtbot: QtBot) -> None:
    line = bench.add("event0")
    bench.watch.start()
    assert bench.watch.jacks == (bench.folder / "event0",)
    for value in (1, 1, 0, 0):
        line.send(event(SW, HEADPHONE, value))
        qtbot.wait(20)
    assert bench.heard == [True, False]


def test_one_of_two_is_enough(bench: Bench, qtbot: QtBot) -> None:
    one, other = bench.add("event0"), bench.add("event1")
    bench.watch.start()
    one.send(event(SW, HEADPHONE, 1))
    other.send(event(SW, HEADPHONE, 1))
    qtbot.waitUntil(lambda: bench.watch.is_plugged)
    one.send(event(SW, HEADPHONE, 0))
    qtbot.wait(50)
    assert bench.heard == [True]


def test_a_jack_that_comes_later_is_heard(bench: Bench, qtbot: QtBot) -> None:
    bench.watch.start()
    line = bench.add("event5")
    qtbot.waitUntil(lambda: bench.watch.jacks != (), timeout=10_000)
    line.send(event(SW, HEADPHONE, 1))
    qtbot.waitUntil(lambda: bench.heard == [True])


def test_a_jack_that_is_torn_off_takes_its_headphones_along(tmp_path: Path, qtbot: QtBot) -> None:
    os.mkfifo(tmp_path / "event0")
    far = os.open(tmp_path / "event0", os.O_RDWR)
    watch = HeadsetWatch(lambda: (Jack(tmp_path / "event0"),), tmp_path)
    heard: list[bool] = []
    watch.headset_changed.connect(heard.append)
    watch.start()
    os.write(far, event(SW, HEADPHONE, 1))
    qtbot.waitUntil(lambda: heard == [True])
    os.close(far)
    qtbot.waitUntil(lambda: heard == [True, False])
    assert watch.jacks == ()
    watch.stop()


def test_what_may_not_be_read_is_as_good_as_not_there(tmp_path: Path, qapp: object) -> None:
    watch = HeadsetWatch(lambda: (Jack(tmp_path / "nothing"),), tmp_path / "nowhere")
    watch.start()
    assert not watch.is_plugged
    watch.stop()
