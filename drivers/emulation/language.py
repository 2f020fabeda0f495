"""The written language in which faults are ordered: one command a line, answered by ``ok`` or ``error …``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from drivers.emulation.faults import FaultBook

_LONGEST_LINE = 4096
_ONE_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A command. ``act`` gets what stands behind the name, split at blanks, and raises ``ValueError`` with one sentence."""

    name: str
    usage: str
    """As the help shows it: ``mute [N]``."""
    meaning: str
    act: Callable[[Sequence[str]], None]


class FaultLanguage:
    """All words an emulator understands, and ``help``."""

    def __init__(self, words: Iterable[Word]) -> None:
        """``ValueError`` when two words have one name."""
        self._words: dict[str, Word] = {}
        for word in words:
            if word.name in self._words:
                raise ValueError(f"two words are called {word.name}")
            self._words[word.name] = word

    @property
    def words(self) -> tuple[Word, ...]:
        """In the order given."""
        return tuple(self._words.values())

    def obey(self, line: str) -> str:
        """Carry out one line; the answer is one line too. Nothing that somebody types makes this raise."""
        if len(line) > _LONGEST_LINE:
            return "error the line is too long"
        name, *rest = line.split() or [""]
        if name == "help":
            return "ok " + " · ".join(f"{word.usage}: {word.meaning}" for word in self._words.values())
        word = self._words.get(name)
        if word is None:
            return _one_line(f"error {name[:40]!r} is not known; try help" if name else "error an empty line; try help")
        try:
            word.act(rest)
        except (ValueError, OSError) as error:
            return _one_line(f"error {error} (usage: {word.usage})")
        return "ok"


def whole_number(text: str, lowest: int, highest: int) -> int:
    """A whole number in range; raises ``ValueError`` with a sentence for people."""
    if not re.fullmatch(r"-?[0-9]{1,18}", text) or not lowest <= int(text) <= highest:
        raise ValueError(f"{text[:40]!r} is not a whole number from {lowest} to {highest}")
    return int(text)


def number(text: str, lowest: float, highest: float) -> float:
    """A number in range; raises ``ValueError`` with a sentence for people."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not lowest <= value <= highest:
        raise ValueError(f"{text[:40]!r} is not a number from {lowest:g} to {highest:g}")
    return value


def at_most_one(arguments: Sequence[str]) -> str | None:
    """The one argument, ``None`` when there is none; raises ``ValueError`` when there are more."""
    if len(arguments) > 1:
        raise ValueError("there are too many words")
    return arguments[0] if arguments else None


def plain_word(name: str, meaning: str, act: Callable[[], None]) -> Word:
    """A word that takes nothing behind it."""

    def obey(arguments: Sequence[str]) -> None:
        if arguments:
            raise ValueError("nothing may stand behind this word")
        act()

    return Word(name, name, meaning, obey)


def times_word(book: FaultBook, fault: str, meaning: str, name: str = "") -> Word:
    """``NAME [N]``: the fault happens the next N times; without N until ``clear``."""

    def obey(arguments: Sequence[str]) -> None:
        given = at_most_one(arguments)
        book.inject(fault, None if given is None else whole_number(given, 0, 1_000_000))

    word = name or str(fault)
    return Word(word, f"{word} [N]", meaning, obey)


def _one_line(text: str) -> str:
    return _ONE_LINE.sub(" ", text)
