"""The process for sound, with Qt's mock engine: what a terminal sees of it, whatever becomes of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kiosk.domain.language import Language
from ui.voice.earcons import Earcon
from ui.voice.process_speaker import ProcessSpeaker
from ui.voice.speaker import LOST, NO_ENGINE, STARTING, Spoken

EN = Language.EN
LONG = Spoken("word " * 400, EN)
_PATIENCE_MS = 30_000


class Heard:
    def __init__(self, engine: str) -> None:
        self.speaker = ProcessSpeaker(engine)
        self.troubles: list[str] = []
        self.began: list[int] = []
        self.finished: list[int] = []
        self.speaker.trouble_changed.connect(self.troubles.append)
        self.speaker.began.connect(self.began.append)
        self.speaker.finished.connect(self.finished.append)

    @property
    def pid(self) -> int:
        return self.speaker._process.processId()


@pytest.fixture
def heard(qapp: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Heard]:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nobody")
    made = Heard("mock")
    assert made.speaker.trouble == STARTING
    made.speaker.start()
    yield made
    made.speaker.close()
    made.speaker.close()


def _ready(heard: Heard, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: heard.speaker.trouble == "", timeout=_PATIENCE_MS)


def test_the_newest_of_what_was_said_too_early_is_said(heard: Heard, qtbot: QtBot) -> None:
    heard.speaker.say(1, LONG)
    heard.speaker.say(2, Spoken("two words", EN))
    qtbot.waitUntil(lambda: heard.finished == [2], timeout=_PATIENCE_MS)
    assert heard.began == [2]
    assert "en" in heard.speaker.voices


def test_the_newer_interrupts_and_stop_is_silence(heard: Heard, qtbot: QtBot) -> None:
    _ready(heard, qtbot)
    heard.speaker.say(1, LONG)
    qtbot.waitUntil(lambda: heard.began == [1], timeout=_PATIENCE_MS)
    heard.speaker.say(2, LONG)
    heard.speaker.play(Earcon.NEXT, 0.5)
    qtbot.waitUntil(lambda: heard.began == [1, 2], timeout=_PATIENCE_MS)
    heard.speaker.stop()
    heard.speaker.say(3, Spoken("two words", EN))
    qtbot.waitUntil(lambda: heard.finished == [3], timeout=_PATIENCE_MS)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV])
def test_a_process_that_dies_is_replaced_and_nobody_waits_for_it(heard: Heard, qtbot: QtBot, how: signal.Signals) -> None:
    _ready(heard, qtbot)
    heard.speaker.say(5, LONG)
    qtbot.waitUntil(lambda: heard.began == [5], timeout=_PATIENCE_MS)
    os.kill(heard.pid, how)
    qtbot.waitUntil(lambda: heard.finished == [5], timeout=_PATIENCE_MS)
    assert heard.speaker.trouble == LOST
    heard.speaker.say(6, LONG)
    qtbot.waitUntil(lambda: heard.finished == [5, 6], timeout=_PATIENCE_MS)
    _ready(heard, qtbot)
    heard.speaker.say(7, Spoken("two words", EN))
    qtbot.waitUntil(lambda: heard.finished == [5, 6, 7], timeout=_PATIENCE_MS)


@pytest.mark.expects_warnings
def test_a_process_that_hangs_is_replaced(heard: Heard, qtbot: QtBot) -> None:
    _ready(heard, qtbot)
    os.kill(heard.pid, signal.SIGSTOP)
    heard.speaker.say(5, LONG)
    qtbot.waitUntil(lambda: heard.finished == [5], timeout=_PATIENCE_MS)
    _ready(heard, qtbot)


def test_closing_ends_the_process(heard: Heard, qtbot: QtBot) -> None:
    _ready(heard, qtbot)
    pid = heard.pid
    heard.speaker.close()
    assert not Path(f"/proc/{pid}").exists()
    qtbot.wait(1_500)
    assert heard.troubles == [""]


def test_an_engine_that_is_not_there_is_a_trouble_and_no_error(qtbot: QtBot) -> None:
    heard = Heard("nonesuch")
    heard.speaker.say(1, LONG)
    heard.speaker.start()
    qtbot.waitUntil(lambda: heard.finished == [1], timeout=_PATIENCE_MS)
    assert heard.troubles == [NO_ENGINE]
    heard.speaker.say(2, LONG)
    qtbot.waitUntil(lambda: heard.finished == [1, 2], timeout=_PATIENCE_MS)
    heard.speaker.close()
