"""Text for a printer with a two-byte Chinese font: what it can print, how wide it is, where a line may end. Pure.

GB18030 here means its two-byte part as far as GBK goes. Printers' fonts hold "areas 1-5" only (IBM SureMark), so characters with
four bytes (𠮷, 㐂, emoji, ¥) and the private ones print as blanks or not at all; lines with them are drawn as a picture.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

MAX_CHARACTERS = 1000
"""Longest text of one block; more is cut with an ellipsis, so that no form field can spend the roll."""

_NO_LINE_START = frozenset("，。、；：？！）》】〉」』”’…—～％%℃·,.;:?!)]}>")
_NO_LINE_END = frozenset("（《【〈「『“‘￥$([{<")
_SHORT_BRACKETS = re.compile("（[^（）]{1,4}）|【[^【】]{1,4}】|《[^《》]{1,4}》|「[^「」]{1,4}」")
"""Kept on one line."""
_LEAST_LAST_LINE = 6
_LEAST_WIDTH_TO_BALANCE = 16
_LINE_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_ACCENTED = re.compile("[A-Za-z][\u0300-\u036f]+")
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # only the base character can be drawn
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Cn"})


def sanitise(text: str) -> str:
    """``text`` with nothing in it that is no print: no control, direction or zero-width format characters, no halves of pairs.

    So no name, whatever stands on its card, can become a command of the printer. Line ends of all kinds become ``\\n``.
    """
    lines = (_printable(line) for line in _LINE_ENDS.split(text[: 4 * MAX_CHARACTERS]))
    joined = "\n".join(lines)
    return joined if len(joined) <= MAX_CHARACTERS else joined[: MAX_CHARACTERS - 1] + "…"


def _printable(line: str) -> str:
    line = line.replace("\t", " ").replace("\u00a0", " ")
    # Only letters with accents: normalising all would replace rare Chinese characters of names by common ones.
    line = _ACCENTED.sub(lambda match: unicodedata.normalize("NFC", match.group()), line)
    return "".join(char for char in line if not _is_dropped(char))


def _is_dropped(char: str) -> bool:
    return unicodedata.category(char) in _DROPPED_CATEGORIES or _VARIATION_SELECTORS.match(char) is not None


@lru_cache(maxsize=4096)
def has_printer_glyph(char: str) -> bool:
    """True when the printer's own fonts hold it: printable ASCII, or two bytes in both GBK and GB18030."""
    if " " <= char <= "~":
        return True
    try:
        encoded = char.encode("gbk")
    except UnicodeEncodeError:
        return False
    return len(encoded) == 2 and encoded == char.encode("gb18030")


def needs_raster(text: str) -> bool:
    """True when some character of the line must be drawn as a picture."""
    return not all(has_printer_glyph(char) for char in text)


@lru_cache(maxsize=4096)
def char_columns(char: str) -> int:
    """Half-width columns of one character: 0, 1 or 2.

    What the printer's Chinese font holds is two columns wide whatever Unicode says: “ ” … — × ° are full width there.
    """
    if " " <= char <= "~":
        return 1
    if has_printer_glyph(char):
        return 2
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def columns(text: str) -> int:
    """Half-width columns of a line."""
    return sum(char_columns(char) for char in text)


def wrap(text: str, width: int) -> list[str]:
    """Sanitised ``text`` in lines of at most ``width`` columns, at least one line; ``width`` must be 2 or more.

    A wide character is never split, no line begins with a closing punctuation mark or ends with an opening one where that can
    be helped, Latin words and short brackets stay whole unless longer than a line, and no paragraph ends in a line of one or two
    characters.
    """
    if width < 2:
        raise ValueError(f"no Chinese character fits into {width} columns")
    lines: list[str] = []
    for paragraph in sanitise(text).split("\n"):
        lines += _wrap_paragraph(paragraph, width)
    return lines


def wraps_whole(text: str, width: int) -> bool:
    """True when ``wrap`` need not cut a word."""
    return all(columns(unit.rstrip()) <= width for line in sanitise(text).split("\n") for unit in _units(line))


def _wrap_paragraph(paragraph: str, width: int) -> list[str]:
    lines: list[list[str]] = [[]]
    for unit in _units(paragraph):
        if columns("".join(lines[-1]) + unit.rstrip()) <= width:
            lines[-1].append(unit)
            continue
        if not "".join(lines[-1]).strip():
            lines.pop()
        lines += [[piece] for piece in _split_long(unit.lstrip(), width)]
    if width >= _LEAST_WIDTH_TO_BALANCE:
        _fill_last(lines, width)
    return ["".join(line).rstrip() for line in lines]


def _fill_last(lines: list[list[str]], width: int) -> None:
    """A last line of a character or two looks like a mistake, and often tears a word: let it take from the line before."""
    while len(lines) > 1 and len(lines[-2]) > 1 and 0 < columns("".join(lines[-1]).rstrip()) < _LEAST_LAST_LINE:
        *kept, moved = lines[-2]
        longer = [moved, *lines[-1]]
        if columns("".join(longer).rstrip()) > width or columns("".join(kept)) * 2 < width:
            return
        lines[-2], lines[-1] = kept, longer


def _units(paragraph: str) -> Iterator[str]:
    """Pieces that should not be torn apart, spaces attached to the piece before them."""
    whole = {index for match in _SHORT_BRACKETS.finditer(paragraph) for index in range(match.start() + 1, match.end())}
    unit = ""
    for index, char in enumerate(paragraph):
        if unit and index not in whole and _may_break(unit, char):
            yield unit
            unit = ""
        unit += char
    if unit:
        yield unit


def _may_break(unit: str, char: str) -> bool:
    last = unit[-1]
    if char == " " or char_columns(char) == 0 or char in _NO_LINE_START or last in _NO_LINE_END:
        return False
    return last == " " or char_columns(last) == 2 or char_columns(char) == 2


def _split_long(unit: str, width: int) -> list[str]:
    """A unit longer than a line, cut by characters; otherwise the unit itself."""
    pieces: list[str] = []
    piece = ""
    for char in unit:
        if columns((piece + char).rstrip()) > width:
            moved = _moved_to_next(piece, char)
            if columns(moved + char) > width:  # a row of closing marks as long as a line: one must begin the next
                moved = ""
            pieces.append(piece[: len(piece) - len(moved)])
            piece = moved
        piece += char
    return [*pieces, piece]


def _moved_to_next(piece: str, char: str) -> str:
    """End of ``piece`` that must go along with ``char`` to the next line, so that it does not begin with a closing mark."""
    if char not in _NO_LINE_START:
        return ""
    for index in range(len(piece) - 1, 0, -1):
        if piece[index] not in _NO_LINE_START and char_columns(piece[index]):
            return piece[index:]
    return ""


def encode(line: str) -> bytes:
    """Bytes of a line for Chinese mode (``FS &``); ``ValueError`` when a character must be drawn instead."""
    if needs_raster(line):
        raise ValueError("the line holds characters without a two-byte code")
    return line.encode("gb18030")
