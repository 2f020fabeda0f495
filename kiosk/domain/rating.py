"""Rating after the service, 好差评 (GB/T 39734-2020)."""

from __future__ import annotations

from enum import IntEnum


class Grade(IntEnum):
    """The five grades; the last two are 差评. There is no default grade: a skipped rating is no rating."""

    VERY_SATISFIED = 5
    SATISFIED = 4
    FAIRLY_SATISFIED = 3
    DISSATISFIED = 2
    VERY_DISSATISFIED = 1
