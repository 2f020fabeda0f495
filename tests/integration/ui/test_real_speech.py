"""The true engine: Qt, speech-dispatcher and espeak-ng, speaking into a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kiosk.domain.language import Language
from tests.helpers import speech_system
from tests.helpers.speech_system import SpeechSystem
from ui.voice.process_speaker import ProcessSpeaker
from ui.voice.speaker import Spoken

pytestmark = pytest.mark.skipif(bool(speech_system.missing()), reason=f"not installed: {speech_system.missing()}")

_PATIENCE_MS = 60_000


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SpeechSystem]:
    made = SpeechSystem(tmp_path)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    yield made
    made.stop()


def test_it_speaks_mandarin_and_english(system: SpeechSystem, qtbot: QtBot) -> None:
    speaker = ProcessSpeaker("speechd")
    began: list[int] = []
    finished: list[int] = []
    speaker.began.connect(began.append)
    speaker.finished.connect(finished.append)
    speaker.start()
    qtbot.waitUntil(lambda: speaker.trouble == "", timeout=_PATIENCE_MS)
    assert speaker.voices["zh"].startswith("Chinese (Mandarin")
    assert speaker.voices["en"].startswith("English")
    assert system.loudest() == 0
    lengths = []
    texts = (("请把身份证放在读卡器上。", Language.ZH, 0), ("Put your card on the reader.", Language.EN, 0))
    for number, (text, language, rate) in enumerate((*texts, (texts[1][0], Language.EN, 2)), 1):
        before = system.seconds()
        speaker.say(number, Spoken(text, language, rate, 0.7))
        qtbot.waitUntil(lambda number=number: number in finished, timeout=_PATIENCE_MS)
        qtbot.waitUntil(lambda before=before: system.seconds() > before + 0.3, timeout=_PATIENCE_MS)
        lengths.append(system.seconds() - before)
    speaker.close()
    assert began == finished == [1, 2, 3]
    assert system.loudest() > 3_000
    assert all(0.5 < seconds < 10 for seconds in lengths)
    assert lengths[2] < 0.8 * lengths[1], "a faster pace takes less time"
