"""Which text is meant by bytes that are not UTF-8 and declare no encoding. Pure.

zxing-cpp guesses between Shift-JIS and Latin-1 and never GB18030: of 19 everyday Chinese texts in GBK it reads none (3.1.1,
measured). Chinese as people write it stays within GB 2312, whose bytes lie outside those of Japanese kana and rarely come in
pairs in Latin-1.
"""

from __future__ import annotations

import re

_FULL_WIDTH_KANA = re.compile("[ぁ-ヿ]")
_VOICED = re.compile("[ｳｶ-ﾄﾊ-ﾎ]ﾞ|[ﾊ-ﾎ]ﾟ")
_VOICE_MARK = re.compile("[ﾞﾟ]")
_MARKS_THAT_PROVE_JAPANESE = 2


def choose_text(raw: bytes, guess: str) -> str:
    """The GB18030 reading where it is everyday Chinese and ``guess`` is not plainly Japanese; else ``guess``."""
    try:
        chinese = raw.decode("gb18030")
    except UnicodeDecodeError:
        return guess
    foreign = [character for character in chinese if not character.isascii()]
    everyday = sum(_is_in_gb2312(character) for character in foreign)
    return chinese if everyday * 2 > len(foreign) and not _is_japanese(guess) else guess


def _is_in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _is_japanese(text: str) -> bool:
    """Kana, or half-width kana whose voice marks all stand where they may (by chance Chinese bytes rarely do that twice)."""
    if "\ufffd" in text:
        return False
    marks = len(_VOICE_MARK.findall(text))
    is_well_voiced = marks >= _MARKS_THAT_PROVE_JAPANESE and marks == len(_VOICED.findall(text))
    return is_well_voiced or _FULL_WIDTH_KANA.search(text) is not None
