from __future__ import annotations

from pathlib import Path

import pytest

from contract.cases import CaseStatus, SealedCase
from offline_queue.leases import new_owner
from offline_queue.models import AskStaff, Delivered, PutBack, WaitFor
from offline_queue.settings import QueueSettings
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from tests.helpers.cases import FakeClock, FixedIdentity
from tests.helpers.platform_stand_in import Platform
from tests.unit.offline_queue.conftest import commit

ME, NEIGHBOUR = new_owner("me"), new_owner("neighbour")
KIOSK = "k-330304-0001"


def deliver(outbox: Outbox, platform: Platform, owner: str = ME) -> list[str]:
    """Claim everything and record good receipts for it."""
    claimed = outbox.claim(owner, after_position=0, max_cases=1000, max_bytes=10**9)
    outbox.record(owner, [Delivered(c.header.case_id, platform.sign_receipt(c.header, c.digest)) for c in claimed])
    return [case.header.case_id for case in claimed]


def changes(case_ids: list[str], state: str = "processed", reason: str = "") -> list[CaseStatus]:
    return [CaseStatus(case_id, state, reason, 1) for case_id in case_ids]  # type: ignore[arg-type]


def sealed_rows(outbox: Outbox) -> int:
    with outbox._database.read() as connection:
        return int(connection.execute("SELECT count(*) FROM envelopes").fetchone()[0])


def test_a_receipt_is_stored_verbatim(outbox: Outbox, platform: Platform) -> None:
    commit(outbox)
    (claimed,) = outbox.claim(ME, after_position=0, max_cases=1, max_bytes=1)
    receipt = platform.sign_receipt(claimed.header, claimed.digest)
    outbox.record(ME, [Delivered(claimed.header.case_id, receipt)])
    with outbox._database.read() as connection:
        row = connection.execute("SELECT receipt_body, receipt_key_id, receipt_signature FROM cases").fetchone()
    assert tuple(row) == (receipt.body, receipt.key_id, receipt.signature)
    case = outbox.find(claimed.header.case_id)
    assert case
    assert (case.state, case.has_receipt) == (CaseState.ACCEPTED, True)
    assert outbox.pending_count() == 0
    assert outbox.oldest_pending_age_s() is None


def test_a_receipt_counts_even_when_the_lease_went_to_a_neighbour(outbox: Outbox, platform: Platform, clock: FakeClock) -> None:
    (case_id,) = commit(outbox)
    (claimed,) = outbox.claim(ME, after_position=0, max_cases=1, max_bytes=1)
    clock.advance(outbox.settings.lease_s)
    outbox.claim(NEIGHBOUR, after_position=0, max_cases=1, max_bytes=1)
    outbox.record(ME, [Delivered(case_id, platform.sign_receipt(claimed.header, claimed.digest))])
    assert outbox.state_of(case_id) is CaseState.ACCEPTED


@pytest.mark.parametrize("kind", [PutBack, WaitFor, AskStaff])
def test_anything_else_counts_only_while_the_lease_is_ours(outbox: Outbox, clock: FakeClock, kind: type) -> None:
    (case_id,) = commit(outbox)
    outbox.claim(ME, after_position=0, max_cases=1, max_bytes=1)
    clock.advance(outbox.settings.lease_s)
    outbox.claim(NEIGHBOUR, after_position=0, max_cases=1, max_bytes=1)
    outcome = {PutBack: PutBack(case_id, "x"), WaitFor: WaitFor(case_id, 5, "x"), AskStaff: AskStaff(case_id, "x", "y")}[kind]
    outbox.record(ME, [outcome])
    assert outbox.state_of(case_id) is CaseState.SENDING


def test_the_same_receipt_twice_changes_nothing(outbox: Outbox, platform: Platform) -> None:
    (case_id,) = commit(outbox)
    (claimed,) = outbox.claim(ME, after_position=0, max_cases=1, max_bytes=1)
    delivered = Delivered(case_id, platform.sign_receipt(claimed.header, claimed.digest))
    outbox.record(ME, [delivered, delivered])
    outbox.record(ME, [delivered])
    assert [step.to_state for step in outbox.timeline(case_id)] == ["committed", "sending", "accepted"]


