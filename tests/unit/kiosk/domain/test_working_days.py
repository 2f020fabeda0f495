"""工作日, counted by the table and never guessed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.working_days import NOTHING_KNOWN, WorkingDays
from kiosk.services.calendar import packaged_calendar


def test_the_national_holidays_of_october_2026_do_not_count() -> None:
    calendar = packaged_calendar()
    assert calendar.after(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert calendar.counts(date(2026, 10, 10)) is True, "a Saturday that is worked"
    assert calendar.counts(date(2026, 11, 28)) is False, "an ordinary Saturday"


def test_beyond_the_table_nothing_is_known() -> None:
    calendar = packaged_calendar()
    assert calendar.after(date(2026, 12, 30), 1) == date(2026, 12, 31)
    assert calendar.after(date(2026, 12, 31), 1) is None
    assert calendar.between(date(2026, 12, 30), date(2027, 1, 4)) is None
    assert NOTHING_KNOWN.after(date(2026, 1, 1), 0) is None


@pytest.mark.parametrize("days", [-1, 401])
def test_a_number_that_cannot_be_meant_is_a_bug(days: int) -> None:
    with pytest.raises(ValueError, match="cannot be counted"):
        packaged_calendar().after(date(2026, 1, 5), days)


_DAYS = st.dates(date(2026, 1, 1), date(2026, 6, 30))


@given(_DAYS, st.integers(0, 60), st.frozensets(_DAYS, max_size=20))
def test_counting_forward_and_counting_between_agree(start: date, days: int, holidays: frozenset[date]) -> None:
    calendar = WorkingDays(date(2026, 1, 1), date(2026, 12, 31), holidays)
    day = calendar.after(start, days)
    assert day is not None
    assert calendar.between(start, day) == days
    assert days == 0 or calendar.counts(day)
    assert all(not calendar.counts(holiday) for holiday in holidays)
    assert calendar.between(day, start) == 0
    assert day >= start + timedelta(days=days)
