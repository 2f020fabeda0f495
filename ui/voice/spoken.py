"""Written text as a voice should say it: numbers of receipts digit by digit, dates as dates, no marks for eyes alone."""

from __future__ import annotations

import re

from kiosk.domain.language import Language
from ui import strings

_DATE = re.compile(r"(?<![0-9])([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])")
_CODE = re.compile(r"(?<![0-9A-Za-z*])(?=[0-9A-Z*-]*[0-9])[0-9A-Z*]{5,}(?:-[0-9A-Z*]{2,})*(?![0-9A-Za-z*])")
"""A run of digits, capitals and masks that is nobody's word: receipt numbers, telephones, card numbers."""
_MASK = re.compile(r"\*{2,}")
_UNSAID = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
_SEPARATORS = re.compile(r"\s*[·•|/]\s*")
_SPACES = re.compile(r"\s+")
_LONE_SPACE = re.compile(r" +(?=[,.;:!?，。；：！？])")
_ENDS = "。！？；：.!?;:，,、"
_GROUP, _SHORT = 4, 6


def is_chinese(language: Language) -> bool:
    """Traditional characters are read by the same voice."""
    return language.value.startswith("zh")


def spell(text: str, language: Language) -> str:
    """Character by character, with a breath every few; what is masked is said once."""
    group = _GROUP if len(text) > _SHORT else _SHORT
    out: list[str] = []
    count = 0
    for part in re.findall(r"\*+|[^*]", text):
        if part.startswith("*"):
            out.append(strings.text("say.masked", language) + ",")
            count = 0
        elif part.isspace() or part == "-":
            count = _break(out)
        else:
            out.append(part)
            count += 1
            if count == group:
                count = _break(out)
    return " ".join(out).rstrip(",")


def _break(out: list[str]) -> int:
    if out and not out[-1].endswith(","):
        out[-1] += ","
    return 0


def speakable(text: str, language: Language) -> str:
    """``text`` for the voice of this language."""
    text = _UNSAID.sub("", text)
    text = _DATE.sub(lambda found: _date(found, language), text)
    text = _CODE.sub(lambda found: f" {spell(found.group(), language)} ", text)
    text = _MASK.sub(lambda _: f" {strings.text('say.masked', language)} ", text)
    pause = "，" if is_chinese(language) else ", "
    lines = [_SEPARATORS.sub(pause, line) for line in text.split("\n")]
    return sentences([_LONE_SPACE.sub("", _SPACES.sub(" ", line).strip()) for line in lines], language)


def _date(found: re.Match[str], language: Language) -> str:
    year, month, day = found.groups()
    key = f"say.month.{int(month)}"
    if not 1 <= int(month) <= 12:
        return found.group()
    return strings.text("say.date", language, year=year, month=strings.text(key, language), day=int(day))


def sentences(parts: list[str], language: Language) -> str:
    """Parts one after the other, each ended so that the voice comes to rest between them."""
    stop = "。" if is_chinese(language) else ". "
    ended = [part if part.endswith(tuple(_ENDS)) else part + stop.strip() for part in parts if part]
    return ("" if is_chinese(language) else " ").join(ended)