def test_outcomes_for_unknown_cases_are_passed_over(outbox: Outbox, platform: Platform) -> None:
    outbox.record(ME, [AskStaff("unknown", "x", "y")])
    assert outbox.take_statuses(KIOSK, changes(["unknown"]), "1") == (0, 1)


def test_the_desk_shows_the_reason_in_one_harmless_line(outbox: Outbox) -> None:
    (case_id,) = commit(outbox)
    outbox.claim(ME, after_position=0, max_cases=1, max_bytes=1)
    outbox.record(ME, [AskStaff(case_id, "bad_item", "item\x1b[2J\nunknown" + "x" * 9000)])
    (case,) = outbox.needs_staff()
    assert (case.case_id, case.reason_code) == (case_id, "bad_item")
    assert case.reason.startswith("item [2J unknownx")
    assert len(case.reason) == 500


def test_staff_put_a_case_of_the_desk_up_again(outbox: Outbox, platform: Platform) -> None:
    (case_id,) = commit(outbox)
    outbox.claim(ME, after_position=0, max_cases=1, max_bytes=1)
    outbox.record(ME, [AskStaff(case_id, "bad_item", "unknown")])
    assert outbox.claim(ME, after_position=0, max_cases=1, max_bytes=1) == []
    assert outbox.retry(case_id, by="W001")
    assert outbox.needs_staff() == ()
    assert deliver(outbox, platform) == [case_id]


# Progress


def test_a_processed_case_is_processed_and_its_page_is_remembered(outbox: Outbox, platform: Platform) -> None:
    commit(outbox, 2)
    ids = deliver(outbox, platform)
    assert outbox.awaits_progress()
    assert outbox.take_statuses(KIOSK, changes(ids[:1]), "cursor-1") == (1, 0)
    assert outbox.state_of(ids[0]) is CaseState.PROCESSED
    assert outbox.state_of(ids[1]) is CaseState.ACCEPTED
    assert outbox.status_cursor(KIOSK) == "cursor-1"
    assert outbox.take_statuses(KIOSK, changes(ids[:1]), "cursor-1") == (0, 0)


