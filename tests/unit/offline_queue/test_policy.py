from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contract.kiosks import HeartbeatAnswer
from offline_queue.policy import (
    MAX_ORDERED_PAUSE_S,
    SHORTEST_HEARTBEAT_S,
    Failure,
    FailureKind,
    backoff_s,
    classify,
    heartbeat_pause_s,
    parse_retry_after,
    parse_seconds,
    parse_window,
    poll_pause_s,
    seconds_until_window,
)
from offline_queue.settings import SyncSettings

SETTINGS = SyncSettings()


@pytest.mark.parametrize(
    ("status", "problem", "kind"),
    [
        (400, "bad_request", FailureKind.PERMANENT),
        (413, "too_large", FailureKind.PERMANENT),
        (422, "bad_request", FailureKind.PERMANENT),
        (401, "unauthorised", FailureKind.AUTHORISATION),
        (403, "unauthorised", FailureKind.AUTHORISATION),
        (404, "not_found", FailureKind.TEMPORARY),
        (408, "busy", FailureKind.TEMPORARY),
        (429, "busy", FailureKind.TEMPORARY),
        (500, "bug", FailureKind.TEMPORARY),
        (503, "busy", FailureKind.TEMPORARY),
    ],
)
def test_refusals_of_the_platform(status: int, problem: str, kind: FailureKind) -> None:
    assert classify(status, problem) is kind


@given(st.integers(100, 599))
def test_a_refusal_by_a_box_in_between_never_condemns_a_case(status: int) -> None:
    assert classify(status, None) is FailureKind.TEMPORARY


def test_the_ceiling_doubles_from_five_seconds_to_a_quarter_of_an_hour() -> None:
    ceilings = [backoff_s(n, SETTINGS, lambda _, high: high) for n in range(1, 11)]
    assert ceilings == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]


@given(st.integers(0, 10**9), st.randoms())
def test_a_pause_lies_between_nothing_and_the_cap(failures: int, random: object) -> None:
    assert 0 <= backoff_s(failures, SETTINGS, random.uniform) <= SETTINGS.backoff_cap_s  # type: ignore[attr-defined]


def test_the_whole_range_is_used_so_that_machines_do_not_return_together() -> None:
    asked: list[tuple[float, float]] = []
    backoff_s(4, SETTINGS, lambda low, high: asked.append((low, high)) or 0.0)  # type: ignore[func-returns-value]
    assert asked == [(0.0, 40.0)]


def test_polls_grow_rarer_while_nothing_happens() -> None:
    assert [poll_pause_s(n, SETTINGS) for n in (0, 1, 2, 3, 4, 5, 99)] == [2, 4, 8, 16, 32, 60, 60]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("1.5", None),
        ("٣", None),
        ("9" * 400, MAX_ORDERED_PAUSE_S),
        ("Thu, 01 Jan 1970 00:01:00 GMT", 50.0),
        ("Thu, 01 Jan 1970 00:00:05 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", MAX_ORDERED_PAUSE_S),
        ("Thu, 99 Jan 1970 00:00:05 GMT", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert parse_retry_after(header, now_ms=10_000) == seconds


@given(st.text(max_size=60))
def test_any_text_as_retry_after_is_survived(header: str) -> None:
    told = parse_retry_after(header, 1_795_420_800_000)
    assert told is None or 0 <= told <= MAX_ORDERED_PAUSE_S


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_seconds_of_an_answer_are_brought_within_reason(value: float) -> None:
    assert 0 <= parse_seconds(value) <= MAX_ORDERED_PAUSE_S


def wish(next_in_s: float) -> HeartbeatAnswer:
    return HeartbeatAnswer(platform_time_ms=0, next_in_s=next_in_s, sealing_keys=(), receipt_keys=())


@pytest.mark.parametrize(
    ("next_in_s", "pause_s"),
    [
        (30.0, 30.0),
        (600.0, 600.0),
        (0.0, SHORTEST_HEARTBEAT_S),
        (-1e300, SHORTEST_HEARTBEAT_S),
        (1e300, MAX_ORDERED_PAUSE_S),
        (float("nan"), 45.0),
        (float("inf"), 45.0),
        (float("-inf"), 45.0),
    ],
)
def test_the_platform_says_when_to_report_next_within_reason(next_in_s: float, pause_s: float) -> None:
    assert heartbeat_pause_s(wish(next_in_s), 45.0, lambda *_: 0.0) == pause_s


@given(st.floats())
def test_no_wish_brings_a_storm_or_silence(next_in_s: float) -> None:
    assert SHORTEST_HEARTBEAT_S <= heartbeat_pause_s(wish(next_in_s), 30.0, lambda *_: 0.0) <= MAX_ORDERED_PAUSE_S


@pytest.mark.parametrize("ordered_s", [None, 0.0, 7.0, 3600.0])
def test_after_a_failure_the_usual_pause_is_spread_behind_what_was_ordered(ordered_s: float | None) -> None:
    failure = Failure(FailureKind.TEMPORARY, "busy", "", ordered_s)
    least_s = heartbeat_pause_s(failure, 30.0, lambda low, _: low)
    most_s = heartbeat_pause_s(failure, 30.0, lambda _, high: high)
    assert least_s >= (ordered_s or 0.0) + 1
    assert most_s - least_s == 30.0


@pytest.mark.parametrize("text", ["22:00", "24:00-06:00", "22:00-22:00", "22:60-06:00", "2200-0600", "22:00-06:00 "])
def test_a_window_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="window"):
        parse_window(text)


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 86_399))
def test_within_the_window_there_is_no_wait_and_outside_it_opens_when_told(start: int, end: int, second: int) -> None:
    assume(start != end)
    midnight_in_china_ms = (1_795_420_800 // 86_400 * 86_400 - 8 * 3600) * 1000
    wait_s = seconds_until_window((start, end), midnight_in_china_ms + second * 1000)
    inside = start * 60 <= second < end * 60 if start < end else second >= start * 60 or second < end * 60
    assert (wait_s == 0) is inside
    if not inside:
        assert (second + wait_s) % 86_400 == start * 60


def test_no_window_is_always_open() -> None:
    assert parse_window("") is None
    assert parse_window("22:00-06:30") == (1320, 390)
