"""Searched but not offered: each report counts once, and what few asked for shows to nobody."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from contract.search_misses import MAX_COUNT, MAX_MISSES, SearchMiss, SearchMissesAnswer, SubmitSearchMisses
from fleet.clock import in_china
from fleet.platform import Platform
from fleet.reports import report_searches
from fleet.search_misses import KEPT_DAYS, take_misses
from tests.helpers.terminal import Terminal
from tests.integration.fleet.conftest import HOUR_MS, MovableClock


def miss(number: int, text: str = "飞机票", count: int = 1, day: str = "", report_id: str = "") -> SearchMiss:
    return SearchMiss(report_id or f"{number:032x}", day, text, count)


@pytest.fixture
def today(clock: MovableClock) -> str:
    return in_china(clock()).date().isoformat()


@pytest.fixture
def tell(today: str) -> Callable[..., tuple[str, ...]]:
    def tell(terminal: Terminal, *misses: SearchMiss) -> tuple[str, ...]:
        dated = tuple(msgspec.structs.replace(one, day=one.day or today) for one in misses)
        response = terminal.send("POST", "/v1/search-misses", msgspec.json.encode(SubmitSearchMisses(dated)))
        assert response.status_code == 200, response.text
        return msgspec.json.decode(response.content, type=SearchMissesAnswer).settled

    return tell


def stored(platform: Platform) -> int:
    with platform.database.reading() as connection:
        return int(connection.execute("SELECT count(*) FROM search_misses").fetchone()[0])


def test_a_report_counts_once_however_often_it_comes(
    terminal: Terminal, platform: Platform, tell: Callable[..., tuple[str, ...]], today: str
) -> None:
    for _ in range(3):
        assert tell(terminal, miss(1, count=3), miss(2, day="2026-01-05")) == (miss(1).report_id, miss(2).report_id)
    assert report_searches(platform.database) == [{"text": "飞机票", "times": 4, "terminals": 1, "last_day": today}]


def test_a_text_shows_only_once_it_was_asked_three_times_in_all(
    new_terminal: Callable[..., Terminal], platform: Platform, tell: Callable[..., tuple[str, ...]], today: str
) -> None:
    one, other = new_terminal(), new_terminal()
    tell(one, miss(1, day="2026-01-05"), miss(2, "火车票", 2), miss(3, "船票", 5, "2026-01-04"))
    tell(other, miss(4, day="2026-01-06"))
    assert report_searches(platform.database) == [], "five times, but on one day at one terminal: that may be one person"
    tell(one, miss(6, "船票", 1, "2026-01-03"))
    tell(other, miss(5, day="2026-01-02"))
    assert report_searches(platform.database) == [
        {"text": "船票", "times": 6, "terminals": 1, "last_day": "2026-01-04"},
        {"text": "飞机票", "times": 3, "terminals": 2, "last_day": "2026-01-06"},
    ]


@pytest.mark.parametrize(
    "bent",
    [
        miss(1, "票"),
        miss(1, ""),
        miss(1, "我" * 21),
        miss(1, "飞机\n票"),
        miss(1, "飞机\u202e票"),
        miss(1, "飞机票 1"),
        miss(1, "飞机票１"),
        miss(1, count=0),
        miss(1, count=-5),
        miss(1, count=MAX_COUNT + 1),
        miss(1, count=2**62),
        miss(1, day="20260105"),
        miss(1, day="2026-02-30"),
        miss(1, day="2026-W01-1"),
        miss(1, report_id="A" * 32),
        miss(1, report_id="a" * 31),
        miss(1, report_id="' OR 1=1 --"),
    ],
)
def test_what_is_no_report_is_settled_and_not_kept(
    terminal: Terminal, platform: Platform, tell: Callable[..., tuple[str, ...]], bent: SearchMiss
) -> None:
    assert tell(terminal, bent, miss(9)) == (bent.report_id, miss(9).report_id)
    assert stored(platform) == 1


def test_a_clock_ahead_counts_as_today(
    terminal: Terminal, platform: Platform, tell: Callable[..., tuple[str, ...]], today: str
) -> None:
    tell(terminal, miss(1, count=3, day="9999-12-31"), miss(2, day="2026-01-05"))
    assert report_searches(platform.database)[0]["last_day"] == today


def test_after_a_year_and_a_month_they_are_gone(
    terminal: Terminal, platform: Platform, clock: MovableClock, tell: Callable[..., tuple[str, ...]]
) -> None:
    tell(terminal, miss(1))
    for days, kept in ((KEPT_DAYS, 1), (KEPT_DAYS + 1, 0)):
        clock.ahead_ms = days * 24 * HOUR_MS
        take_misses(platform.database, clock, terminal.identity.kiosk_id, ())
        assert stored(platform) == kept


def test_too_many_at_once_are_refused(terminal: Terminal, platform: Platform) -> None:
    misses = tuple(miss(number, day="2026-01-05") for number in range(MAX_MISSES + 1))
    response = terminal.send("POST", "/v1/search-misses", msgspec.json.encode(SubmitSearchMisses(misses)))
    assert response.status_code == 413
    assert stored(platform) == 0
