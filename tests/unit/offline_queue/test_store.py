from __future__ import annotations

import dataclasses
import stat
import threading
from pathlib import Path

import msgspec
import pytest

from contract import receipt_number
from contract.cases import CaseHeader, CasePayload, SealedCase
from contract.kiosks import SealingKey
from offline_queue.models import CaseCommitted, CaseRefused, Closed, Open, RefusalCode
from offline_queue.settings import QueueSettings
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from tests.helpers.cases import CANARIES, FakeClock, FixedIdentity, make_identity, sample_draft
from tests.helpers.platform_stand_in import Platform
from tests.unit.offline_queue.conftest import commit

expects_warnings = pytest.mark.expects_warnings


def envelope(outbox: Outbox, case_id: str) -> SealedCase:
    with outbox._database.read() as connection:
        row = connection.execute(
            "SELECT header, sealed, signature FROM envelopes JOIN cases USING (position) WHERE case_id = ?", (case_id,)
        ).fetchone()
    return SealedCase(*row)


def table_sizes(outbox: Outbox) -> dict[str, int]:
    with outbox._database.read() as connection:
        return {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 - names of ours
            for name in ("cases", "envelopes", "audit", "facts", "materials", "case_materials")
        }


# Taking a case


def test_a_taken_case_is_committed_with_its_number(outbox: Outbox) -> None:
    taken = outbox.accept(sample_draft())
    assert isinstance(taken, CaseCommitted)
    assert receipt_number.is_valid(taken.receipt_number)
    assert taken.sequence == 1
    assert outbox.state_of(taken.case_id) is CaseState.COMMITTED
    assert outbox.counts()[CaseState.COMMITTED] == outbox.pending_count() == 1


def test_the_sealed_case_opens_on_the_platform_to_what_was_taken(outbox: Outbox, platform: Platform, clock: FakeClock) -> None:
    taken = outbox.accept(sample_draft())
    assert isinstance(taken, CaseCommitted)
    case = envelope(outbox, taken.case_id)
    payload = msgspec.json.decode(platform.sealing["seal-1"].open(case), type=CasePayload)
    assert payload == sample_draft().payload(taken.case_id, taken.receipt_number)
    header = msgspec.json.decode(case.header, type=CaseHeader)
    assert (header.sequence, header.boot_id, header.monotonic_ms) == (1, clock.boot_id, clock.monotonic_ms)
    assert (header.receipt_number, header.platform_offset_ms) == (taken.receipt_number, None)
    assert case.digest == taken.digest


def test_the_header_carries_the_learned_offset_and_the_number_the_platforms_day(outbox: Outbox, clock: FakeClock) -> None:
    clock.wall_ms = 0  # the battery of the clock is flat: 1970
    outbox.platform_time.learn(1_795_420_800_000, clock.now(), clock.now())
    taken = outbox.accept(sample_draft())
    assert isinstance(taken, CaseCommitted)
    header = msgspec.json.decode(envelope(outbox, taken.case_id).header, type=CaseHeader)
    assert header.platform_offset_ms == 1_795_420_800_000
    assert taken.receipt_number[6:12] == "261123"


