from __future__ import annotations

import threading

import pytest

from drivers.types import Deadline
from offline_queue.clock import SystemClock
from offline_queue.pause import Pause


@pytest.fixture
def subject() -> Pause:
    return Pause(SystemClock())


def pausing(subject: Pause, seconds: float) -> tuple[threading.Thread, list[bool]]:
    told: list[bool] = []
    thread = threading.Thread(target=lambda: told.append(subject.sleep(seconds)))
    thread.start()
    deadline = Deadline(30)
    while subject.next_due_s() is None and thread.is_alive():
        assert not deadline.is_over
        deadline.sleep(0.005)
    return thread, told


def test_a_pause_ends_by_itself(subject: Pause) -> None:
    assert subject.sleep(0.01) is True
    assert subject.next_due_s() is None


def test_waking_cuts_it_short_and_counts_for_the_next_one_too(subject: Pause) -> None:
    thread, told = pausing(subject, 3600)
    subject.wake()
    thread.join(30)
    assert told == [True]
    subject.wake()
    assert subject.sleep(3600) is True


def test_an_ordered_pause_is_not_cut_short(subject: Pause) -> None:
    subject.order(3600)
    thread, told = pausing(subject, 3600)
    subject.wake()
    assert (subject.next_due_s() or 0) > 3000
    assert told == []
    subject.end()
    thread.join(30)
    assert told == [False]


def test_after_the_end_there_is_no_pause(subject: Pause) -> None:
    subject.end()
    assert subject.is_over
    assert subject.sleep(3600) is False
