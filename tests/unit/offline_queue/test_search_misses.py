"""Searches that found nothing: counted by text and day, each counted once by the platform, and never in the way of cases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from contract.search_misses import MAX_MISSES, SearchMiss, SearchMissesAnswer
from offline_queue.policy import Failure, FailureKind
from offline_queue.search_misses import MAX_ROWS
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from tests.helpers.cases import FakeClock, FixedIdentity
from tests.unit.offline_queue.conftest import MemoryLine, commit

DAY_MS = 86_400_000
NOT_FOUND = Failure(FailureKind.TEMPORARY, "not_found")


class CountingLine(MemoryLine):
    """Counts reports as the platform does: each id once. ``lost`` answers get lost, ``answer`` replaces the honest one."""

    def __init__(self, line: MemoryLine) -> None:
        super().__init__(line.platform, line.kiosk_id)
        self.held: dict[str, SearchMiss] = {}
        self.lost = 0
        self.answer: Failure | SearchMissesAnswer | None = None
        self.requests = 0

    def report_misses(self, misses: tuple[SearchMiss, ...]) -> SearchMissesAnswer | Failure:
        self.requests += 1
        assert len(misses) <= MAX_MISSES
        if self.answer is not None:
            return self.answer
        for miss in misses:
            self.held.setdefault(miss.report_id, miss)
        if self.lost:
            self.lost -= 1
            return Failure(FailureKind.TEMPORARY, "line_broken")
        return SearchMissesAnswer(tuple(miss.report_id for miss in misses), self.platform.now_ms())

    @property
    def counted(self) -> dict[tuple[str, str], int]:
        counted: dict[tuple[str, str], int] = {}
        for miss in self.held.values():
            counted[miss.day, miss.text] = counted.get((miss.day, miss.text), 0) + miss.count
        return counted


@pytest.fixture
def counting(line: MemoryLine) -> CountingLine:
    return CountingLine(line)


@pytest.fixture
def subject(outbox: Outbox, counting: CountingLine, identity: FixedIdentity) -> Syncer:
    return Syncer(outbox, counting, identity)


def waiting(outbox: Outbox) -> list[tuple[str, int]]:
    return sorted((miss.text, miss.count) for miss in outbox.sendable_misses(MAX_ROWS))


def test_what_was_looked_for_is_counted_by_day_in_china_sent_and_forgotten(
    subject: Syncer, outbox: Outbox, counting: CountingLine, clock: FakeClock
) -> None:
    clock.wall_ms = 1_795_708_799_000  # 2026-11-26, a second before midnight in China
    for text in ("飞机票", "火车票", "飞机票"):
        outbox.note_miss(text)
    clock.wall_ms += 1000
    outbox.note_miss("飞机票")
    assert subject.run_once().failure is None
    assert counting.counted == {
        ("2026-11-26", "飞机票"): 2,
        ("2026-11-26", "火车票"): 1,
        ("2026-11-27", "飞机票"): 1,
    }
    assert waiting(outbox) == []
    assert subject.run_once().failure is None
    assert counting.requests == 1


def test_a_lost_answer_counts_nothing_twice_and_loses_nothing_noted_meanwhile(
    subject: Syncer, outbox: Outbox, counting: CountingLine
) -> None:
    counting.lost = 2
    for times in range(1, 4):
        outbox.note_miss("飞机票")
        report = subject.run_once()
        assert (report.failure is None) is (times == 3)
    assert list(counting.counted.values()) == [3]
    assert waiting(outbox) == []


@pytest.mark.parametrize("failure", [NOT_FOUND, Failure(FailureKind.TEMPORARY, "http_404"), Failure(FailureKind.PERMANENT, "no")])
def test_a_platform_that_knows_no_misses_disturbs_nothing_and_is_told_later(
    subject: Syncer, outbox: Outbox, counting: CountingLine, failure: Failure
) -> None:
    outbox.note_miss("飞机票")
    counting.answer = failure
    for _ in range(2):
        commit(outbox, 2)
        report = subject.run_once()
        assert (report.delivered, report.failure) == (2, None)
    assert counting.batches[-1] == 2, "the line is not taken for a failing one"
    counting.answer = None
    subject.run_once()
    assert list(counting.counted.values()) == [1]


def test_a_broken_line_is_told_and_holds_up_no_case(subject: Syncer, outbox: Outbox, counting: CountingLine) -> None:
    outbox.note_miss("飞机票")
    commit(outbox)
    counting.answer = Failure(FailureKind.TEMPORARY, "unreachable")
    report = subject.run_once()
    assert (report.delivered, report.failure) == (1, counting.answer)


def test_an_answer_about_what_was_not_sent_settles_nothing(subject: Syncer, outbox: Outbox, counting: CountingLine) -> None:
    outbox.note_miss("飞机票")
    counting.answer = SearchMissesAnswer(("0" * 32, "?"), 1)
    subject.run_once()
    assert waiting(outbox) == [("飞机票", 1)]


def test_the_rarest_are_let_go_and_the_file_stays_small(outbox: Outbox, clock: FakeClock) -> None:
    for day in range(3):
        clock.advance(DAY_MS if day else 0)
        outbox.note_miss("每天有人问")
    outbox.note_miss("今天两次")
    outbox.note_miss("今天两次")
    for number in range(MAX_ROWS + 20):
        outbox.note_miss(f"只问一次{'甲' * (number % 10)}{chr(0x4E00 + number)}")
    kept = waiting(outbox)
    assert len(kept) == MAX_ROWS
    assert kept.count(("每天有人问", 1)) == 3, "rare is what is asked rarely on all days together"
    assert ("今天两次", 2) in kept


def test_a_long_list_goes_in_requests_of_bounded_size(subject: Syncer, outbox: Outbox, counting: CountingLine) -> None:
    for number in range(MAX_MISSES + 1):
        outbox.note_miss(f"找{chr(0x4E00 + number)}")
    subject.run_once()
    assert len(counting.held) == MAX_MISSES
    subject.run_once()
    assert len(counting.held) == MAX_MISSES + 1
    assert waiting(outbox) == []


@pytest.mark.parametrize("text", ["", "票", "我" * 21, "飞机\n票"])
def test_what_is_no_text_of_a_search_is_a_bug(outbox: Outbox, text: str) -> None:
    with pytest.raises(ValueError, match="no text"):
        outbox.note_miss(text)


def test_nothing_finer_than_the_day_and_no_order_is_kept(outbox: Outbox, tmp_path: Path) -> None:
    outbox.note_miss("飞机票")
    with closing(sqlite3.connect(tmp_path / "queue.sqlite")) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(search_misses)")]
        with pytest.raises(sqlite3.OperationalError, match="rowid"):
            connection.execute("SELECT rowid FROM search_misses")
    assert columns == ["report_id", "day", "text", "count", "is_sent"]


def test_a_miss_shows_no_text_in_what_is_printed() -> None:
    assert "飞机票" not in repr(SearchMiss("0" * 32, "2026-11-26", "飞机票", 1))
