"""One thread a device: jobs in order, results on the GUI thread, cancelled ones silent."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from drivers.types import Deadline
from kiosk.workers.job_thread import JobThread


@pytest.fixture
def subject(qtbot: QtBot) -> Iterator[JobThread]:
    thread = JobThread("test")
    yield thread
    thread.stop()


def test_jobs_run_in_order_on_another_thread_and_report_on_this_one(subject: JobThread, qtbot: QtBot) -> None:
    results: list[tuple[object, threading.Thread]] = []
    subject.done.connect(lambda result: results.append((result, threading.current_thread())))
    for number in range(5):
        subject.submit(lambda _deadline, number=number: (number, threading.get_ident()), 5.0)
    qtbot.waitUntil(lambda: len(results) == 5, timeout=10_000)
    assert [result[0] for result, _ in results] == list(range(5))  # type: ignore[index]
    assert {result[1] for result, _ in results}.isdisjoint({threading.get_ident()})  # type: ignore[index]
    assert {reporter for _, reporter in results} == {threading.current_thread()}
    assert not subject.is_busy


def test_a_cancelled_job_ends_soon_and_says_nothing(subject: JobThread, qtbot: QtBot) -> None:
    results: list[object] = []
    subject.done.connect(results.append)
    started = threading.Event()

    def wait_long(deadline: Deadline) -> str:
        started.set()
        deadline.sleep(60.0)
        return "too late"

    subject.submit(wait_long, 60.0)
    subject.submit(lambda _deadline: "never wanted", 60.0)
    assert started.wait(5.0)
    subject.cancel()
    assert not subject.is_busy
    subject.submit(lambda _deadline: "next", 5.0)
    qtbot.waitUntil(lambda: bool(results), timeout=10_000)
    assert results == ["next"]


def test_a_bug_in_a_job_is_reported_and_the_thread_lives_on(subject: JobThread, qtbot: QtBot) -> None:
    errors: list[object] = []
    results: list[object] = []
    subject.failed.connect(errors.append)
    subject.done.connect(results.append)

    def broken(_deadline: Deadline) -> None:
        raise RuntimeError("a bug")

    subject.submit(broken, 5.0)
    subject.submit(lambda _deadline: "still here", 5.0)
    qtbot.waitUntil(lambda: results == ["still here"], timeout=10_000)
    assert [type(error) for error in errors] == [RuntimeError]


def test_nothing_of_a_finished_job_is_held_while_the_thread_waits(subject: JobThread, qtbot: QtBot) -> None:
    class Personal:
        """Stands for a card."""

    told: list[bool] = []
    subject.done.connect(lambda _result: told.append(True))
    personal = Personal()
    gone = weakref.ref(personal)
    subject.submit(lambda _deadline, kept=personal: kept, 5.0)
    del personal
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    qtbot.waitUntil(lambda: gc.collect() >= 0 and gone() is None, timeout=10_000)


@pytest.mark.expects_warnings
def test_a_cancelled_job_that_trips_over_ends_nobody_else_s_visit(
    subject: JobThread, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    errors: list[object] = []
    started = threading.Event()
    subject.failed.connect(errors.append)

    def trips(deadline: Deadline) -> None:
        started.set()
        deadline.sleep(30.0)
        raise RuntimeError("unwinding")

    subject.submit(trips, 30.0)
    assert started.wait(5.0)
    subject.cancel()
    qtbot.waitUntil(lambda: "RuntimeError" in caplog.text, timeout=10_000)
    assert not errors
