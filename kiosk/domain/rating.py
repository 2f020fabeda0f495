"""Rating after the service, 好差评 (GB/T 39734-2020)."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Grade(IntEnum):
    """The five grades; the last two are 差评. There is no default grade: a skipped rating is no rating."""

    VERY_SATISFIED = 5
    SATISFIED = 4
    FAIRLY_SATISFIED = 3
    DISSATISFIED = 2
    VERY_DISSATISFIED = 1

    @property
    def is_bad(self) -> bool:
        """差评: somebody will look into it."""
        return self <= Grade.DISSATISFIED


class RatingReason(StrEnum):
    """What a resident who is not satisfied may point at; by the national indicators of online services. Never demanded."""

    SLOW = "slow"
    """办事效率."""
    GUIDE = "guide"
    """办事指南精确度."""
    TROUBLESOME = "troublesome"
    """办事便捷度."""
    HARD_TO_USE = "hard_to_use"
    """平台操作性."""
    MACHINE = "machine"
    """The machine itself: broken, no paper, hard to reach."""
