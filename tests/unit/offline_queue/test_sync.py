from __future__ import annotations

import threading

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.cases import Accepted, CaseHeader, CaseOutcome, Conflict, Later, Rejected, SealedCase, SubmitAnswer
from offline_queue.policy import Failure, FailureKind
from offline_queue.settings import SyncSettings
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from tests.helpers.cases import FakeClock, FixedIdentity, make_identity, sample_draft
from tests.helpers.platform_stand_in import Platform, Refused, SealingPair
from tests.unit.offline_queue.conftest import MemoryLine, commit

UNREACHABLE = Failure(FailureKind.TEMPORARY, "unreachable")
SETTINGS = SyncSettings(batch_cases=10, lanes=1, status_page=7)


@pytest.fixture
def subject(outbox: Outbox, line: MemoryLine, identity: FixedIdentity) -> Syncer:
    return Syncer(outbox, line, identity, settings=SETTINGS, uniform=lambda _, high: high)


def header_of(case: SealedCase) -> CaseHeader:
    return msgspec.json.decode(case.header, type=CaseHeader)


def test_everything_is_delivered_oldest_first_in_batches(
    subject: Syncer, outbox: Outbox, platform: Platform, line: MemoryLine
) -> None:
    ids = commit(outbox, 25)
    report = subject.run_once()
    assert (report.sent, report.delivered, report.failure) == (25, 25, None)
    assert platform.arrivals == ids
    assert line.batches == [10, 10, 5]
    assert outbox.counts()[CaseState.ACCEPTED] == 25


def test_an_empty_queue_sends_nothing(subject: Syncer, line: MemoryLine) -> None:
    report = subject.run_once()
    assert not report.changed
    assert line.batches == []


def test_before_enrolment_nothing_is_sent(subject: Syncer, outbox: Outbox, identity: FixedIdentity, line: MemoryLine) -> None:
    commit(outbox)
    identity.identity = None
    report = subject.run_once()
    assert report.failure
    assert report.failure.code == "not_enrolled"
    assert line.batches == []


def test_a_failed_line_ends_the_pass_and_loses_nothing(subject: Syncer, outbox: Outbox, line: MemoryLine) -> None:
    commit(outbox, 25)
    line.script = [None, UNREACHABLE]
    report = subject.run_once()
    assert report.failure == UNREACHABLE
    assert line.batches == [10, 10]
    counts = outbox.counts()
    assert (counts[CaseState.ACCEPTED], counts[CaseState.COMMITTED]) == (10, 15)


def test_after_a_failed_line_a_single_case_is_tried_first(subject: Syncer, outbox: Outbox, line: MemoryLine) -> None:
    commit(outbox, 12)
    line.script = [UNREACHABLE, UNREACHABLE]
    subject.run_once()
    subject.run_once()
    assert subject.run_once().delivered == 12
    assert line.batches == [10, 1, 1, 10, 1]


def test_an_authorisation_failure_ends_the_pass(subject: Syncer, outbox: Outbox, line: MemoryLine) -> None:
    commit(outbox, 25)
    line.script = [Failure(FailureKind.AUTHORISATION, "unauthorised")]
    report = subject.run_once()
    assert report.failure
    assert report.failure.kind is FailureKind.AUTHORISATION
    assert len(line.batches) == 1


def test_a_lost_answer_is_made_good_by_a_duplicate(subject: Syncer, outbox: Outbox, platform: Platform, line: MemoryLine) -> None:
    ids = commit(outbox, 3)
    honest = line.submit

    def lose(cases: tuple[SealedCase, ...]) -> SubmitAnswer | Failure:
        honest(cases)
        return UNREACHABLE

    line.submit = lose  # type: ignore[method-assign]
    subject.run_once()
    line.submit = honest  # type: ignore[method-assign]
    assert subject.run_once().delivered == 3
    assert sorted(platform.held) == sorted(ids)
    assert "held_already" in [step.code for step in outbox.timeline(ids[0])]


# Outcomes, each for itself


def test_one_bad_case_does_not_hold_up_the_others(subject: Syncer, outbox: Outbox, platform: Platform) -> None:
    ids = commit(outbox, 5)
    platform.verdicts[ids[2]] = lambda header: Rejected(header.case_id, "bad_item", "no such item")
    report = subject.run_once()
    assert (report.delivered, report.needs_staff) == (4, 1)
    (case,) = outbox.needs_staff()
    assert (case.case_id, case.reason_code, case.reason) == (ids[2], "bad_item", "no such item")