def test_a_page_is_taken_whole_or_not_at_all(outbox: Outbox, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(outbox, 2)
    ids = deliver(outbox, platform)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("offline_queue.deliveries._write_cursor", crash)
    with pytest.raises(KeyboardInterrupt):
        outbox.take_statuses(KIOSK, changes(ids), "cursor-1")
    assert outbox.status_cursor(KIOSK) == ""
    assert {outbox.state_of(case_id) for case_id in ids} == {CaseState.ACCEPTED}


def test_processed_without_a_receipt_for_these_bytes_is_not_believed_until_there_is_one(
    outbox: Outbox, platform: Platform
) -> None:
    (case_id,) = commit(outbox)
    outbox.take_statuses(KIOSK, changes([case_id]), "1")
    assert outbox.state_of(case_id) is CaseState.COMMITTED
    deliver(outbox, platform)
    assert outbox.state_of(case_id) is CaseState.PROCESSED


def test_a_change_told_twice_or_late_leaves_no_trace(outbox: Outbox, platform: Platform) -> None:
    (case_id,) = commit(outbox)
    outbox.take_statuses(KIOSK, changes([case_id]), "1")
    steps = outbox.timeline(case_id)
    outbox.take_statuses(KIOSK, changes([case_id]) + changes([case_id], "received"), "2")
    assert outbox.timeline(case_id) == steps
    deliver(outbox, platform)
    assert outbox.state_of(case_id) is CaseState.PROCESSED


def test_the_platforms_own_desk_is_shown_here(outbox: Outbox, platform: Platform) -> None:
    commit(outbox)
    (case_id,) = deliver(outbox, platform)
    outbox.take_statuses(KIOSK, changes([case_id], "needs_staff", "photo unreadable"), "1")
    case = outbox.find(case_id)
    assert case
    assert (case.state, case.platform_state, case.platform_reason) == (CaseState.ACCEPTED, "needs_staff", "photo unreadable")
    outbox.take_statuses(KIOSK, changes([case_id]), "2")
    assert outbox.state_of(case_id) is CaseState.PROCESSED


# A new name for this machine


def test_under_a_new_id_delivered_cases_are_shown_again_once(outbox: Outbox, platform: Platform) -> None:
    commit(outbox, 2)
    outbox.show_again(KIOSK)
    ids = deliver(outbox, platform)
    outbox.take_statuses(KIOSK, [], "cursor-9")
    assert outbox.show_again(KIOSK) == 0
    assert outbox.show_again("k-new") == 2
    assert outbox.show_again("k-new") == 0
    assert outbox.status_cursor("k-new") == ""
    assert deliver(outbox, platform) == ids


# Purge


@pytest.fixture
def settings() -> QueueSettings:
    return QueueSettings(purge_grace_s=1000, max_processed=3)


@pytest.fixture
def small(tmp_path: Path, identity: FixedIdentity, clock: FakeClock, settings: QueueSettings) -> Outbox:
    return Outbox.open(tmp_path / "small.sqlite", identity, clock=clock, settings=settings)


def test_a_processed_case_is_wiped_after_its_grace_period_and_leaves_ids_and_times(
    small: Outbox, platform: Platform, clock: FakeClock
) -> None:
    with small:
        commit(small, 2)
        ids = deliver(small, platform)
        small.take_statuses(KIOSK, changes(ids[:1]), "1")
        clock.advance(999)
        assert small.purge() == 0
        clock.advance(1)
        assert small.purge() == 1
        case = small.find(ids[0])
        assert case
        assert (case.state, case.has_receipt) == (CaseState.PURGED, True)
        assert [step.to_state for step in small.timeline(ids[0])][-1] == "purged"
        assert sealed_rows(small) == 1
        assert small.state_of(ids[1]) is CaseState.ACCEPTED


def test_too_many_processed_cases_are_wiped_oldest_first(small: Outbox, platform: Platform) -> None:
    with small:
        commit(small, 5)
        ids = deliver(small, platform)
        small.take_statuses(KIOSK, changes(ids), "1")
        assert small.purge() == 2
        assert [small.state_of(case_id) for case_id in ids] == [CaseState.PURGED] * 2 + [CaseState.PROCESSED] * 3


def test_a_great_many_are_wiped_in_batches(outbox: Outbox, platform: Platform, clock: FakeClock) -> None:
    commit(outbox, 450)
    outbox.take_statuses(KIOSK, changes(deliver(outbox, platform)), "1")
    clock.advance(outbox.settings.purge_grace_s)
    assert outbox.purge() == 450
    assert sealed_rows(outbox) == 0


def test_wiped_bytes_are_gone_from_the_file(small: Outbox, platform: Platform, clock: FakeClock, tmp_path: Path) -> None:
    commit(small)
    (claimed,) = small.claim(ME, after_position=0, max_cases=1, max_bytes=1)
    sealed: SealedCase = claimed.case
    small.record(ME, [Delivered(claimed.header.case_id, platform.sign_receipt(claimed.header, claimed.digest))])
    small.take_statuses(KIOSK, changes([claimed.header.case_id]), "1")
    clock.advance(2000)
    small.purge()
    small.close()
    content = b"".join(path.read_bytes() for path in tmp_path.glob("small.sqlite*"))
    assert sealed.sealed[-200:] not in content
    assert sealed.sealed[:200] not in content


def test_nothing_unprocessed_is_ever_wiped(outbox: Outbox, platform: Platform, clock: FakeClock) -> None:
    commit(outbox, 2)
    deliver(outbox, platform)
    commit(outbox, 2)
    clock.advance(10**9)
    assert outbox.purge() == 0
    assert sealed_rows(outbox) == 4
