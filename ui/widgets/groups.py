"""Numbers as people read them aloud, in the groups in which they are printed."""

from __future__ import annotations

from itertools import accumulate, pairwise

_RECEIPT_NUMBER = (6, 6, 4, 6)
"""Region, day, machine, serial with its check character."""
_PHONE = (3, 4, 4)
_ID_NUMBER = (6, 8, 4)
"""Division, date of birth, serial with its check character."""
_DAY = (4, 2, 2)
_CODE_GROUP = 4


def receipt_number(text: str) -> str:
    """A receipt number, or the beginning of one; what is longer is cut."""
    return " ".join(_parts(text, _RECEIPT_NUMBER))


def phone(text: str) -> str:
    """A mobile number, or the beginning of one; what is longer is cut."""
    return " ".join(_parts(text, _PHONE))


def id_number(text: str) -> str:
    """Number of an identity card, or the beginning of one; what is longer is cut."""
    return " ".join(_parts(text, _ID_NUMBER))


def day(text: str) -> str:
    """Eight digits of a day, or the first of them, as ``2026-11-26``."""
    return "-".join(_parts(text, _DAY))


def verification_code(text: str) -> str:
    """The verification code of a proof: ``P7K2-9QXM-4TRA``."""
    return "-".join(text[at : at + _CODE_GROUP] for at in range(0, len(text), _CODE_GROUP))


def _parts(text: str, lengths: tuple[int, ...]) -> list[str]:
    places = (0, *accumulate(lengths))
    return [part for start, end in pairwise(places) if (part := text[start:end])]
