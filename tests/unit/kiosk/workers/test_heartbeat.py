"""When heartbeats are sent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from contract.kiosks import HeartbeatAnswer
from kiosk.workers.heartbeat import HeartbeatLoop
from offline_queue.policy import Failure, FailureKind

PATIENCE_S = 30.0
Answer = HeartbeatAnswer | Failure | None


def wish(next_in_s: float) -> HeartbeatAnswer:
    return HeartbeatAnswer(platform_time_ms=0, next_in_s=next_in_s, sealing_keys=(), receipt_keys=())


class Line:
    """Answers from a list, then always the last; notes how often it was asked."""

    def __init__(self) -> None:
        self.answers: list[Answer | Exception] = [wish(1000.0)]
        self.beats = 0
        self._news = threading.Condition()

    def __call__(self) -> Answer:
        with self._news:
            self.beats += 1
            self._news.notify_all()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def until(self, beats: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: self.beats >= beats, PATIENCE_S), self.beats


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def subject(line: Line) -> Iterator[HeartbeatLoop]:
    loop = HeartbeatLoop(line, 30.0, uniform=lambda _, high: high)
    yield loop
    assert loop.stop(PATIENCE_S)


def pause(loop: HeartbeatLoop, fits: Callable[[float], bool]) -> float:
    """The pause, once the loop has come to one that fits."""
    patience_ends = time.monotonic() + PATIENCE_S
    while (due_s := loop.next_due_s()) is None or not fits(due_s):
        assert time.monotonic() < patience_ends, due_s
        time.sleep(0.005)
    return due_s


@pytest.mark.parametrize(
    ("answer", "pause_s"),
    [
        (wish(1000.0), 1000),
        (wish(0.0), 5),
        (wish(1e9), 86_400),
        (Failure(FailureKind.TEMPORARY, "unreachable"), 35),
        (Failure(FailureKind.TEMPORARY, "busy", "", 500.0), 535),
        (None, 30),
    ],
    ids=["wish", "too_often", "too_rarely", "failed", "ordered", "nobody_yet"],
)
def test_the_pause_follows_the_answer(subject: HeartbeatLoop, line: Line, answer: Answer, pause_s: float) -> None:
    line.answers = [answer]
    subject.start()
    line.until(1)
    assert pause(subject, lambda due_s: due_s > pause_s - 2) <= pause_s


def test_waking_reports_at_once(subject: HeartbeatLoop, line: Line) -> None:
    subject.start()
    line.until(1)
    pause(subject, lambda due_s: due_s > 900)
    subject.wake()
    line.until(2)


def test_waking_cuts_short_the_pause_after_a_failure(subject: HeartbeatLoop, line: Line) -> None:
    line.answers = [Failure(FailureKind.TEMPORARY, "unreachable"), wish(1000.0)]
    subject.start()
    line.until(1)
    pause(subject, lambda due_s: due_s > 2)
    subject.wake()
    line.until(2)
    pause(subject, lambda due_s: due_s > 900)


def test_waking_does_not_cut_short_an_ordered_pause(subject: HeartbeatLoop, line: Line) -> None:
    line.answers = [Failure(FailureKind.TEMPORARY, "busy", "", 500.0)]
    subject.start()
    line.until(1)
    assert pause(subject, lambda due_s: due_s > 2) > 520
    subject.wake()
    assert pause(subject, lambda due_s: due_s <= 500) > 450
    assert line.beats == 1


@pytest.mark.expects_warnings
def test_a_bug_in_one_report_does_not_end_the_heartbeats(
    subject: HeartbeatLoop, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    line.answers = [ZeroDivisionError(), wish(1000.0)]
    subject.start()
    line.until(1)
    pause(subject, lambda due_s: due_s > 2)
    assert "ended by a bug" in caplog.text
    subject.wake()
    line.until(2)


def test_stopping_is_quick_and_may_be_repeated(subject: HeartbeatLoop, line: Line) -> None:
    subject.start()
    line.until(1)
    assert subject.stop(PATIENCE_S)
    assert subject.stop(PATIENCE_S)
    assert subject.next_due_s() is None