def test_sequence_numbers_have_no_gaps_even_after_refusals(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    first = commit(outbox, 2)
    monkeypatch.setattr("offline_queue.acceptance.seal_case", _interrupt)
    with pytest.raises(KeyboardInterrupt):
        outbox.accept(sample_draft())
    monkeypatch.undo()
    assert [case.receipt_number[16:21] for case in map(outbox.find, first + commit(outbox, 2)) if case] == [
        "00001",
        "00002",
        "00003",
        "00004",
    ]


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_case_that_could_not_be_sealed_leaves_nothing(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    before = table_sizes(outbox)
    monkeypatch.setattr("offline_queue.acceptance.seal_case", _interrupt)
    with pytest.raises(KeyboardInterrupt):
        outbox.accept(sample_draft())
    assert table_sizes(outbox) == before


def test_the_plaintext_is_wiped_after_sealing(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    import offline_queue.acceptance as module

    seen: list[bytearray] = []
    original = module.seal_case

    def spy(header: CaseHeader, plaintext: bytearray, *rest: object) -> SealedCase:
        assert b"330302195801010005" in plaintext
        seen.append(plaintext)
        return original(header, plaintext, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "seal_case", spy)
    commit(outbox)
    assert set(seen[0]) == {0}


def test_the_draft_shows_nothing_of_the_resident() -> None:
    shown = repr(sample_draft()) + str(dataclasses.replace(sample_draft(), language="en"))
    assert not [canary for canary in CANARIES if canary in shown]


def test_cases_taken_from_several_threads_each_get_their_own_number(outbox: Outbox) -> None:
    ids: list[str] = []
    threads = [threading.Thread(target=lambda: ids.extend(commit(outbox, 10))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = {case.receipt_number for case in map(outbox.find, ids) if case}
    assert len(set(ids)) == len(numbers) == 40


# Refusals


@expects_warnings
def test_a_machine_that_is_not_enrolled_takes_nothing(outbox: Outbox, identity: FixedIdentity) -> None:
    identity.identity = None
    assert outbox.accept(sample_draft()) == CaseRefused(RefusalCode.NOT_ENROLLED)
    assert outbox.gate() == Closed(RefusalCode.NOT_ENROLLED)
    assert table_sizes(outbox)["cases"] == 0


@expects_warnings
def test_without_a_key_to_seal_to_nothing_is_taken(outbox: Outbox, identity: FixedIdentity, platform: Platform) -> None:
    identity.identity = make_identity((SealingKey("k", "UNKNOWN", b""),), platform.receipt_keys)
    assert outbox.accept(sample_draft()) == CaseRefused(RefusalCode.NO_SEALING_KEY)
    assert outbox.gate() == Closed(RefusalCode.NO_SEALING_KEY)


@expects_warnings
def test_an_oversized_case_is_refused_and_uses_up_no_number(outbox: Outbox) -> None:
    before = table_sizes(outbox)
    huge = sample_draft(signature_strokes=(((1, 1),) * 100_000,))
    outcome = outbox.accept(huge)
    assert isinstance(outcome, CaseRefused)
    assert outcome.code is RefusalCode.CASE_TOO_LARGE
    assert table_sizes(outbox) == before
    commit(outbox)


@expects_warnings
def test_the_gate_closes_by_number_age_and_disk_each_with_its_code(
    tmp_path: Path, identity: FixedIdentity, clock: FakeClock
) -> None:
    free = [10**12]
    settings = QueueSettings(max_pending=3, max_pending_age_s=1000, disk_reserve_bytes=1000, disk_floor_bytes=100)
    with Outbox.open(tmp_path / "q", identity, clock=clock, settings=settings, free_disk_bytes=lambda: free[0]) as subject:
        assert subject.gate() == Open()
        commit(subject, 2)
        clock.advance(1001)
        gate = subject.gate()
        assert isinstance(gate, Closed)
        assert gate.code is RefusalCode.BACKLOG_OLD
        commit(subject, 1)  # a visit under way is still finished
        gate = subject.gate()
        assert isinstance(gate, Closed)
        assert gate.code is RefusalCode.BACKLOG_FULL
        outcome = subject.accept(sample_draft())
        assert isinstance(outcome, CaseRefused)
        assert outcome.code is RefusalCode.BACKLOG_FULL
        free[0] = 999
        gate = subject.gate()
        assert isinstance(gate, Closed)
        assert gate.code is RefusalCode.DISK_FULL


@expects_warnings
def test_below_the_disk_floor_even_a_visit_under_way_is_refused(
    tmp_path: Path, identity: FixedIdentity, clock: FakeClock
) -> None:
    free = [20 * 1024 * 1024]
    with Outbox.open(tmp_path / "q", identity, clock=clock, free_disk_bytes=lambda: free[0]) as subject:
        assert isinstance(subject.gate(), Closed)
        commit(subject)
        free[0] = 1024
        clock.advance(1)
        outcome = subject.accept(sample_draft())
        assert isinstance(outcome, CaseRefused)
        assert outcome.code is RefusalCode.DISK_FULL


@expects_warnings
def test_a_disk_that_cannot_be_asked_refuses_in_words(tmp_path: Path, identity: FixedIdentity, clock: FakeClock) -> None:
    def gone() -> int:
        raise OSError(5, "Input/output error")

    with Outbox.open(tmp_path / "q", identity, clock=clock, free_disk_bytes=gone) as subject:
        outcome = subject.accept(sample_draft())
    assert isinstance(outcome, CaseRefused)
    assert outcome.code is RefusalCode.STORAGE_FAILED


# Questions


def test_the_age_of_the_oldest_is_monotonic_and_crosses_a_reboot_by_the_platforms_clock(outbox: Outbox, clock: FakeClock) -> None:
    assert outbox.oldest_pending_age_s() is None
    commit(outbox)
    clock.advance(100)
    clock.wall_ms -= 10**12
    assert outbox.oldest_pending_age_s() == 100
    clock.wall_ms += 10**12
    clock.reboot(off_s=500)
    assert outbox.oldest_pending_age_s() == 600


def test_the_timeline_tells_each_step_with_its_time(outbox: Outbox, clock: FakeClock) -> None:
    (case_id,) = commit(outbox)
    clock.advance(5)
    outbox.claim("me", after_position=0, max_cases=10, max_bytes=10**6)
    steps = outbox.timeline(case_id)
    assert [(step.from_state, step.to_state) for step in steps] == [("", "committed"), ("committed", "sending")]
    assert steps[1].at_ms - steps[0].at_ms == 5000
    assert outbox.timeline("unknown") == ()


def test_cases_are_listed_by_key_in_order_of_commitment(outbox: Outbox) -> None:
    ids = commit(outbox, 5)
    first = outbox.list_cases(limit=2)
    rest = outbox.list_cases(after_position=first[-1][0])
    assert [case.case_id for _, case in first + rest] == ids
    assert outbox.list_cases(CaseState.VOID) == []


def test_an_unknown_case_is_nowhere(outbox: Outbox) -> None:
    assert outbox.find("x") is None
    assert outbox.state_of("x") is None


# Staff


def test_staff_withdraw_a_case_by_name_and_reason(outbox: Outbox) -> None:
    (case_id,) = commit(outbox)
    assert outbox.void(case_id, by="W001", why="resident came back\nand asked")
    case = outbox.find(case_id)
    assert case
    assert (case.state, case.reason_code) == (CaseState.VOID, "void")
    assert case.reason == "by W001: resident came back and asked"
    assert not outbox.void(case_id, by="W001", why="again")
    assert not outbox.retry(case_id, by="W001")
    assert outbox.claim("me", after_position=0, max_cases=10, max_bytes=10**6) == []
    assert envelope(outbox, case_id)


def test_a_case_being_sent_is_not_withdrawn(outbox: Outbox) -> None:
    (case_id,) = commit(outbox)
    outbox.claim("me", after_position=0, max_cases=10, max_bytes=10**6)
    assert not outbox.void(case_id, by="W001", why="no")
    assert outbox.state_of(case_id) is CaseState.SENDING


# Audit


def test_every_change_has_its_audit_row_and_the_chain_holds(outbox: Outbox) -> None:
    ids = commit(outbox, 3)
    outbox.void(ids[0], by="W001", why="test")
    assert table_sizes(outbox)["audit"] == 4
    assert outbox.first_broken_audit_entry() is None


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE audit SET detail = 'nothing happened' WHERE entry = 2",
        "UPDATE audit SET at_ms = at_ms + 1 WHERE entry = 2",
        "DELETE FROM audit WHERE entry = 2",
        "UPDATE audit SET case_id = 'another' WHERE entry = 2",
    ],
)
def test_a_tampered_audit_row_is_noticed(outbox: Outbox, damage: str) -> None:
    commit(outbox, 4)
    with outbox._database.write() as connection:
        connection.execute(damage)
    assert outbox.first_broken_audit_entry() == 2


# The file


def test_the_file_is_for_the_owner_only(outbox: Outbox, tmp_path: Path) -> None:
    commit(outbox)
    assert stat.S_IMODE((tmp_path / "queue.sqlite").stat().st_mode) == 0o600


def test_everything_survives_a_restart(tmp_path: Path, identity: FixedIdentity, clock: FakeClock) -> None:
    with Outbox.open(tmp_path / "q", identity, clock=clock) as first:
        ids = commit(first, 3)
    clock.reboot()
    with Outbox.open(tmp_path / "q", identity, clock=clock) as again:
        assert again.damage is None
        assert [case.case_id for _, case in again.list_cases()] == ids
        assert commit(again)[0] not in ids


def test_a_closed_outbox_says_so(outbox: Outbox) -> None:
    outbox.close()
    outbox.close()
    with pytest.raises(Exception, match="closed"):
        outbox.counts()
