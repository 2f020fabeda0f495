"""Who hears what, and what interrupts what."""

from __future__ import annotations

import pytest

from kiosk.domain.aids import MAX_VOLUME, MIN_VOLUME, Aids, Voice
from kiosk.domain.language import Language
from tests.helpers.listening import Recorder
from ui.speech import Speech
from ui.voice.earcons import Earcon
from ui.voice.speaker import loudness

EN = Language.EN
ALOUD, HEADPHONES, OFF = Aids(voice=Voice.ALOUD), Aids(voice=Voice.HEADPHONES), Aids()


@pytest.fixture
def recorder(qapp: object) -> Recorder:
    return Recorder()


@pytest.fixture
def speech(recorder: Recorder) -> Speech:
    made = Speech(recorder)
    made.set_aids(ALOUD)
    return made


@pytest.mark.parametrize(
    ("aids", "plugged", "is_on", "is_private"),
    [
        (OFF, False, False, False),
        (OFF, True, False, False),
        (ALOUD, False, True, False),
        (ALOUD, True, True, False),
        (HEADPHONES, True, True, True),
        (HEADPHONES, False, False, False),
    ],
)
def test_only_plugged_headphones_make_it_private(
    speech: Speech, recorder: Recorder, aids: Aids, plugged: bool, is_on: bool, is_private: bool
) -> None:
    speech.set_aids(aids)
    speech.set_headset(plugged)
    assert (speech.is_on, speech.is_private) == (is_on, is_private)
    speech.say_text("my name", EN, personal=True)
    assert recorder.said == (["my name."] if is_private else [])
    speech.say_text("anything", EN)
    assert recorder.said[-1:] == (["anything."] if is_on else [])


def test_pace_and_loudness_go_with_each_word(speech: Speech, recorder: Recorder) -> None:
    speech.set_aids(Aids(voice=Voice.ALOUD, rate=2, volume=1))
    speech.say_text("x", EN)
    assert (recorder.spoken[-1].rate, recorder.spoken[-1].volume) == (2, loudness(1))
    steps = [loudness(volume) for volume in range(MIN_VOLUME, MAX_VOLUME + 1)]
    assert steps == sorted(set(steps))
    assert steps[0] > 0.2
    assert steps[-1] == 1.0


def test_the_newer_interrupts_the_older(speech: Speech, recorder: Recorder) -> None:
    speech.say_text("one", EN)
    speech.say_text("two", EN)
    assert recorder.said == ["one.", "two."]
    recorder.end()
    assert recorder.said == ["one.", "two."]


def test_an_alarm_is_not_interrupted_and_the_newest_comes_after_it(speech: Speech, recorder: Recorder) -> None:
    speech.say_text("one", EN)
    speech.alarm("your card", EN)
    speech.say_text("two", EN)
    speech.say_text("three", EN)
    speech.interrupt()
    speech.say_text("four", EN)
    assert recorder.said == ["one.", "your card."]
    assert recorder.earcons == [Earcon.ATTENTION]
    recorder.end()
    assert recorder.said == ["one.", "your card.", "four."]


def test_without_voice_only_alarms_sound(speech: Speech, recorder: Recorder) -> None:
    speech.set_aids(OFF)
    speech.play(Earcon.NEXT)
    speech.alarm("your card", EN)
    assert recorder.earcons == [Earcon.ATTENTION]
    assert recorder.said == []


def test_the_last_is_said_again(speech: Speech, recorder: Recorder) -> None:
    speech.replay()
    speech.say_text("one", EN)
    recorder.end()
    speech.replay()
    assert recorder.said == ["one.", "one."]


def test_pulling_the_headphones_out_ends_the_word_and_nothing_of_it_can_be_said_again(speech: Speech, recorder: Recorder) -> None:
    speech.set_aids(HEADPHONES)
    speech.set_headset(True)
    speech.say_text("my name", EN, personal=True)
    stops = recorder.stops
    speech.set_headset(False)
    assert recorder.stops == stops + 1
    speech.replay()
    speech.set_aids(ALOUD)
    speech.replay()
    assert recorder.said == ["my name."]


def test_nothing_of_a_visit_outlives_it(speech: Speech, recorder: Recorder) -> None:
    speech.alarm("your card", EN)
    speech.say_text("my name", EN)
    speech.forget()
    recorder.end()
    speech.replay()
    assert recorder.said == ["your card."]


def test_the_end_of_what_was_interrupted_is_not_the_end_of_the_alarm(speech: Speech, recorder: Recorder) -> None:
    speech.say_text("one", EN)
    before = recorder.number
    speech.alarm("your card", EN)
    speech.say_text("two", EN)
    recorder.finished.emit(before)
    assert recorder.said == ["one.", "your card."]
