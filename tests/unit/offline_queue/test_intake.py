from __future__ import annotations

import threading
from pathlib import Path

import pytest

from contract.cases import SealedCase
from offline_queue import acceptance
from offline_queue.models import CaseCommitted, CaseRefused, RefusalCode
from offline_queue.settings import QueueSettings
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from tests.helpers.cases import FakeClock, FixedIdentity, make_identity, sample_draft
from tests.helpers.platform_stand_in import Platform
from tests.unit.offline_queue.conftest import commit


def sequences(outbox: Outbox) -> list[int]:
    with outbox._database.read() as connection:
        return [row[0] for row in connection.execute("SELECT sequence FROM cases ORDER BY position")]


def write_while_sealing(monkeypatch: pytest.MonkeyPatch, write: object, times: int) -> list[int]:
    """Let somebody else write to the queue in the middle of the first sealings. Returns a list that grows with every sealing."""
    honest, sealed = acceptance.seal_case, []

    def seal(*parts: object) -> tuple[SealedCase, str]:
        sealed.append(1)
        if len(sealed) <= times:
            write()  # type: ignore[operator]
        return honest(*parts)  # type: ignore[arg-type]

    monkeypatch.setattr(acceptance, "seal_case", seal)
    return sealed


def test_a_case_that_was_overtaken_is_sealed_anew_behind_the_other(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = commit(outbox, 2)
    sealed = write_while_sealing(monkeypatch, lambda: outbox.void(first, "测试", "mistake"), times=1)
    (taken,) = commit(outbox)
    assert len(sealed) == 2
    assert sequences(outbox) == [1, 2, 3]
    assert outbox.first_broken_audit_entry() is None
    assert [step.code for step in outbox.timeline(taken)] == ["committed"]
    assert outbox.state_of(second) is CaseState.COMMITTED


def test_whoever_is_overtaken_again_and_again_takes_the_lock(
    outbox: Outbox, identity: FixedIdentity, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = commit(outbox, 5)
    with Outbox.open(tmp_path / "queue.sqlite", identity, clock=clock, free_disk_bytes=lambda: 10**12) as other:
        sealed = write_while_sealing(monkeypatch, lambda: other.void(ids[len(sealed) - 1], "测试", "mistake"), times=2)
        commit(outbox)
    assert len(sealed) == 3
    assert sequences(outbox) == [1, 2, 3, 4, 5, 6]
    assert outbox.first_broken_audit_entry() is None


def test_many_threads_take_cases_without_gaps_or_doubles(outbox: Outbox) -> None:
    def take() -> None:
        for _ in range(15):
            assert isinstance(outbox.accept(sample_draft()), CaseCommitted)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sequences(outbox) == list(range(1, 61))
    assert outbox.first_broken_audit_entry() is None
    assert outbox.counts()[CaseState.COMMITTED] == 60


@pytest.mark.expects_warnings
@pytest.mark.parametrize("limit", [1, 3, 65])
def test_the_backlog_ends_exactly_at_its_limit(tmp_path: Path, identity: FixedIdentity, clock: FakeClock, limit: int) -> None:
    settings = QueueSettings(max_pending=limit)
    with Outbox.open(tmp_path / "q", identity, clock=clock, settings=settings, free_disk_bytes=lambda: 10**12) as outbox:
        commit(outbox, limit)
        refused = outbox.accept(sample_draft())
        assert isinstance(refused, CaseRefused)
        assert refused.code is RefusalCode.BACKLOG_FULL
        assert sequences(outbox) == list(range(1, limit + 1))


def test_after_a_change_of_identity_and_back_numbers_go_on_where_each_left_off(
    outbox: Outbox, identity: FixedIdentity, platform: Platform
) -> None:
    first = identity.identity
    commit(outbox, 3)
    identity.identity = make_identity(platform.sealing_keys, platform.receipt_keys, kiosk_id="k-new", device_code="A002")
    commit(outbox, 2)
    identity.identity = first
    commit(outbox, 2)
    assert sequences(outbox) == [1, 2, 3, 1, 2, 4, 5]


def test_the_intake_leaves_nothing_of_itself_in_the_file(outbox: Outbox) -> None:
    commit(outbox)
    with outbox._database.read() as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM main.sqlite_schema")}
    assert not any("intake" in name for name in names)


def test_taking_a_case_after_another_write_reads_no_more_of_a_long_queue(outbox: Outbox) -> None:
    ids = commit(outbox, 200)
    seen: list[str] = []
    outbox._database._connection.set_trace_callback(seen.append)
    assert outbox.void(ids[0], "测试", "mistake")
    commit(outbox)
    outbox._database._connection.set_trace_callback(None)
    assert not any("max(sequence)" in statement for statement in seen), "that question reads every case"
    assert sequences(outbox) == list(range(1, 202))
