"""However a visit ends, nothing of its resident is left in the terminal or on its disk, but the sealed case."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kiosk.app import Terminal, build_terminal
from kiosk.flow import events as ev
from kiosk.flow.states import Step
from kiosk.services.platform import enrol
from kiosk.services.staff import add_staff
from tests.helpers import canary_visit
from tests.helpers.canaries import search, traces
from tests.helpers.canary_visit import gone, in_input, in_session, in_widgets, reach, settings_of, to_form, to_slip
from tests.helpers.platform_process import PlatformProcess, fleet

ROOT = Path(__file__).parents[3]


@dataclass
class Place:
    """A platform, and a folder in which the terminal writes whatever it writes."""

    folder: Path
    url: str

    def on_disk(self) -> dict[str, list[str]]:
        return search(self.folder / "terminal", self.folder / "tmp")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    for name in ("TMPDIR", "SQLITE_TMPDIR", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(temporary))
    temporary.chmod(0o700)
    platform = PlatformProcess(tmp_path / "platform")
    told = fleet("enrol-token", "--region", "330304", "--data", tmp_path / "platform").stdout
    enrol(settings_of(tmp_path, platform.url), told.strip().splitlines()[-1].split()[-1])
    add_staff(tmp_path / "terminal" / "staff.toml", "1001", "246810")
    yield Place(tmp_path, platform.url)
    platform.stop()


@pytest.fixture
def terminal(place: Place, qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> Iterator[Terminal]:
    caplog.set_level(logging.DEBUG)
    times = {"idle_warning_s": 30.0, "idle_countdown_s": 0.3, "farewell_s": 0.3}
    terminal = build_terminal(settings_of(place.folder, place.url, **times), sample=True)
    terminal.start()
    yield terminal
    terminal.stop()


def quits(terminal: Terminal) -> None:
    terminal.visit.handle(ev.Quit())


def falls_silent(terminal: Terminal) -> None:
    terminal.idle._on_quiet()


def walks_away(terminal: Terminal) -> None:
    terminal.idle.nobody_seen()


def stays_too_long(terminal: Terminal) -> None:
    terminal.idle._on_limit()


def meets_a_bug(terminal: Terminal) -> None:
    terminal._on_uncaught(RuntimeError, RuntimeError(canary_visit.PERSON.name), None)


def finds_the_terminal_stopped(terminal: Terminal) -> None:
    terminal.stop()


WAYS_OUT = (quits, falls_silent, walks_away, stays_too_long, meets_a_bug)


@pytest.mark.expects_warnings
@pytest.mark.parametrize("leaves", WAYS_OUT, ids=lambda way: way.__name__)
@pytest.mark.parametrize("arrives", [to_form, to_slip], ids=["in the form", "with the slip"])
def test_nothing_is_left_of_whoever(
    terminal: Terminal,
    place: Place,
    arrives: Callable[[Terminal], None],
    leaves: Callable[[Terminal], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    arrives(terminal)
    assert in_session(terminal.visit.session), "there must be something to find"
    assert in_input(terminal)
    if arrives is to_form:
        assert set(in_widgets()) >= {canary_visit.CANARY_NAME, canary_visit.CANARY_PHONE}
    assert place.on_disk() == {}, "not even during the visit"
    leaves(terminal)
    reach(terminal, Step.FAREWELL)
    gone(terminal)
    reach(terminal, Step.IDLE)
    gone(terminal)
    assert place.on_disk() == {}
    assert traces(caplog.text.encode()) == []


def test_nothing_is_left_of_whoever_finds_the_terminal_stopped(terminal: Terminal, place: Place) -> None:
    to_form(terminal)
    finds_the_terminal_stopped(terminal)
    assert in_session(terminal.visit.session) == []
    assert in_widgets() == []
    assert in_input(terminal) == []
    assert place.on_disk() == {}


def test_a_terminal_that_is_killed_leaves_nothing_on_the_disk(place: Place, qtbot: QtBot) -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "HOME": str(place.folder / "tmp"), "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "tests.helpers.canary_visit", str(place.folder), place.url]
    with (place.folder / "tmp" / "output.log").open("wb") as log:
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log, env=environment, cwd=ROOT)
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n", (place.folder / "tmp" / "output.log").read_text()
        finally:
            os.kill(process.pid, signal.SIGKILL)
            process.wait(10.0)
            process.stdout.close()  # type: ignore[union-attr]
    assert place.on_disk() == {}
    terminal = build_terminal(settings_of(place.folder, place.url), sample=True)
    terminal.start()
    reach(terminal, Step.IDLE)
    gone(terminal)
    terminal.stop()
