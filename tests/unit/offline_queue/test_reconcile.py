from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from contract.reconciliation import DayDifference, Reconciliation, day_of, ids_digest
from offline_queue.reconcile import AlarmKind, Reconciled
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from tests.helpers.cases import FakeClock, FixedIdentity
from tests.helpers.platform_stand_in import Platform
from tests.unit.offline_queue.conftest import MemoryLine, commit


@pytest.fixture
def syncer(outbox: Outbox, line: MemoryLine, identity: FixedIdentity) -> Syncer:
    return Syncer(outbox, line, identity)


def compare(outbox: Outbox, platform: Platform) -> Reconciled:
    told = outbox.reconciliation.digest()
    return outbox.reconciliation.settle(told, platform.reconcile(told))


def test_two_sides_that_agree_have_nothing_to_do(outbox: Outbox, platform: Platform, syncer: Syncer) -> None:
    commit(outbox, 3)
    syncer.run_once()
    commit(outbox, 2)
    assert compare(outbox, platform) == Reconciled(0, 0, ())


def test_the_digest_tells_every_state_and_every_day(outbox: Outbox, syncer: Syncer, clock: FakeClock) -> None:
    first = commit(outbox, 2)
    clock.advance(86_400)
    second = commit(outbox, 3)
    syncer.run_once()
    pending = commit(outbox, 1)
    told = outbox.reconciliation.digest()
    states = {digest.state: (digest.count, digest.ids_sha256) for digest in told.states}
    assert set(states) == {state.value for state in CaseState}
    assert states["accepted"] == ids_digest(sorted(first + second))
    assert states["committed"] == ids_digest(pending)
    assert [(digest.day, digest.count) for digest in told.delivered] == [(day_of(first[0]), 2), (day_of(second[0]), 3)]


@pytest.mark.expects_warnings
@pytest.mark.parametrize("state", ["accepted", "processed"])
def test_a_case_the_platform_lost_is_sent_again(outbox: Outbox, platform: Platform, syncer: Syncer, state: str) -> None:
    ids = commit(outbox, 4)
    syncer.run_once()
    if state == "processed":
        platform.process()
        syncer.run_once()
    assert outbox.state_of(ids[1]) == state
    del platform.held[ids[1]]
    assert compare(outbox, platform) == Reconciled(1, 1, ())
    assert outbox.state_of(ids[1]) is CaseState.COMMITTED
    assert syncer.run_once().delivered == 1
    assert ids[1] in platform.held
    assert compare(outbox, platform) == Reconciled(0, 0, ())
    assert [step.code for step in outbox.timeline(ids[1])].count("missing_on_platform") == 1


@pytest.mark.expects_warnings
def test_a_case_whose_receipt_was_lost_is_sent_again_and_found_a_duplicate(
    outbox: Outbox, platform: Platform, syncer: Syncer, line: MemoryLine
) -> None:
    ids = commit(outbox, 2)
    syncer.run_once()
    (stuck,) = commit(outbox)
    platform.submit(
        "k-330304-0001", tuple(case.case for case in outbox.claim("x", after_position=0, max_cases=9, max_bytes=10**9))
    )
    outbox.record("x", [])
    with outbox._database.write() as connection:
        connection.execute(
            "UPDATE cases SET state = 'needs_staff', lease_owner = NULL, lease_boot_id = NULL, lease_until_ms = NULL"
            " WHERE case_id = ?",
            (stuck,),
        )
    assert compare(outbox, platform) == Reconciled(1, 1, ())
    syncer.run_once()
    assert [outbox.state_of(case_id) for case_id in (*ids, stuck)] == [CaseState.ACCEPTED] * 3
    assert len(platform.held) == 3


@pytest.mark.expects_warnings
def test_what_sending_again_cannot_settle_is_an_alarm_until_both_agree(
    outbox: Outbox, platform: Platform, syncer: Syncer, clock: FakeClock
) -> None:
    kept, lost, wiped = commit(outbox, 3)
    syncer.run_once()
    platform.process(wiped)
    syncer.run_once()
    clock.advance(90_000)
    assert syncer.run_once().purged == 1
    unknown = str(UUID(int=UUID(kept).int ^ 1))
    platform.held[unknown] = platform.held[kept]
    del platform.held[wiped]
    del platform.held[lost]
    outcome = compare(outbox, platform)
    assert outcome.sent_again == 1
    expected = {(AlarmKind.UNKNOWN_HERE, unknown), (AlarmKind.LOST_THERE, wiped)}
    assert {(alarm.kind, alarm.case_id) for alarm in outcome.alarms} == expected
    assert {(alarm.kind, alarm.case_id) for alarm in outbox.reconciliation.alarms()} == expected
    syncer.run_once()
    del platform.held[unknown]
    platform.held[wiped] = platform.held[kept]
    assert compare(outbox, platform) == Reconciled(0, 0, ())
    assert outbox.reconciliation.alarms() == ()


def test_it_is_due_once_a_day_and_sooner_after_a_difference(
    outbox: Outbox, platform: Platform, syncer: Syncer, clock: FakeClock
) -> None:
    assert outbox.reconciliation.is_due()
    commit(outbox)
    syncer.run_once()
    compare(outbox, platform)
    assert not outbox.reconciliation.is_due()
    clock.advance(23 * 3600)
    assert not outbox.reconciliation.is_due()
    clock.advance(3600)
    assert outbox.reconciliation.is_due()


@pytest.mark.expects_warnings
def test_after_a_difference_it_is_due_within_the_hour(
    outbox: Outbox, platform: Platform, syncer: Syncer, clock: FakeClock
) -> None:
    (case_id,) = commit(outbox)
    syncer.run_once()
    del platform.held[case_id]
    compare(outbox, platform)
    clock.advance(3600)
    assert outbox.reconciliation.is_due()


@pytest.mark.expects_warnings
def test_days_whose_rows_may_be_gone_are_not_compared(
    outbox: Outbox, platform: Platform, syncer: Syncer, identity: FixedIdentity, clock: FakeClock, tmp_path: Path
) -> None:
    commit(outbox, 2)
    syncer.run_once()
    outbox.close()
    for path in tmp_path.glob("queue.sqlite*"):
        if not path.name.endswith(".reserve"):
            path.unlink()
    with Outbox.open(tmp_path / "queue.sqlite", identity, clock=clock, free_disk_bytes=lambda: 10**12) as again:
        clock.advance(86_400)
        commit(again, 1)
        Syncer(again, MemoryLine(platform, "k-330304-0001"), identity).run_once()
        assert compare(again, platform) == Reconciled(0, 0, ())


@pytest.mark.parametrize("day", ["", "yesterday", "2026-02-30", "0001-01-01"])
def test_a_platforms_nonsense_changes_nothing(outbox: Outbox, syncer: Syncer, day: str) -> None:
    ids = commit(outbox, 2)
    syncer.run_once()
    told = outbox.reconciliation.digest()
    answer = Reconciliation(compared_at_ms=0, differences=(DayDifference(day, ("x", "../..", ids[0])),))
    assert outbox.reconciliation.settle(told, answer).sent_again == 0
    assert outbox.counts()[CaseState.ACCEPTED] == 2