def test_a_conflict_is_for_people(subject: Syncer, outbox: Outbox, platform: Platform) -> None:
    (case_id,) = commit(outbox)
    platform.verdicts[case_id] = lambda header: Conflict(header.case_id, "ab" * 32)
    subject.run_once()
    assert outbox.needs_staff()[0].reason_code == "conflict"


def test_later_means_later(subject: Syncer, outbox: Outbox, platform: Platform, clock: FakeClock, line: MemoryLine) -> None:
    ids = commit(outbox, 2)
    platform.verdicts[ids[0]] = lambda header: Later(header.case_id, 300.0)
    assert subject.run_once().waiting == 1
    platform.verdicts.clear()
    clock.advance(299)
    subject.run_once()
    assert len(line.batches) == 1
    clock.advance(1)
    assert subject.run_once().delivered == 1


@pytest.mark.parametrize("kind", ["stranger", "other_case", "other_digest", "unknown_key"])
def test_a_wrong_receipt_is_no_delivery_and_the_case_is_sent_again(
    subject: Syncer, outbox: Outbox, platform: Platform, clock: FakeClock, kind: str
) -> None:
    ids = commit(outbox, 2)

    def forge(header: CaseHeader) -> CaseOutcome:
        if kind == "stranger":
            return Accepted(header.case_id, platform.sign_receipt(header, "0" * 64, Ed25519PrivateKey.generate()))
        if kind == "other_case":
            other = msgspec.structs.replace(header, case_id=ids[1])
            return Accepted(header.case_id, platform.sign_receipt(other, "0" * 64))
        receipt = platform.sign_receipt(header, "0" * 64)
        return Accepted(header.case_id, msgspec.structs.replace(receipt, key_id="r-9") if kind == "unknown_key" else receipt)

    platform.verdicts[ids[0]] = forge
    report = subject.run_once()
    assert (report.delivered, report.waiting) == (1, 1)
    case = outbox.find(ids[0])
    assert case
    assert case.state is CaseState.WAITING
    assert case.reason_code.startswith("receipt_")
    platform.verdicts.clear()
    clock.advance(5)
    subject.run_once()
    assert outbox.state_of(ids[0]) is CaseState.ACCEPTED


@pytest.mark.parametrize("mangle", ["shuffled", "shortened", "repeated", "stuffed", "empty"])
def test_a_mangled_list_of_outcomes_settles_what_it_can(
    subject: Syncer, outbox: Outbox, platform: Platform, line: MemoryLine, clock: FakeClock, mangle: str
) -> None:
    commit(outbox, 4)
    honest = line.submit

    def mangled(cases: tuple[SealedCase, ...]) -> SubmitAnswer | Failure:
        answer = honest(cases)
        assert isinstance(answer, SubmitAnswer)
        outcomes = {
            "shuffled": tuple(reversed(answer.outcomes)),
            "shortened": answer.outcomes[:2],
            "repeated": answer.outcomes[:1] * 4,
            "stuffed": (Rejected("not-asked-for", "x", "y"), *answer.outcomes),
            "empty": (),
        }[mangle]
        return msgspec.structs.replace(answer, outcomes=outcomes)

    line.submit = mangled  # type: ignore[method-assign]
    first = subject.run_once()
    assert first.delivered == {"shuffled": 4, "shortened": 2, "repeated": 1, "stuffed": 4, "empty": 0}[mangle]
    assert first.delivered + first.waiting == 4
    line.submit = honest  # type: ignore[method-assign]
    clock.advance(5)
    subject.run_once()
    assert outbox.counts()[CaseState.ACCEPTED] == 4
    assert len(platform.held) == 4


def test_a_case_the_platform_never_mentions_comes_to_the_desk(
    subject: Syncer, outbox: Outbox, platform: Platform, clock: FakeClock
) -> None:
    """A platform that cannot read a header cannot name the case either."""
    ids = commit(outbox, 2)
    platform.verdicts[ids[0]] = lambda _: Rejected("", "bad_request", "unreadable header")
    for attempt in range(SETTINGS.attempts_before_staff):
        assert outbox.needs_staff() == (), attempt
        subject.run_once()
        clock.advance(1000)
    assert [(case.case_id, case.reason_code) for case in outbox.needs_staff()] == [(ids[0], "no_outcome")]
    assert outbox.state_of(ids[1]) is CaseState.ACCEPTED


