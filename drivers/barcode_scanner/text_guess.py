"""Which text is meant by bytes that declare no encoding. Pure.

zxing-cpp guesses between Shift-JIS and Latin-1 and never GB18030: of 19 everyday Chinese texts in GBK it reads none (3.1.1,
measured). Chinese as people write it stays within GB 2312, whose bytes lie outside those of Japanese kana and rarely come in
pairs in Latin-1.

Some words in GB 2312 are valid UTF-8 by chance (预约, 凭证): their pairs of bytes are two-byte sequences there, for signs that no
text has side by side. One of 200 short everyday texts is such a one (measured).
"""

from __future__ import annotations

import codecs
import re

_FULL_WIDTH_KANA = re.compile("[ぁ-ヿ]")
_VOICED = re.compile("[ｳｶ-ﾄﾊ-ﾎ]ﾞ|[ﾊ-ﾎ]ﾟ")
_VOICE_MARK = re.compile("[ﾞﾟ]")
_MARKS_THAT_PROVE_JAPANESE = 2

_TWO_BYTE_SIGNS = re.compile("[\x80-\u07ff]{2}")
"""Two at least: a single one is a sign more often (¥, °, ©, ·)."""
_LONGER_SIGNS = re.compile("[\u0800-\U0010ffff]")
_EVERYDAY_PAIR = re.compile(rb"[\xb0-\xd7][\xa1-\xfe]|[\x00-\x7f]")
"""Level 1 of GB 2312: the 3,755 most frequent characters."""
_PLAIN_WORDS = re.compile(
    "[A-Za-z][\u00c0-\u017f]|[\u00c0-\u017f][A-Za-z]"  # an accent within a Latin word
    "|[\u0370-\u03ff]{3}|[\u0400-\u045f]{3}"  # three letters of a Greek or Russian word
)


def decode_utf8(raw: bytes) -> str | None:
    """The text where ``raw`` is UTF-8 (a leading byte-order mark is no text) and not everyday Chinese in GB 2312 by chance."""
    try:
        text = raw.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if _is_chinese_by_chance(raw, text) else text


def _is_chinese_by_chance(raw: bytes, text: str) -> bool:
    if _LONGER_SIGNS.search(text) or not _TWO_BYTE_SIGNS.search(text) or _PLAIN_WORDS.search(text):
        return False
    return not _EVERYDAY_PAIR.sub(b"", raw)


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
