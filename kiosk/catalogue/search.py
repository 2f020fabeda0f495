"""Finds matters by names, everyday words, pinyin, initials, and in spite of typing mistakes."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from kiosk.catalogue.models import Catalogue, Item

MAX_QUERY = 40
"""Longer input is cut: nobody types more to find a matter."""
LEAST_SCORE = 60.0
_SURE = 75.0
"""From here on nothing is searched for typing mistakes."""
_FUZZY_CUTOFF = 72.0
_MOST_READINGS = 3
_CHINESE = re.compile(r"[一-鿿]")
_NOTHING = re.compile(r"[\s\W_]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """One matter that was found; ``score`` 0..100, 100 is the very name."""

    item: Item
    score: float


@dataclass(frozen=True, slots=True)
class _Term:
    text: str
    item: int
    weight: float


def normal(text: str) -> str:
    """What searching sees of a text: full-width and capital letters are equal to plain ones, spaces and signs nothing."""
    return _NOTHING.sub("", unicodedata.normalize("NFKC", text[: 4 * MAX_QUERY]).lower())[:MAX_QUERY]


class SearchIndex:
    """All terms of a catalogue. Made once for each; searching changes nothing in it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._items = catalogue.items
        self._terms = tuple(_terms(catalogue.items))
        self._texts = [term.text for term in self._terms]

    def search(self, query: str, limit: int = 20) -> tuple[Hit, ...]:
        """The best matters first, at most ``limit``; those that score alike in the city's order. Nothing for an empty query."""
        wanted = normal(query)
        if not wanted:
            return ()
        scores = self._by_words(wanted, 1.0)
        if _CHINESE.search(wanted) and max(scores.values(), default=0.0) < _SURE:
            _raise(scores, self._by_words(_sounds(wanted)[0], 0.9).items())  # the right sound, the wrong character
        if max(scores.values(), default=0.0) < _SURE:
            _raise(scores, self._by_likeness(wanted))
        found = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
        return tuple(Hit(self._items[place], round(score, 1)) for place, score in found[:limit] if score >= LEAST_SCORE)

    def _by_words(self, wanted: str, weight: float) -> dict[int, float]:
        scores: dict[int, float] = {}
        for term in self._terms:
            text = term.text
            if wanted in text or (len(text) > 1 and text in wanted):
                score = _contained(wanted, text) * term.weight * weight
                if score > scores.get(term.item, 0.0):
                    scores[term.item] = score
        return scores

    def _by_likeness(self, wanted: str) -> Iterator[tuple[int, float]]:
        """Terms that differ by few letters; the shorter the query, the fewer."""
        if len(wanted) < 3:
            return
        sought = [wanted] if wanted.isascii() else [wanted, _sounds(wanted)[0]]
        for one in sought:
            hits = process.extract(one, self._texts, scorer=fuzz.ratio, score_cutoff=_FUZZY_CUTOFF, limit=40)
            for _, likeness, place in hits:
                term = self._terms[place]
                yield term.item, likeness * term.weight * 0.85


def _contained(wanted: str, text: str) -> float:
    """100 for the same, less for a beginning, a part, or a term within a longer sentence."""
    if wanted == text:
        return 100.0
    if text in wanted:
        return 68.0 + 22.0 * len(text) / len(wanted)
    share = len(wanted) / len(text)
    return (82.0 if text.startswith(wanted) else 72.0 if len(wanted) > 1 else 62.0) + 12.0 * share


def _raise(scores: dict[int, float], found: Iterable[tuple[int, float]]) -> None:
    for item, score in found:
        if score > scores.get(item, 0.0):
            scores[item] = score


def _terms(items: Iterable[Item]) -> Iterator[_Term]:
    for place, item in enumerate(items):
        texts = [(item.short_name.zh, 1.0), (item.name.zh, 1.0), *((alias, 0.97) for alias in item.aliases)]
        texts += [(item.name.en, 0.95), (item.short_name.en, 0.95), (item.summary.zh, 0.7), (item.department.zh, 0.66)]
        seen: set[str] = set()
        for text, weight in texts:
            for term, share in _spellings(text, with_sounds=weight > 0.9):
                if term and term not in seen:
                    seen.add(term)
                    yield _Term(term, place, weight * share)


def _spellings(text: str, *, with_sounds: bool) -> Iterator[tuple[str, float]]:
    plain = _NOTHING.sub("", unicodedata.normalize("NFKC", text).lower())
    yield plain, 1.0
    if with_sounds and _CHINESE.search(plain):
        full, initials = _sounds(plain)
        yield full, 0.96
        if len(initials) > 1:
            yield initials, 0.94
        yield from ((other, 0.95) for other in _other_sounds(plain))
    elif with_sounds:
        yield from ((word, 0.9) for word in text.lower().split() if len(word) > 3)


def _sounds(text: str) -> tuple[str, str]:
    """Pinyin without tones, whole and its initials."""
    syllables = [readings[0] for readings in _readings(text)]
    return "".join(syllables), "".join(syllable[:1] for syllable in syllables)


def _other_sounds(text: str) -> Iterator[str]:
    """The same with one character read in another way: 行 is xing and hang."""
    readings = _readings(text)
    first = [one[0] for one in readings]
    for place, ways in enumerate(readings):
        for way in ways[1:_MOST_READINGS]:
            yield "".join((*first[:place], way, *first[place + 1 :]))


def _readings(text: str) -> list[list[str]]:
    # Its table of phrases takes 40 MiB; the ways to read each character do without.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, pinyin

    return [list(dict.fromkeys(ways)) for ways in pinyin(text, style=Style.NORMAL, heteronym=True)]
