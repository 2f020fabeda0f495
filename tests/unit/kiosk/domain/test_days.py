"""The wheel of days: every day of the span can be reached, and it never stands on one that there is not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.days import FIRST_DAY, LAST_DAY, DayPart, Days, DaySpan, read_day, span_of

TODAY = date(2026, 11, 23)
ANY_DAY = st.dates(FIRST_DAY, LAST_DAY)


@st.composite
def spans(draw: st.DrawFn) -> Days:
    one, start, other = sorted(draw(st.lists(ANY_DAY, min_size=3, max_size=3)))
    return Days(one, other, start)


@given(spans(), st.lists(st.tuples(st.sampled_from(DayPart), st.integers(-50, 50)), max_size=60))
def test_it_never_leaves_the_span(days: Days, turns: list[tuple[DayPart, int]]) -> None:
    day = days.start
    for part, by in turns:
        day = days.turned(day, part, by)
        assert days.earliest <= day <= days.latest


@given(spans(), st.data())
def test_every_day_can_be_reached_by_single_steps(days: Days, data: st.DataObject) -> None:
    wanted = data.draw(st.dates(days.earliest, days.latest))
    day = days.start
    for part in DayPart:
        for _ in range(250):
            if getattr(day, part.value) == getattr(wanted, part.value):
                break
            forward = part is not DayPart.YEAR or wanted.year > day.year
            day = days.turned(day, part, 1 if forward else -1)
    assert day == wanted


@pytest.mark.parametrize(
    ("day", "part", "by", "expected"),
    [
        (date(2024, 2, 29), DayPart.YEAR, 1, date(2025, 2, 28)),
        (date(2024, 2, 29), DayPart.YEAR, -4, date(2020, 2, 29)),
        (date(1904, 2, 29), DayPart.YEAR, -4, date(1900, 2, 28)),
        (date(2023, 1, 31), DayPart.MONTH, 1, date(2023, 2, 28)),
        (date(2023, 12, 31), DayPart.MONTH, 1, date(2023, 1, 31)),
        (date(2024, 2, 29), DayPart.DAY, 1, date(2024, 2, 1)),
        (date(2024, 2, 1), DayPart.DAY, -1, date(2024, 2, 29)),
        (date(1900, 5, 5), DayPart.YEAR, -1, date(1900, 5, 5)),
        (date(2025, 12, 31), DayPart.YEAR, 1, date(2026, 11, 23)),
        (date(2026, 11, 1), DayPart.MONTH, 1, date(2026, 1, 1)),
        (date(2026, 11, 23), DayPart.DAY, 1, date(2026, 11, 1)),
    ],
)
def test_leap_years_short_months_and_the_ends(day: date, part: DayPart, by: int, expected: date) -> None:
    assert span_of(DaySpan.PAST, TODAY).turned(day, part, by) == expected


def test_spans_as_seen_from_today() -> None:
    assert span_of(DaySpan.PAST, TODAY) == Days(FIRST_DAY, TODAY, TODAY)
    assert span_of(DaySpan.FUTURE, TODAY) == Days(TODAY, LAST_DAY, TODAY)
    assert span_of(DaySpan.ANY, TODAY) == Days(FIRST_DAY, LAST_DAY, TODAY)


@pytest.mark.parametrize("start", [TODAY - timedelta(days=1), TODAY + timedelta(days=2)])
def test_a_wheel_that_would_stand_outside_its_span_is_refused(start: date) -> None:
    with pytest.raises(ValueError, match="may not be chosen"):
        Days(TODAY, TODAY + timedelta(days=1), start)


@pytest.mark.parametrize("text", ["", "2023-02-29", "2023-2-1", "20230201x", "２０２３-01-01", "0000-01-01"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert read_day(text) is None
