"""Time that developers move: the queue and the flow go by it, the machine's own clock stays as it is."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.assembly import Instead
from kiosk.demo.movable_clock import MovableClock
from offline_queue.clock import Stamp
from offline_queue.platform_time import PlatformTime

NOON_MS = 1_795_060_800_000
"""2026-11-19 12:00 in China."""


class StandingClock:
    """Always the same moment."""

    def now(self) -> Stamp:
        return Stamp(NOON_MS, "boot-1", 5_000)


@pytest.fixture
def subject() -> MovableClock:
    return MovableClock(StandingClock())


def test_time_passes_by_both_clocks(subject: MovableClock) -> None:
    subject.let_pass(90)
    subject.let_pass(30)
    assert subject.now() == Stamp(NOON_MS + 120_000, "boot-1", 125_000)
    assert subject.passed_s == 120


def test_a_wrong_wall_clock_leaves_the_monotonic_one(subject: MovableClock) -> None:
    subject.set_wrong(-3600)
    assert subject.now() == Stamp(NOON_MS - 3_600_000, "boot-1", 5_000)
    subject.set_wrong(0)
    assert subject.now() == StandingClock().now()


def test_time_is_not_taken_back(subject: MovableClock) -> None:
    with pytest.raises(ValueError, match="backwards"):
        subject.let_pass(-1)


def test_a_wrong_wall_clock_shows_as_the_platform_s_offset(subject: MovableClock) -> None:
    times = PlatformTime(subject)
    times.learn(NOON_MS, subject.now(), subject.now())
    assert times.offset_ms() == 0
    subject.set_wrong(7200)
    assert times.offset_ms() == -7_200_000
    assert times.now_ms() == NOON_MS


def test_visits_and_locks_go_by_the_same_clock(subject: MovableClock) -> None:
    instead = Instead(subject)
    visits = instead.clock_of_visits(PlatformTime(subject).now_ms)
    assert (visits.today(), visits.now_ms(), visits.monotonic_s()) == (date(2026, 11, 19), NOON_MS, 5.0)
    subject.let_pass(86_400)
    assert (visits.today(), visits.monotonic_s(), instead.monotonic_s()) == (date(2026, 11, 20), 86_405.0, 86_405.0)


def test_a_wrong_wall_clock_dates_no_consent_of_a_visit(subject: MovableClock) -> None:
    times = PlatformTime(subject)
    times.learn(NOON_MS, subject.now(), subject.now())
    visits = Instead(subject).clock_of_visits(times.now_ms)
    subject.set_wrong(86_400)
    assert (visits.today(), visits.now_ms()) == (date(2026, 11, 19), NOON_MS)
