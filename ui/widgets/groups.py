"""Numbers as people read them aloud, in the groups in which they are printed."""

from __future__ import annotations

from itertools import accumulate, pairwise

_RECEIPT_NUMBER = (6, 6, 4, 6)
"""Region, day, machine, serial with its check character."""
_CODE_GROUP = 4


def receipt_number(text: str) -> str:
    """A receipt number, or the beginning of one; what is longer is cut."""
    places = (0, *accumulate(_RECEIPT_NUMBER))
    return " ".join(part for start, end in pairwise(places) if (part := text[start:end]))


def verification_code(text: str) -> str:
    """The verification code of a proof: ``P7K2-9QXM-4TRA``."""
    return "-".join(text[at : at + _CODE_GROUP] for at in range(0, len(text), _CODE_GROUP))
