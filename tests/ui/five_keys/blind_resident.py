"""Somebody who sees nothing: hears what is said, and has five keys."""

from __future__ import annotations

from PySide6.QtTest import QTest

from kiosk.domain.language import Language
from tests.helpers.by_ear import CONFIRM, SCREEN_IS_SAID_MS, ByEar
from tests.helpers.listening import Recorder
from ui import strings
from ui.five_keys.keys import DOWN, LEFT, RIGHT, UP, FiveKeys
from ui.five_keys.stage import SpeechListener, WindowStage
from ui.voice.hearing import Hearing
from ui.window import KioskWindow

_FURTHEST = 200


class BlindResident(ByEar):
    """Goes down through what there is until the words are heard, and confirms."""

    def __init__(self, window: KioskWindow, hearing: Hearing, recorder: Recorder) -> None:
        super().__init__(window, recorder)
        self.keys = FiveKeys(WindowStage(window), SpeechListener(window, hearing.speech), window)
        window.windowHandle().installEventFilter(self.keys)

    def find(self, *words: str) -> str:
        """Go down, and up again from the end, until all this is heard of one thing."""
        QTest.qWait(SCREEN_IS_SAID_MS)
        heard: list[str] = []
        for key in (DOWN, UP):
            for _ in range(_FURTHEST):
                said = self.press(key)
                if all(word in said for word in words):
                    return said
                heard.append(said)
                if len(heard) > 1 and heard[-1] == heard[-2]:
                    break
        raise AssertionError(f"{words!r} is never said: {heard}")

    def choose(self, words: str) -> None:
        """Find it, and confirm."""
        self.find(words)
        self.press(CONFIRM)
        QTest.qWait(20)

    def go_on(self) -> None:
        """Right: the main action."""
        self.press(RIGHT)
        QTest.qWait(20)

    def go_back(self) -> None:
        """Left."""
        self.press(LEFT)
        QTest.qWait(20)

    def write(self, entry: str, characters: str) -> None:
        """Find an entry, write signs one by one, and end."""
        self._begin(entry)
        self.spell(characters)

    def _begin(self, entry: str) -> None:
        self.find(entry, strings.text("say.to_write", Language.ZH))
        self.press(CONFIRM)
        QTest.qWait(50)

    def write_chinese(self, entry: str, words: dict[str, str]) -> None:
        """Find an entry, write words by their Pinyin, and end."""
        self._begin(entry)
        self.spell_chinese(words)
