"""Chinese words in traditional characters (繁體), made of the simplified ones.

Matters, notices and consents arrive from the platform at any time, signed, in simplified characters and English. So their
traditional form is made here, by tables that the terminal ships with (``assets/hant``): OpenCC's phrases and characters, in the
forms that are the standard of Taiwan, and a few phrases of our own on top. Taiwan's forms (溫、說、稅、戶) and not Hong Kong's
(温、説、税、户): fonts and schoolbooks of Chinese people abroad follow them, and readers from Hong Kong know them as well. Only
characters change. The words stay those of the mainland (身份證, not 身分證; 打印, not 列印), for they are the names of
papers and offices that one has to ask for here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from assets import ROOT

FOLDER = ROOT / "hant"
OPENCC = FOLDER / "opencc.tsv"
"""Made by ``deploy/traditional.py`` from OpenCC's data."""
OURS = FOLDER / "ours.tsv"
"""Phrases that OpenCC takes apart wrongly."""
_LINE = re.compile("^([^#\t\n][^\t\n]*)\t(.+)$", re.MULTILINE)
_MOST_TEXTS = 16_384
"""Kept ready: the texts of several catalogues."""


class Converter:
    """Replaces from left to right, each time the longest phrase that the table holds; all else stays as it is. Pure."""

    def __init__(self, table: Mapping[str, str]) -> None:
        self._table = table
        self._longest: dict[str, int] = {}
        for phrase in table:
            self._longest[phrase[0]] = max(len(phrase), self._longest.get(phrase[0], 0))

    def __call__(self, text: str) -> str:
        """``text`` in traditional characters."""
        return "".join(self._pieces(text))

    def _pieces(self, text: str) -> Iterator[str]:
        at = 0
        while at < len(text):
            phrase = self._phrase(text, at)
            yield self._table[phrase] if phrase else text[at]
            at += len(phrase) or 1

    def _phrase(self, text: str, at: int) -> str:
        for length in range(self._longest.get(text[at], 0), 0, -1):
            if (phrase := text[at : at + length]) in self._table:
                return phrase
        return ""


@lru_cache(_MOST_TEXTS)
def of(text: str) -> str:
    """``text`` in traditional characters. Kept ready for the next time, so never for anything of a resident's."""
    return _converter()(text)


def read(content: str) -> dict[str, str]:
    """The table in a file: simplified, tab, traditional; lines that begin with ``#`` are notes."""
    return dict(_LINE.findall(content))


@cache
def _converter() -> Converter:
    return Converter(read(OPENCC.read_text(encoding="utf-8")) | read(OURS.read_text(encoding="utf-8")))
