"""Window, voice, sounds and headphones together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from kiosk.domain.aids import Aids, Voice
from kiosk.domain.language import Language
from kiosk.flow.aid_events import AidsChosen
from kiosk.flow.attention import Attention
from kiosk.flow.states import Step
from kiosk.flow.views import Screen
from kiosk.workers.headset_watch import HeadsetWatch
from tests.helpers.listening import Recorder
from tests.ui.conftest import Visitor
from ui.gallery.plates import plates
from ui.voice.earcons import Earcon
from ui.voice.hearing import Hearing

ALOUD, HEADPHONES = Aids(voice=Voice.ALOUD), Aids(voice=Voice.HEADPHONES)
PLATES = {aids: {plate.name: plate.screen for plate in plates(Language.EN, aids)} for aids in (Aids(), ALOUD, HEADPHONES)}


class Ear:
    """A headset that a test plugs in, and what is heard."""

    def __init__(self, subject: Visitor) -> None:
        self.window = subject.window
        self.recorder = Recorder()
        self.watch = HeadsetWatch(tuple)
        self.hearing = Hearing(subject.window, self.recorder, self.watch)
        self.chosen: list[AidsChosen] = []
        self.hearing.happened.connect(self.chosen.append)

    def plug(self, plugged: bool) -> None:
        self.watch._plugged = plugged
        self.watch.headset_changed.emit(plugged)

    def show(self, screen: Screen) -> list[str]:
        """Show it, and tell what was said of it."""
        before = len(self.recorder.said)
        self.window.show_screen(screen)
        QTest.qWait(120)
        return self.recorder.said[before:]


@pytest.fixture
def ear(subject: Visitor) -> Iterator[Ear]:
    made = Ear(subject)
    yield made
    made.hearing.stop()


def test_without_voice_nothing_is_said(ear: Ear) -> None:
    assert ear.show(PLATES[Aids()]["card"]) == []
    assert ear.recorder.earcons == []


def test_a_screen_is_said_and_its_trouble_breaks_in(ear: Ear) -> None:
    assert ear.show(PLATES[ALOUD]["card"])[0].startswith("Put your ID card down.")
    said = ear.show(PLATES[ALOUD]["card-failed"])
    assert len(said) == 1
    assert not said[0].startswith("Put your")
    assert ear.recorder.earcons == [Earcon.NEXT, Earcon.ERROR]


def test_a_change_waits_for_the_end_of_the_screen(ear: Ear) -> None:
    ear.show(PLATES[ALOUD]["slip-printing"])
    assert ear.recorder.earcons == [Earcon.DONE]
    assert ear.show(PLATES[ALOUD]["slip-delivered"]) == []
    ear.recorder.end()
    assert ear.recorder.said[-1] == "Slip printed; please take it."


def test_keys_are_followed(ear: Ear) -> None:
    ear.show(PLATES[ALOUD]["route"])
    QTest.keyClick(ear.window, Qt.Key.Key_Tab)
    first = ear.recorder.said[-1]
    QTest.keyClick(ear.window, Qt.Key.Key_Tab)
    assert ear.recorder.said[-1] != first
    said = len(ear.recorder.said)
    for _ in range(12):
        QTest.keyClick(ear.window, Qt.Key.Key_Tab)
    assert len(ear.recorder.said) == said + 12
    assert any("of 3" in text for text in ear.recorder.said)


def test_touches_and_ways_back_sound(ear: Ear, subject: Visitor) -> None:
    ear.show(PLATES[ALOUD]["route"])
    ear.recorder.earcons.clear()
    subject.touch("back")
    assert ear.recorder.earcons == [Earcon.BACK]
    ear.show(PLATES[ALOUD]["consent"])
    assert ear.recorder.earcons == [Earcon.BACK]
    subject.touch("consent_yes")
    assert ear.recorder.earcons == [Earcon.BACK, Earcon.TOUCH]


def test_headphones_switch_the_voice_on_and_hear_what_is_personal(ear: Ear) -> None:
    ear.show(PLATES[Aids()]["review"])
    ear.plug(True)
    assert [event.aids.voice for event in ear.chosen] == [Voice.HEADPHONES]
    said = ear.show(PLATES[HEADPHONES]["review"])
    assert "林小瓯" in said[0]


def test_pulling_them_out_stops_at_once_and_switches_off(ear: Ear) -> None:
    ear.plug(True)
    ear.show(PLATES[HEADPHONES]["review"])
    stops = ear.recorder.stops
    ear.plug(False)
    assert ear.recorder.stops > stops
    assert ear.chosen[-1].aids.voice is Voice.OFF
    said = len(ear.recorder.said)
    QTest.qWait(120)
    ear.hearing.speech.replay()
    assert len(ear.recorder.said) == said


def test_seniors_hear_on_without_headphones_and_nothing_personal(ear: Ear) -> None:
    elder = replace(HEADPHONES, elder=True)
    screens = {plate.name: plate.screen for plate in plates(Language.EN, elder)}
    ear.plug(True)
    ear.show(screens["review"])
    ear.plug(False)
    assert ear.chosen[-1].aids.voice is Voice.ALOUD
    aloud = {plate.name: plate.screen for plate in plates(Language.EN, ear.chosen[-1].aids)}
    assert "林小瓯" not in "".join(ear.show(aloud["review"]))


def test_chosen_headphones_that_are_not_there_are_silent(ear: Ear) -> None:
    assert ear.show(PLATES[HEADPHONES]["review"]) == []


def test_who_comes_with_headphones_plugged_in_hears_from_the_start(ear: Ear, qtbot: QtBot) -> None:
    ear.plug(True)
    ear.chosen.clear()
    assert ear.show(PLATES[Aids()]["idle"])[0].startswith("Touch to begin")
    ear.hearing.enter(Step.HOME)
    qtbot.waitUntil(lambda: [event.aids.voice for event in ear.chosen] == [Voice.HEADPHONES])


def test_the_idle_warning_sounds_whatever_is_off_and_is_not_talked_over(ear: Ear) -> None:
    ear.show(PLATES[Aids()]["consent"])
    ear.show(PLATES[Aids()]["idle-warning"])
    assert ear.recorder.earcons == [Earcon.ATTENTION]
    assert ear.recorder.said == []
    ear.window.wipe()
    ear.hearing.forget()
    ear.show(PLATES[ALOUD]["consent"])
    assert ear.show(PLATES[ALOUD]["idle-warning"])[0].startswith("Are you still there?")
    ear.hearing.speech.say_text("Something else", Language.EN)
    assert ear.recorder.said[-1].startswith("Are you still there?")


def test_a_card_that_is_left_sounds_each_time_whatever_is_off(ear: Ear) -> None:
    ear.show(PLATES[Aids()]["farewell"])
    ear.hearing.attend(Attention.CARD_LEFT)
    ear.hearing.attend(Attention.CARD_LEFT)
    assert ear.recorder.earcons == [Earcon.ATTENTION, Earcon.ATTENTION]
    assert ear.recorder.said == []
    ear.show(PLATES[ALOUD]["farewell"])
    ear.hearing.attend(Attention.CARD_LEFT)
    assert "card" in ear.recorder.said[-1]
    ear.hearing.speech.say_text("Something else", Language.EN)
    assert "card" in ear.recorder.said[-1]


def test_the_sheet_says_the_screen_beneath_again(ear: Ear, subject: Visitor) -> None:
    first = ear.show(PLATES[ALOUD]["card"])[0]
    subject.touch("display")
    QTest.qWait(120)
    assert ear.recorder.said[-1].startswith("Display and sound.")
    ear.window.replay_wanted.emit()
    assert ear.recorder.said[-1].split(". Step")[0] == first.split(". Step")[0]


def test_nothing_is_said_after_a_visit(ear: Ear) -> None:
    ear.plug(True)
    ear.window.show_screen(PLATES[HEADPHONES]["review"])
    ear.window.wipe()
    ear.hearing.forget()
    QTest.qWait(120)
    ear.hearing.speech.replay()
    assert ear.recorder.said == []