# Refusals of a whole batch


def test_a_case_for_which_the_whole_batch_is_refused_is_found_by_halving(
    subject: Syncer, outbox: Outbox, platform: Platform
) -> None:
    ids = commit(outbox, 10)
    bad = {ids[3], ids[8]}
    platform.refuse_batch = lambda cases: (
        Refused(422, "bad_request", "cannot read") if bad & {header_of(case).case_id for case in cases} else None
    )
    report = subject.run_once()
    assert (report.delivered, report.needs_staff, report.failure) == (8, 2, None)
    assert {case.case_id for case in outbox.needs_staff()} == bad
    assert {case.reason_code for case in outbox.needs_staff()} == {"bad_request"}


def test_a_batch_that_is_too_large_is_halved(subject: Syncer, outbox: Outbox, platform: Platform) -> None:
    commit(outbox, 10)
    platform.max_cases = 3
    assert subject.run_once().delivered == 10


def test_when_everything_is_refused_no_case_is_condemned(
    subject: Syncer, outbox: Outbox, platform: Platform, clock: FakeClock
) -> None:
    commit(outbox, 30)
    platform.refuse_batch = lambda _: Refused(400, "bad_request")
    report = subject.run_once()
    assert report.failure
    assert report.failure.code == "all_refused"
    assert outbox.needs_staff() == ()
    assert len(platform.arrivals) < 120
    platform.refuse_batch = lambda _: None
    clock.advance(1000)
    assert subject.run_once().delivered + subject.run_once().delivered == 30


def test_a_lone_case_that_is_always_refused_comes_to_the_desk_after_some_tries(
    subject: Syncer, outbox: Outbox, platform: Platform, clock: FakeClock
) -> None:
    commit(outbox)
    platform.refuse_batch = lambda _: Refused(413, "too_large")
    for attempt in range(SETTINGS.attempts_before_staff):
        assert outbox.needs_staff() == (), attempt
        subject.run_once()
        clock.advance(1000)
    assert outbox.needs_staff()[0].reason_code == "too_large"


# Progress


def test_processed_cases_are_followed_page_by_page_and_the_cursor_survives(
    subject: Syncer, outbox: Outbox, platform: Platform
) -> None:
    ids = commit(outbox, 20)
    subject.run_once()
    platform.process(*ids[:15])
    assert subject.run_once().processed == 15
    assert outbox.counts()[CaseState.ACCEPTED] == 5
    assert outbox.status_cursor("k-330304-0001") == "35"
    platform.process(*ids[15:])
    assert subject.run_once().processed == 5


def test_the_feed_is_not_asked_when_nothing_awaits_progress(
    subject: Syncer, outbox: Outbox, line: MemoryLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "status", lambda *_: pytest.fail("asked for nothing"))
    subject.run_once()


def test_a_feed_that_goes_in_circles_ends(subject: Syncer, outbox: Outbox, platform: Platform, line: MemoryLine) -> None:
    commit(outbox)
    subject.run_once()
    honest = line.status
    asked: list[str] = []

    def circle(after: str, limit: int) -> object:
        asked.append(after)
        return msgspec.structs.replace(honest("", limit), more=True, cursor=str(len(asked) % 2))  # type: ignore[type-var]

    line.status = circle  # type: ignore[method-assign, assignment]
    subject.run_once()
    assert len(asked) <= 50


def test_a_status_failure_is_told_but_undoes_nothing(subject: Syncer, outbox: Outbox, line: MemoryLine) -> None:
    commit(outbox)
    line.status = lambda *_: UNREACHABLE  # type: ignore[method-assign]
    report = subject.run_once()
    assert (report.delivered, report.failure) == (1, UNREACHABLE)


# Keys come and go


def test_a_case_sealed_to_a_retired_key_is_still_delivered(
    subject: Syncer, outbox: Outbox, platform: Platform, identity: FixedIdentity
) -> None:
    commit(outbox)
    platform.sealing["seal-2"] = SealingPair("seal-2")
    old = identity.identity
    assert old
    identity.identity = make_identity(platform.sealing_keys, platform.receipt_keys, signing_key=old.signing_key)
    commit(outbox)
    assert subject.run_once().delivered == 2
    assert sorted(held.header.sealing_key_id for held in platform.held.values()) == ["seal-1", "seal-2"]


