from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_queue.clock import Stamp, SystemClock, elapsed_ms
from offline_queue.platform_time import PlatformTime
from tests.helpers.cases import FakeClock

TEN_YEARS_S = 10 * 365 * 86_400
HOUR_MS = 3_600_000


def learn(subject: PlatformTime, clock: FakeClock, platform_ms: int, round_trip_s: float = 0.0) -> None:
    sent = clock.now()
    clock.advance(round_trip_s)
    subject.learn(platform_ms, sent, clock.now())


def test_before_any_answer_our_own_clock_serves_and_is_doubtful() -> None:
    clock = FakeClock()
    subject = PlatformTime(clock)
    assert subject.now_ms() == clock.wall_ms
    assert subject.offset_ms() is None
    assert subject.is_doubtful()


def test_half_the_round_trip_is_given_to_the_way_back() -> None:
    clock = FakeClock()
    subject = PlatformTime(clock)
    learn(subject, clock, clock.wall_ms + 10_000, round_trip_s=4.0)
    assert subject.offset_ms() == 10_000 - 2_000


@given(st.integers(-10 * 365 * 24 * HOUR_MS, 10 * 365 * 24 * HOUR_MS))
def test_a_jump_of_the_wall_clock_does_not_move_the_platforms_time(jump_ms: int) -> None:
    clock = FakeClock()
    subject = PlatformTime(clock)
    learn(subject, clock, clock.wall_ms + 5_000)
    before = subject.now_ms()
    clock.advance(60)
    clock.wall_ms += jump_ms
    assert subject.now_ms() == before + 60_000
    assert subject.offset_ms() == 5_000 - jump_ms


def test_after_a_reboot_the_stored_offset_serves() -> None:
    clock = FakeClock()
    kept: list[tuple[int, int]] = []
    learn(PlatformTime(clock, store=lambda *told: kept.append(told)), clock, clock.wall_ms + HOUR_MS)
    clock.reboot()
    assert PlatformTime(clock, kept[-1][0]).now_ms() == clock.wall_ms + HOUR_MS


def test_a_steady_offset_is_stored_once() -> None:
    clock = FakeClock()
    kept: list[tuple[int, int]] = []
    subject = PlatformTime(clock, store=lambda *told: kept.append(told))
    first_heard_ms = clock.wall_ms + 300
    for _ in range(5):
        learn(subject, clock, clock.wall_ms + 300)
        clock.advance(30)
    assert kept == [(300, first_heard_ms)]
    clock.advance(2 * 3600)
    learn(subject, clock, clock.wall_ms + 300)
    assert kept[1:] == [(300, clock.wall_ms + 300)], "the platform's last word is noted every hour or so"


@pytest.mark.parametrize(
    ("jump_s", "why"),
    [(0, ""), (-60, ""), (86_400 * 300, ""), (-3600, "before"), (-TEN_YEARS_S, "before"), (TEN_YEARS_S, "after")],
)
def test_after_a_reboot_a_clock_that_jumped_is_doubted_until_the_platform_is_heard(jump_s: int, why: str) -> None:
    clock = FakeClock()
    kept: list[tuple[int, int]] = []
    learn(PlatformTime(clock, store=lambda *told: kept.append(told)), clock, clock.wall_ms)
    clock.reboot(off_s=0, wall_jump_s=jump_s)
    subject = PlatformTime(clock, kept[-1][0], last_heard_ms=kept[-1][1])
    assert (why in subject.doubt()) if why else subject.doubt() == ""
    learn(subject, clock, FakeClock().wall_ms)
    assert subject.doubt() == ""


@pytest.mark.parametrize("jump_s", [-TEN_YEARS_S, TEN_YEARS_S])
def test_within_a_boot_a_jump_casts_no_doubt_once_the_platform_was_heard(jump_s: int) -> None:
    clock = FakeClock()
    subject = PlatformTime(clock)
    learn(subject, clock, clock.wall_ms)
    clock.wall_ms += jump_s * 1000
    assert subject.doubt() == ""


def test_an_impossible_year_is_doubted_even_by_a_machine_that_never_heard_the_platform() -> None:
    clock = FakeClock()
    assert PlatformTime(clock).doubt() == ""
    clock.wall_ms = 3600_000
    assert PlatformTime(clock).doubt() != ""


def test_an_implausible_time_is_not_believed() -> None:
    clock = FakeClock()
    subject = PlatformTime(clock)
    for nonsense in (0, -5, 10**18, 1_000):
        learn(subject, clock, nonsense)
    assert subject.offset_ms() is None


def test_minutes_of_difference_make_the_clock_doubtful() -> None:
    clock = FakeClock()
    subject = PlatformTime(clock)
    learn(subject, clock, clock.wall_ms + 1_000)
    assert not subject.is_doubtful()
    learn(subject, clock, clock.wall_ms + HOUR_MS)
    assert subject.is_doubtful()


def test_elapsed_time_is_monotonic_within_a_boot_and_by_wall_clock_across() -> None:
    assert elapsed_ms(Stamp(900, "a", 10), Stamp(100, "a", 60)) == 50
    assert elapsed_ms(Stamp(100, "a", 900), Stamp(400, "b", 5)) == 300
    assert elapsed_ms(Stamp(400, "a", 900), Stamp(100, "b", 5)) == 0


def test_the_machines_clock_moves_forward_within_one_boot() -> None:
    subject = SystemClock()
    first, second = subject.now(), subject.now()
    assert first.boot_id == second.boot_id
    assert second.monotonic_ms >= first.monotonic_ms
