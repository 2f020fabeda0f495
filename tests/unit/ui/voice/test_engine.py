"""One thing at a time, by Qt's mock engine, in this process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from kiosk.domain.language import Language
from ui.voice.engine import EngineVoice
from ui.voice.messages import Began, Finished, FromEngine, Ready, Say, Trouble
from ui.voice.speaker import NO_ENGINE

EN = Language.EN


class Told:
    def __init__(self) -> None:
        self.all: list[FromEngine] = []
        self.voice = EngineVoice("mock", self.all.append)

    def has(self, *wanted: FromEngine) -> bool:
        return self.all[1:] == list(wanted)


@pytest.fixture
def told(qapp: object) -> Iterator[Told]:
    made = Told()
    yield made
    made.voice.stop()
    made.voice.deleteLater()


def test_it_tells_its_voices(told: Told) -> None:
    ready = told.all[0]
    assert isinstance(ready, Ready)
    assert ready.engine == "mock"
    assert ready.voices.get(EN)


def test_what_it_says_begins_and_ends(told: Told, qtbot: QtBot) -> None:
    told.voice.say(Say(7, "one two", EN))
    qtbot.waitUntil(lambda: told.has(Began(7), Finished(7)), timeout=10_000)


def test_what_is_interrupted_never_ends(told: Told, qtbot: QtBot) -> None:
    told.voice.say(Say(1, "word " * 200, EN))
    qtbot.waitUntil(lambda: told.has(Began(1)), timeout=10_000)
    told.voice.say(Say(2, "word " * 200, EN))
    told.voice.say(Say(3, "two words", EN, rate=2))
    qtbot.waitUntil(lambda: Finished(3) in told.all, timeout=10_000)
    assert Finished(1) not in told.all
    assert Finished(2) not in told.all


def test_it_stops(told: Told, qtbot: QtBot) -> None:
    told.voice.say(Say(1, "word " * 200, EN))
    qtbot.waitUntil(lambda: told.has(Began(1)), timeout=10_000)
    told.voice.stop()
    told.voice.stop()
    qtbot.wait(600)
    assert told.has(Began(1))
    told.voice.say(Say(2, "word", EN))
    qtbot.waitUntil(lambda: told.has(Began(1), Began(2), Finished(2)), timeout=10_000)


def test_a_language_without_a_voice_keeps_nobody_waiting(told: Told) -> None:
    told.voice._voices = {}
    told.voice.say(Say(1, "word", EN))
    assert told.has(Finished(1))


def test_no_engine_is_told_and_is_no_error(qapp: object) -> None:
    told: list[FromEngine] = []
    EngineVoice("nonesuch", told.append)
    assert told == [Trouble(NO_ENGINE)]
