"""One entry, written with five keys: up and down turn the wheel, right takes, left takes back, confirm ends.

Where Chinese is written, the letters make Pinyin; confirm then leads to the candidates, which are chosen in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ui.five_keys.wheel import CAPITALS, DIGITS, LETTERS, Wheel
from ui.look import Look
from ui.widgets.entry import Entry, Pad


class PinyinKeys(Protocol):
    """The keyboard that makes words of letters."""

    def press_letter(self, letter: str) -> None:
        """As a touch on its key."""
        ...

    def press_delete(self) -> None:
        """As a touch on the key that takes back."""
        ...

    def candidates(self) -> list[str]:
        """Words for what is composed, best first; none when nothing is."""
        ...

    def take_candidate(self, number: int) -> None:
        """As a touch on it."""
        ...

    def is_composing(self) -> bool:
        """Letters are written that are no word yet."""
        ...


class Writing:
    """Lives while one entry is written. ``say`` takes what is personal, too: it knows who listens."""

    def __init__(
        self, look: Look, entry: Entry, pinyin: PinyinKeys | None, say: Callable[[str, bool], None], *, is_private: bool
    ) -> None:
        self._look, self.entry, self._pinyin, self._say = look, entry, pinyin, say
        self._wheel = Wheel(_characters(entry, pinyin))
        self._choosing = False
        self._candidate = -1
        key = "keys.write_pinyin" if self._is_pinyin else "keys.write"
        how = look.say(key, name=entry.accessibleName())
        say(how if is_private else look.say("join.sentence", what=look.say("keys.not_private"), todo=how), False)

    @property
    def _is_pinyin(self) -> bool:
        return self.entry.pad is Pad.PINYIN and self._pinyin is not None

    def turn(self, by: int) -> None:
        """Up or down."""
        if self._choosing:
            self._turn_candidates(by)
            return
        self._wheel = self._wheel.turned(by)
        self._say(self._wheel.here, False)

    def take(self) -> None:
        """Right: the character before the resident is written."""
        if self._choosing:
            self._take_candidate()
        elif not self._wheel.here:
            self._tell("keys.turn_first")
        elif self._is_pinyin and self._pinyin is not None and self._wheel.here.isalpha():
            self._pinyin.press_letter(self._wheel.here)
            self._tell("keys.letter", letter=self._wheel.here)
        else:
            self.entry.type_digit(self._wheel.here)
            self._tell_written(self._wheel.here)

    def take_back(self) -> None:
        """Left: the last character goes; from the candidates back to the letters."""
        if self._choosing:
            self._choosing = False
            self._tell("keys.letters_again")
        elif self._is_composing() and self._pinyin is not None:
            self._pinyin.press_delete()
            self._tell("keys.deleted")
        elif not self.entry.text():
            self._tell("keys.nothing_written")
        else:
            self.entry.delete_last()
            self._tell("keys.deleted")

    def confirm(self) -> bool:
        """Confirm: to the candidates, or the candidate is taken; True when the writing is over."""
        if self._choosing:
            self._take_candidate()
            return False
        if self._is_composing():
            self._choosing, self._candidate = True, -1
            self._turn_candidates(1)
            return False
        if self.entry.text():
            done = self._look.say("keys.done_with", name=self.entry.accessibleName())
            self._say(done, False)
            self._say(f"{done} {self.entry.text()}", True)
        else:
            self._tell("keys.done_empty", name=self.entry.accessibleName())
        return True

    def _is_composing(self) -> bool:
        return self._is_pinyin and self._pinyin is not None and self._pinyin.is_composing()

    def _turn_candidates(self, by: int) -> None:
        words = self._pinyin.candidates() if self._pinyin is not None else []
        if not words:
            self._choosing = False
            self._tell("keys.no_word")
            return
        self._candidate = (self._candidate + by) % len(words)
        self._say(self._look.say("keys.candidate", word=words[self._candidate], number=self._candidate + 1), True)

    def _take_candidate(self) -> None:
        words = self._pinyin.candidates() if self._pinyin is not None else []
        if self._pinyin is None or not 0 <= self._candidate < len(words):
            return
        word = words[self._candidate]
        self._pinyin.take_candidate(self._candidate)
        self._choosing, self._candidate = self._pinyin.is_composing(), -1
        self._tell_written(word)

    def _tell(self, key: str, **values: object) -> None:
        self._say(self._look.say(key, **values), False)

    def _tell_written(self, what: str) -> None:
        count = len(self.entry.text())
        self._say(self._look.say("keys.count", count=count), False)
        self._say(self._look.say("keys.written", what=what, count=count), True)


def _characters(entry: Entry, pinyin: PinyinKeys | None) -> str:
    if entry.pad is Pad.PINYIN:
        return LETTERS + DIGITS if pinyin is not None else DIGITS
    if entry.pad is Pad.CODE:
        return DIGITS + CAPITALS
    return DIGITS + "X" if entry.pad is Pad.ID_NUMBER else DIGITS