def test_after_the_own_key_was_lost_every_pending_case_still_goes_out(
    subject: Syncer, outbox: Outbox, platform: Platform, identity: FixedIdentity
) -> None:
    commit(outbox, 2)
    old = identity.identity
    assert old
    identity.identity = make_identity(platform.sealing_keys, platform.receipt_keys)
    platform.kiosk_keys[old.kiosk_id].insert(0, identity.identity.public_key)
    commit(outbox, 1)
    assert subject.run_once().delivered == 3


def test_under_another_id_pending_cases_go_out_and_delivered_ones_are_followed(
    outbox: Outbox, platform: Platform, identity: FixedIdentity, line: MemoryLine
) -> None:
    ids = commit(outbox, 2)
    Syncer(outbox, line, identity).run_once()
    ids += commit(outbox, 2)
    identity.identity = make_identity(platform.sealing_keys, platform.receipt_keys, kiosk_id="k-new", device_code="A002")
    platform.kiosk_keys["k-new"] = [identity.identity.public_key]
    ids += commit(outbox, 1)
    anew = Syncer(outbox, MemoryLine(platform, "k-new"), identity)
    assert anew.run_once().delivered == 5
    platform.process()
    assert anew.run_once().processed == 5
    assert sorted(platform.held) == sorted(ids)


# Ending early


def test_a_pass_that_is_told_to_stop_ends_between_requests(subject: Syncer, outbox: Outbox, line: MemoryLine) -> None:
    commit(outbox, 30)
    subject.stop_when(lambda: len(line.batches) >= 2)
    assert subject.run_once().delivered == 20
    assert outbox.counts()[CaseState.COMMITTED] == 10


def test_a_bug_on_the_way_puts_the_batch_back(subject: Syncer, outbox: Outbox, line: MemoryLine) -> None:
    commit(outbox, 3)

    def bug(*_: object) -> None:
        raise ZeroDivisionError

    honest, line.submit = line.submit, bug  # type: ignore[method-assign, assignment]
    with pytest.raises(ZeroDivisionError):
        subject.run_once()
    assert outbox.counts()[CaseState.COMMITTED] == 3
    line.submit = honest  # type: ignore[method-assign]
    assert subject.run_once().delivered == 3


def test_a_voided_case_stays_on_the_machine(subject: Syncer, outbox: Outbox, platform: Platform) -> None:
    (case_id,) = commit(outbox)
    outbox.void(case_id, by="W001", why="test")
    outbox.accept(sample_draft())
    assert subject.run_once().delivered == 1
    assert case_id not in platform.held


def test_once_the_line_has_proved_itself_several_batches_are_under_way_at_once(
    outbox: Outbox, line: MemoryLine, identity: FixedIdentity
) -> None:
    commit(outbox, 35)
    together = threading.Barrier(3, timeout=20)
    honest = line.submit

    def meet(cases: tuple[SealedCase, ...]) -> SubmitAnswer | Failure:
        if line.batches:
            together.wait()
        return honest(cases)

    line.submit = meet  # type: ignore[method-assign]
    settings = SyncSettings(batch_cases=5, lanes=3)
    # One batch alone, then two rounds of three: the barrier breaks unless three are under way together.
    report = Syncer(outbox, line, identity, settings=settings).run_once()
    assert (report.sent, report.delivered, report.failure) == (35, 35, None)


def test_what_is_under_way_when_the_line_fails_is_settled_or_put_back(
    outbox: Outbox, line: MemoryLine, identity: FixedIdentity, platform: Platform
) -> None:
    commit(outbox, 40)
    line.script = [None, None, UNREACHABLE, None]
    report = Syncer(outbox, line, identity, settings=SyncSettings(batch_cases=5, lanes=3)).run_once()
    assert report.failure == UNREACHABLE
    counts = outbox.counts()
    assert counts[CaseState.ACCEPTED] == report.delivered == len(platform.held)
    assert counts[CaseState.ACCEPTED] + counts[CaseState.COMMITTED] == 40
    assert counts[CaseState.SENDING] == 0
