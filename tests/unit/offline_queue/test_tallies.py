from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from offline_queue.states import CaseState
from offline_queue.store import Outbox
from tests.helpers.cases import FakeClock, FixedIdentity
from tests.unit.offline_queue.conftest import commit


def test_a_change_by_another_process_is_counted(
    outbox: Outbox, identity: FixedIdentity, clock: FakeClock, tmp_path: Path
) -> None:
    ids = commit(outbox, 3)
    assert outbox.pending_count() == 3
    with Outbox.open(tmp_path / "queue.sqlite", identity, clock=clock, free_disk_bytes=lambda: 10**12) as other:
        assert other.void(ids[0], "测试", "twice")
        commit(other, 2)
        assert other.pending_count() == 4
    assert outbox.counts()[CaseState.VOID] == 1
    assert outbox.pending_count() == 4
    commit(outbox)
    assert outbox.pending_count() == 5


def test_a_transaction_that_is_rolled_back_counts_for_nothing(outbox: Outbox) -> None:
    commit(outbox, 2)

    def begin_and_fail() -> None:
        with outbox._database.write() as connection:
            connection.execute("DELETE FROM envelopes")
            connection.execute("DELETE FROM cases")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        begin_and_fail()
    assert outbox.pending_count() == 2


def test_counting_costs_no_scan(outbox: Outbox) -> None:
    commit(outbox, 5)
    with outbox._database.read() as connection:
        plan = connection.execute("EXPLAIN QUERY PLAN SELECT sum(cases) FROM tallies").fetchall()
    assert all("cases_by_state" not in row["detail"] for row in plan)


def test_nothing_of_it_is_in_the_file(outbox: Outbox, tmp_path: Path) -> None:
    commit(outbox)
    with closing(sqlite3.connect(tmp_path / "queue.sqlite")) as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
    assert not any("tall" in name for name in names)
