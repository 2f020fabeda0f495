"""Days a resident may enter, and the wheel of year, month and day by which one is chosen. Never a day that there is not."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2099, 12, 31)


class DaySpan(StrEnum):
    """Which days a question is about."""

    PAST = "past"
    """Today and before."""
    FUTURE = "future"
    """Today and after: appointments."""
    ANY = "any"


class DayPart(StrEnum):
    """A column of the wheel."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Days:
    """The days from ``earliest`` to ``latest``, and where the wheel stands at first. ``ValueError`` when there is none."""

    earliest: date
    latest: date
    start: date

    def __post_init__(self) -> None:
        if not self.earliest <= self.start <= self.latest:
            raise ValueError("the wheel would stand on a day that may not be chosen")

    def years(self) -> range:
        """Years to choose from."""
        return range(self.earliest.year, self.latest.year + 1)

    def months(self, year: int) -> range:
        """Months of this year to choose from."""
        first = self.earliest.month if year == self.earliest.year else 1
        last = self.latest.month if year == self.latest.year else 12
        return range(first, last + 1)

    def days(self, year: int, month: int) -> range:
        """Days of this month to choose from."""
        first = self.earliest.day if (year, month) == (self.earliest.year, self.earliest.month) else 1
        is_last = (year, month) == (self.latest.year, self.latest.month)
        last = self.latest.day if is_last else calendar.monthrange(year, month)[1]
        return range(first, last + 1)

    def nearest(self, day: date) -> date:
        """``day``, or the end of the span that it lies beyond."""
        return min(max(day, self.earliest), self.latest)

    def turned(self, day: date, part: DayPart, by: int) -> date:
        """The wheel one or more places on: months and days go round, years do not. The 31st of a short month is its last."""
        if part is DayPart.DAY:
            return day.replace(day=_around(self.days(day.year, day.month), day.day, by))
        if part is DayPart.MONTH:
            return self._in_month(day.year, _around(self.months(day.year), day.month, by), day.day)
        years = self.years()
        year = min(max(day.year + by, years[0]), years[-1])
        return self._in_month(year, _within(self.months(year), day.month), day.day)

    def _in_month(self, year: int, month: int, day: int) -> date:
        return date(year, month, _within(self.days(year, month), day))


def span_of(span: DaySpan, today: date) -> Days:
    """The days of this span as seen from today."""
    earliest = today if span is DaySpan.FUTURE else FIRST_DAY
    latest = today if span is DaySpan.PAST else LAST_DAY
    return Days(earliest, latest, today)


def read_day(text: str) -> date | None:
    """The day of ``2026-11-26``; ``None`` for any other text."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _around(places: range, place: int, by: int) -> int:
    return places[(place - places[0] + by) % len(places)]


def _within(places: range, place: int) -> int:
    return min(max(place, places[0]), places[-1])
