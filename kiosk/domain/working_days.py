"""工作日: which days count for time limits. Pure; the table comes from outside, signed by the platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

_SATURDAY = 5
LONGEST_DAYS = 400


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Holidays 法定节假日 and working weekends 调休; nothing is known outside ``valid_from`` to ``valid_to``."""

    valid_from: date
    valid_to: date
    holidays: frozenset[date] = frozenset()
    """Week days off."""
    worked: frozenset[date] = frozenset()
    """Saturdays and Sundays worked."""

    def counts(self, day: date) -> bool | None:
        """True for a working day, ``None`` where the table does not reach."""
        if not self.valid_from <= day <= self.valid_to:
            return None
        if day.weekday() >= _SATURDAY:
            return day in self.worked
        return day not in self.holidays

    def after(self, start: date, days: int) -> date | None:
        """The day that is ``days`` (0..400) working days after ``start``, which does not count itself; ``None`` beyond the table.

        A guess would be a promise that nobody may keep, so there is none.
        """
        if not 0 <= days <= LONGEST_DAYS:
            raise ValueError(f"{days} working days cannot be counted")
        day, left = start, days
        while left:
            day += timedelta(days=1)
            counts = self.counts(day)
            if counts is None:
                return None
            left -= counts
        return day if self.counts(day) is not None else None

    def between(self, first: date, last: date) -> int | None:
        """Working days after ``first`` up to and with ``last``; 0 when ``last`` is not later, ``None`` beyond the table."""
        counted = 0
        day = first
        while day < last:
            day += timedelta(days=1)
            counts = self.counts(day)
            if counts is None:
                return None
            counted += counts
        return counted


NOTHING_KNOWN = WorkingDays(date.max, date.min)
"""No table: every question is answered by ``None``."""
