"""What may be told of a search that found nothing: what was asked for, and nothing of who asked."""

from __future__ import annotations

import unicodedata

LEAST_CHARACTERS = 2
MOST_CHARACTERS = 20
MOST_DIGITS_IN_A_ROW = 4
_SPOKEN_DIGITS = frozenset("幺两")
"""Digits of spoken numbers; of 零, 一 to 九 Unicode itself knows that they are numbers."""


def anonymous(text: str) -> str:
    """``text`` as it may be recorded; empty when it may not, or when too little is left of it.

    Numbers of identity cards, telephones and accounts show by their digits, written in whatever script and with whatever signs
    between; such a text is dropped whole, for a name may stand beside the number. From all others the digits are taken out.
    """
    if len(text.strip()) < LEAST_CHARACTERS:
        return ""
    plain = _plain(text)
    if _digits_in_a_row(plain) > MOST_DIGITS_IN_A_ROW:
        return ""
    # Without its digits a text may be written in another way than before: a mark may now stand behind another letter.
    words = _plain("".join(sign for sign in plain if not sign.isdigit()))
    kept = " ".join("".join(sign for sign in words if sign.isprintable() or sign.isspace()).split())[:MOST_CHARACTERS].strip()
    return kept if len(kept) >= LEAST_CHARACTERS else ""


def _plain(text: str) -> str:
    """One spelling for all widths and cases. Lower case may have to be normalised anew."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _digits_in_a_row(text: str) -> int:
    longest = row = 0
    for sign in text:
        if sign.isnumeric() or sign in _SPOKEN_DIGITS:
            row += 1
            longest = max(longest, row)
        elif sign.isalpha():
            row = 0
    return longest
