"""Somebody who sees nothing: hears what is said, and has five keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from kiosk.domain.language import Language
from tests.helpers.listening import Recorder
from ui import strings
from ui.five_keys.keys import DOWN, LEFT, RIGHT, UP, FiveKeys
from ui.five_keys.stage import SpeechListener, WindowStage
from ui.voice.hearing import Hearing
from ui.window import KioskWindow

CONFIRM = Qt.Key.Key_Return
_FURTHEST = 200
_SCREEN_IS_SAID_MS = 150
"""A new screen says itself within this time; only then what is heard answers the keys."""


class BlindResident:
    """Goes down through what there is until the words are heard, and confirms."""

    def __init__(self, window: KioskWindow, hearing: Hearing, recorder: Recorder) -> None:
        self.window, self.recorder = window, recorder
        self.keys = FiveKeys(WindowStage(window), SpeechListener(window, hearing.speech), window)
        window.windowHandle().installEventFilter(self.keys)
        self.presses = 0

    def press(self, key: Qt.Key) -> str:
        """Press one key; what is said to it."""
        before = len(self.recorder.said)
        QTest.keyClick(self.window.windowHandle(), key)
        self.presses += 1
        answer = " ".join(self.recorder.said[before:])
        QTest.qWait(1)  # what the screen says by itself comes later, and is no answer to the key
        return answer

    def find(self, *words: str) -> str:
        """Go down, and up again from the end, until all this is heard of one thing."""
        QTest.qWait(_SCREEN_IS_SAID_MS)
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

    def turn_to(self, wanted: str) -> None:
        """While writing: until this character, or this word, is heard."""
        for _ in range(_FURTHEST):
            if wanted in self.press(DOWN):
                return
        raise AssertionError(f"{wanted!r} never comes by")

    def write(self, entry: str, characters: str) -> None:
        """Find an entry, write signs one by one, and end."""
        self._begin(entry)
        for character in characters:
            self.turn_to(character)
            self.press(RIGHT)
        self.press(CONFIRM)

    def _begin(self, entry: str) -> None:
        self.find(entry, strings.text("say.to_write", Language.ZH))
        self.press(CONFIRM)
        QTest.qWait(50)

    def write_chinese(self, entry: str, words: dict[str, str]) -> None:
        """Find an entry, write words by their Pinyin, and end."""
        self._begin(entry)
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
