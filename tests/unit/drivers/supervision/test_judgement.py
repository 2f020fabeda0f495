"""What is believed of a device, look by look; no clock and no thread."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import BadFrame, DeviceError, Disconnected, NoResponse
from drivers.status import DeviceState, DeviceStatus
from drivers.supervision.errors import Wedged
from drivers.supervision.judgement import STARTING, Judgement, status_of_error
from drivers.supervision.policy import CARDS, PRINTERS, SupervisorPolicy, is_gone

OK = DeviceStatus(DeviceState.ONLINE, "ok")
GONE = DeviceStatus(DeviceState.NO_DEVICE, "disconnected")
SILENT = DeviceStatus(DeviceState.UNKNOWN, "no_answer")
PAPER_OUT = DeviceStatus(DeviceState.OFFLINE, "paper_out")
FRAUD = DeviceStatus(DeviceState.FRAUD_ATTEMPT, "opened")


def _judged(policy: SupervisorPolicy, *seen: DeviceStatus) -> Judgement:
    subject = Judgement(policy, uniform=lambda _low, high: high)
    for status in seen:
        subject.note(status)
    return subject


@pytest.mark.parametrize("gone", [GONE, SILENT])
def test_a_printer_is_gone_after_three_looks_and_asked_faster_meanwhile(gone: DeviceStatus) -> None:
    subject = _judged(PRINTERS, OK, gone, gone)
    assert (subject.settled, subject.pause_s) == (OK, PRINTERS.doubt_s)
    subject.note(gone)
    assert subject.settled == gone


def test_a_printer_that_answers_in_between_was_never_gone() -> None:
    subject = _judged(PRINTERS, OK, GONE, GONE, PAPER_OUT, GONE, GONE)
    assert subject.settled == PAPER_OUT


def test_a_card_reader_is_gone_at_once() -> None:
    assert _judged(CARDS, OK, GONE).settled == GONE


def test_a_device_that_never_was_there_needs_no_doubt() -> None:
    assert _judged(PRINTERS, GONE).settled == GONE
    assert _judged(PRINTERS, OK, GONE, GONE, GONE, SILENT).settled == SILENT


def test_calls_that_fail_one_after_another_are_one_miss() -> None:
    subject = _judged(PRINTERS, OK)
    for _ in range(10):
        subject.note(GONE, by_call=True)
    assert subject.settled == OK
    subject.note(GONE)
    subject.note(GONE)
    assert subject.settled == GONE


def test_retries_double_to_the_longest_and_begin_anew_after_success() -> None:
    subject = _judged(CARDS, OK)
    pauses = []
    for _ in range(5):
        subject.note(GONE)
        pauses.append(subject.pause_s)
    assert pauses == [0.2, 0.4, 0.8, 1.0, 1.0]
    subject.note(OK)
    assert subject.pause_s == CARDS.poll_s
    subject.note(GONE)
    assert subject.pause_s == 0.2


@given(st.lists(st.sampled_from([OK, GONE, SILENT, PAPER_OUT, FRAUD]), min_size=1, max_size=40), st.integers(1, 4))
def test_pauses_stay_within_the_policy_and_good_news_stand_at_once(seen: list[DeviceStatus], polls: int) -> None:
    policy = SupervisorPolicy(gone_after_polls=polls)
    subject = Judgement(policy)
    for status in seen:
        subject.note(status)
        assert 0.75 * policy.first_retry_s <= subject.pause_s <= policy.longest_retry_s
        if not is_gone(status):
            assert subject.settled == status
    last = seen[-polls:]
    if len(last) == polls and all(is_gone(status) for status in last):
        assert is_gone(subject.settled)


def test_before_the_first_look_nothing_is_claimed() -> None:
    assert Judgement(CARDS).settled == STARTING
    assert not STARTING.is_online


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [
        (Disconnected("p", "gone"), DeviceState.NO_DEVICE, "disconnected"),
        (NoResponse("p", "silent"), DeviceState.OFFLINE, "no_answer"),
        (BadFrame("p", "rubbish"), DeviceState.HARDWARE_ERROR, "garbled"),
        (Wedged("p", "hangs"), DeviceState.HARDWARE_ERROR, "wedged"),
        (DeviceError("p", "?"), DeviceState.HARDWARE_ERROR, "device_error"),
    ],
)
def test_errors_become_the_words_the_drivers_use(error: DeviceError, state: DeviceState, code: str) -> None:
    status = status_of_error(error)
    assert (status.state, status.code) == (state, code)
