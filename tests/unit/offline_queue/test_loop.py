from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from offline_queue.errors import KnownError
from offline_queue.loop import SyncLoop
from offline_queue.models import CaseCommitted
from offline_queue.policy import Failure, FailureKind
from offline_queue.settings import SyncSettings
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from offline_queue.sync import Syncer, SyncReport
from tests.helpers.cases import FixedIdentity, sample_draft
from tests.helpers.platform_stand_in import Platform
from tests.unit.offline_queue.conftest import MemoryLine, commit

PATIENCE_S = 20.0


def pause_below(loop: SyncLoop, limit_s: float) -> float:
    """The pause, once the loop has come to it."""
    patience_ends = time.monotonic() + PATIENCE_S
    while (due_s := loop.next_due_s()) is None or due_s > limit_s:
        assert time.monotonic() < patience_ends
        time.sleep(0.005)
    return due_s


class Watch:
    """Collects reports; ``until`` waits for the first that satisfies."""

    def __init__(self) -> None:
        self.reports: list[SyncReport] = []
        self._news = threading.Condition()

    def __call__(self, report: SyncReport) -> None:
        with self._news:
            self.reports.append(report)
            self._news.notify_all()

    def until(self, satisfied: Callable[[list[SyncReport]], bool]) -> None:
        with self._news:
            assert self._news.wait_for(lambda: satisfied(self.reports), PATIENCE_S), self.reports


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def syncer(outbox: Outbox, line: MemoryLine, identity: FixedIdentity) -> Syncer:
    settings = SyncSettings(backoff_first_s=1000.0, backoff_cap_s=1000.0, poll_first_s=0.2, poll_cap_s=0.2)
    return Syncer(outbox, line, identity, settings=settings)


@pytest.fixture
def subject(outbox: Outbox, syncer: Syncer, watch: Watch) -> Iterator[SyncLoop]:
    loop = SyncLoop(outbox, syncer, uniform=lambda _, high: high)
    loop.subscribe(watch)
    yield loop
    assert loop.stop(PATIENCE_S)


def test_a_case_is_delivered_followed_and_processed(subject: SyncLoop, outbox: Outbox, platform: Platform, watch: Watch) -> None:
    (case_id,) = commit(outbox)
    subject.start()
    watch.until(lambda reports: sum(report.delivered for report in reports) == 1)
    platform.process()
    watch.until(lambda reports: sum(report.processed for report in reports) == 1)
    assert outbox.state_of(case_id) is CaseState.PROCESSED


def test_waking_sends_at_once(subject: SyncLoop, outbox: Outbox, watch: Watch) -> None:
    subject.start()
    watch.until(lambda reports: len(reports) == 1)
    assert isinstance(outbox.accept(sample_draft()), CaseCommitted)
    subject.wake()
    watch.until(lambda reports: reports[-1].delivered == 1)


def test_after_a_failure_it_waits_with_backoff_and_waking_cuts_it_short(
    subject: SyncLoop, outbox: Outbox, line: MemoryLine, watch: Watch
) -> None:
    commit(outbox)
    line.script = [Failure(FailureKind.TEMPORARY, "unreachable")]
    subject.start()
    watch.until(lambda reports: len(reports) == 1)
    due_s = pause_below(subject, 1000)
    assert 900 < due_s <= 1000
    subject.wake()
    watch.until(lambda reports: reports[-1].delivered == 1)


def test_waking_does_not_cut_short_a_pause_the_platform_ordered(
    subject: SyncLoop, outbox: Outbox, line: MemoryLine, watch: Watch
) -> None:
    commit(outbox)
    line.script = [Failure(FailureKind.TEMPORARY, "busy", "", 500.0)]
    subject.start()
    watch.until(lambda reports: len(reports) == 1)
    subject.wake()
    due_s = pause_below(subject, 600)
    assert 400 < due_s <= 500
    assert len(watch.reports) == 1


@pytest.mark.expects_warnings
@pytest.mark.parametrize(
    ("error", "code"), [(KnownError("io_error", "disk gone"), "store_io_error"), (ZeroDivisionError(), "bug")]
)
def test_neither_a_failing_disk_nor_a_bug_ends_the_loop(
    subject: SyncLoop, syncer: Syncer, outbox: Outbox, watch: Watch, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    commit(outbox)
    honest, broken = syncer.run_once, iter([error])

    def run_once() -> SyncReport:
        for failure in broken:
            raise failure
        return honest()

    monkeypatch.setattr(syncer, "run_once", run_once)
    subject.start()
    watch.until(lambda reports: len(reports) == 1)
    failed = watch.reports[0].failure
    assert failed
    assert failed.code == code
    subject.wake()
    watch.until(lambda reports: reports[-1].delivered == 1)


def test_stopping_is_quick_and_may_be_repeated(subject: SyncLoop, watch: Watch) -> None:
    subject.start()
    watch.until(lambda reports: len(reports) == 1)
    assert subject.stop(PATIENCE_S)
    assert subject.stop(PATIENCE_S)


def test_a_loop_that_was_never_started_stops(subject: SyncLoop) -> None:
    assert subject.stop(PATIENCE_S)
    assert subject.next_due_s() is None
