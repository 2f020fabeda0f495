from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from offline_queue.settings import QueueSettings
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from tests.helpers.cases import FakeClock, FixedIdentity
from tests.helpers.platform_stand_in import Platform
from tests.unit.offline_queue.conftest import MemoryLine, commit

KEPT = 5


@pytest.fixture
def subject(tmp_path: Path, identity: FixedIdentity, clock: FakeClock) -> Iterator[Outbox]:
    settings = QueueSettings(max_purged=KEPT, purge_grace_s=0)
    with Outbox.open(tmp_path / "q", identity, settings=settings, clock=clock, free_disk_bytes=lambda: 10**12) as opened:
        yield opened


def finish(subject: Outbox, line: MemoryLine, identity: FixedIdentity, platform: Platform, count: int) -> list[str]:
    ids = commit(subject, count)
    syncer = Syncer(subject, line, identity)
    syncer.run_once()
    platform.process(*ids)
    syncer.run_once()
    subject.purge()
    return ids


def audit_rows(subject: Outbox) -> list[int]:
    with subject._database.read() as connection:
        return [row[0] for row in connection.execute("SELECT entry FROM audit ORDER BY entry")]


def test_the_oldest_purged_cases_are_let_go_of_with_their_history(
    subject: Outbox, line: MemoryLine, identity: FixedIdentity, platform: Platform
) -> None:
    ids = finish(subject, line, identity, platform, 12)
    assert subject.counts()[CaseState.PURGED] == KEPT
    assert [subject.find(case_id) is None for case_id in ids] == [True] * 7 + [False] * KEPT
    assert audit_rows(subject)[0] > 7
    assert subject.first_broken_audit_entry() is None
    assert subject.timeline(ids[-1])[0].code == "committed"


def test_their_numbers_stay_taken(
    subject: Outbox, line: MemoryLine, identity: FixedIdentity, platform: Platform, tmp_path: Path, clock: FakeClock
) -> None:
    finish(subject, line, identity, platform, 12)
    subject.close()
    with Outbox.open(tmp_path / "q", identity, clock=clock, free_disk_bytes=lambda: 10**12) as again:
        with again._database.write() as connection:
            connection.execute("DELETE FROM cases")
        (later,) = commit(again)
        found = again.find(later)
        assert found
        assert int(found.receipt_number[16:21]) == 8, "the floor is the highest number let go of"


def test_history_that_a_waiting_case_needs_stays(
    subject: Outbox, line: MemoryLine, identity: FixedIdentity, platform: Platform
) -> None:
    (stuck,) = commit(subject)
    assert subject.void(stuck, "测试", "mistake")
    finish(subject, line, identity, platform, 12)
    assert audit_rows(subject)[0] == 1
    assert len(subject.timeline(stuck)) == 2


def test_a_chain_cut_further_than_was_let_go_of_is_noticed(
    subject: Outbox, line: MemoryLine, identity: FixedIdentity, platform: Platform
) -> None:
    finish(subject, line, identity, platform, 12)
    first = audit_rows(subject)[0]
    with subject._database.write() as connection:
        connection.execute("DELETE FROM audit WHERE entry = ?", (first,))
    assert subject.first_broken_audit_entry() == first
