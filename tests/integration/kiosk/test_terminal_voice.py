"""A whole terminal with a headphone jack and a voice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kiosk import config
from kiosk.app import Terminal, build_terminal
from kiosk.domain.aids import Voice
from kiosk.flow.states import Step
from tests.unit.kiosk.services.test_headset import KEY, Line, event

PLUGGED, UNPLUGGED = 185, 186
_PATIENCE_MS = 40_000


@pytest.fixture
def jack(tmp_path: Path) -> Iterator[Line]:
    made = Line(tmp_path / "keypad")
    yield made
    made.close()


@pytest.fixture
def terminal(tmp_path: Path, jack: Line, monkeypatch: pytest.MonkeyPatch, qapp: object) -> Iterator[Terminal]:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nobody")
    settings = config.Settings(
        machine=config.Machine(data_dir=tmp_path / "terminal", full_screen=False),
        platform=config.Platform(url="http://127.0.0.1:9"),
        sound=config.Sound(engine="mock", jack_device=jack.path, jack_plugged_key=PLUGGED, jack_unplugged_key=UNPLUGGED),
    )
    made = build_terminal(settings)
    made.start()
    yield made
    made.stop()


def test_headphones_start_the_voice_and_pulling_them_out_ends_it(terminal: Terminal, jack: Line, qtbot: QtBot) -> None:
    speech = terminal.hearing.speech
    said: list[str] = []
    finished: list[int] = []
    speech.spoke.connect(said.append)
    speech.speaker.finished.connect(finished.append)
    qtbot.waitUntil(lambda: terminal.visit.state.step is Step.OUT_OF_SERVICE, timeout=_PATIENCE_MS)
    qtbot.waitUntil(lambda: terminal.devices()["voice"].code == "ok", timeout=_PATIENCE_MS)
    assert said == []
    jack.send(event(KEY, PLUGGED, 1) + event(KEY, PLUGGED, 0))
    qtbot.waitUntil(lambda: terminal.visit.state.aids.voice is Voice.HEADPHONES, timeout=_PATIENCE_MS)
    qtbot.waitUntil(lambda: finished != [], timeout=_PATIENCE_MS)
    assert said[-1].startswith("暂时不能办理。")
    assert speech.is_private
    jack.send(event(KEY, UNPLUGGED, 1))
    qtbot.waitUntil(lambda: terminal.visit.state.aids.voice is Voice.OFF, timeout=_PATIENCE_MS)
    assert not speech.is_on
