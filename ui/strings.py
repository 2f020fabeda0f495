"""Every word on the screen, by key and language. The texts stand in ``assets/texts``; a missing one is a bug and raises.

Those in traditional characters stand in no file: they are made of the simplified ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from assets import ROOT
from kiosk.domain import traditional
from kiosk.domain.language import Language


@dataclass(frozen=True, slots=True)
class Reason:
    """Trouble in the resident's words."""

    what: str
    """What happened."""
    todo: str
    """What to do about it."""


@dataclass(frozen=True, slots=True)
class _Book:
    texts: dict[str, str]
    reasons: dict[str, Reason]


def text(key: str, language: Language, **values: object) -> str:
    """The text of ``key`` with ``values`` filled in; ``LookupError`` for a key or value that is missing."""
    return _book(language).texts[key].format(**values)


def reason(code: str, language: Language, **values: object) -> Reason:
    """What a reason code means and what to do; a code without words of its own gets those of its prefix.

    A code is never shown: drivers may know troubles that are newer than these texts.
    """
    reasons = _book(language).reasons
    words = reasons.get(code) or reasons.get(code.partition(".")[0]) or reasons["other"]
    return Reason(words.what.format(**values), words.todo.format(**values))


def keys(language: Language) -> frozenset[str]:
    """All text keys of one language."""
    return frozenset(_book(language).texts)


def reason_codes(language: Language) -> frozenset[str]:
    """All reason codes with words of their own."""
    return frozenset(_book(language).reasons)


def preload() -> None:
    """Read the files now, so that no screen ever waits for one."""
    for language in (Language.ZH, Language.EN):
        _book(language)


def warm_up() -> None:
    """Make the traditional texts ready. Takes a tenth of a second: on a thread of its own, after the first picture."""
    _book(Language.ZH_HANT)


@cache
def _book(language: Language) -> _Book:
    if language is Language.ZH_HANT:
        return _in_traditional(_book(Language.ZH))
    with (ROOT / "texts" / f"{language.value}.yaml").open(encoding="utf-8") as file:
        raw: dict[str, dict[str, Any]] = yaml.load(file, Loader=yaml.CSafeLoader)
    reasons = {code: Reason(str(what), str(todo)) for code, (what, todo) in raw["reasons"].items()}
    return _Book({key: str(value) for key, value in raw["texts"].items()}, reasons)


def _in_traditional(book: _Book) -> _Book:
    """The same, blanks left as they are: what is filled in later, a name or an address, is never converted."""
    reasons = {code: Reason(traditional.of(one.what), traditional.of(one.todo)) for code, one in book.reasons.items()}
    return _Book({key: traditional.of(words) for key, words in book.texts.items()}, reasons)
