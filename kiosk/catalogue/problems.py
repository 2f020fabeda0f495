"""A defect of a catalogue, for whoever mends it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from kiosk.domain.language import Words


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and a code that programs may go by."""

    file: str
    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}: {self.text}"


def twice(names: Iterable[str]) -> tuple[str, ...]:
    """Names that stand more than once, sorted."""
    seen: set[str] = set()
    again: set[str] = set()
    for name in names:
        (again if name in seen else seen).add(name)
    return tuple(sorted(again))


def translation_problems(file: str, part: BaseModel) -> Iterator[Problem]:
    """Texts that are missing in one of the languages, or not translated."""
    for path, words in _words_in(part, ""):
        if not words.zh.strip() or not words.en.strip():
            yield Problem(file, "translation", f"{path} is missing in {'Chinese' if not words.zh.strip() else 'English'}")
        elif not words.en.isascii() and any("一" <= character <= "鿿" for character in words.en):
            yield Problem(file, "translation", f"{path}: the English text holds Chinese characters")


def _words_in(value: object, path: str) -> Iterator[tuple[str, Words]]:
    if isinstance(value, Words):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, inner in value.__dict__.items():
            yield from _words_in(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, tuple):
        for number, inner in enumerate(value, 1):
            yield from _words_in(inner, f"{path} {number}")
