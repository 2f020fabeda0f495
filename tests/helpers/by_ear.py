"""Five keys, and what is said to each of them: for whoever sees nothing."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.helpers.listening import Recorder
from ui.five_keys.keys import DOWN, RIGHT
from ui.window import KioskWindow

CONFIRM = Qt.Key.Key_Return
SCREEN_IS_SAID_MS = 150
"""A new screen says itself within this time; only then what is heard answers the keys."""
_MOST_TURNS = 200


class NeverHeard(AssertionError):
    """A sign or word does not come by; the message says which."""


class ByEar:
    """Presses the keys of a window, and hears the answers."""

    def __init__(self, window: KioskWindow, recorder: Recorder) -> None:
        self.window, self.recorder = window, recorder
        self.presses = 0

    def press(self, key: Qt.Key) -> str:
        """Press one key; what is said to it."""
        before = len(self.recorder.said)
        QTest.keyClick(self.window.windowHandle(), key)
        self.presses += 1
        answer = " ".join(self.recorder.said[before:])
        QTest.qWait(1)  # what the screen says by itself comes later, and is no answer to the key
        return answer

    def turn_to(self, wanted: str) -> None:
        """While writing: until this character, or this word, is heard."""
        for _ in range(_MOST_TURNS):
            if wanted in self.press(DOWN):
                return
        raise NeverHeard(f"{wanted!r} never comes by")

    def spell(self, characters: str) -> None:
        """Write signs one by one, and end."""
        for character in characters:
            self.turn_to(character)
            self.press(RIGHT)
        self.press(CONFIRM)

    def spell_chinese(self, words: Mapping[str, str]) -> None:
        """Write words by their Pinyin, taken from the candidates that are read out, and end."""
        QTest.qWait(50)
        for pinyin, word in words.items():
            for letter in pinyin:
                self.turn_to(letter)
                self.press(RIGHT)
            QTest.qWait(100)
            if word not in self.press(CONFIRM):
                self.turn_to(word)
            self.press(CONFIRM)
            QTest.qWait(50)
        self.press(CONFIRM)
