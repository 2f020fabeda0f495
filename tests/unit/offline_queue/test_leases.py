from __future__ import annotations

import os
import subprocess
import sys

import pytest

from offline_queue import leases
from offline_queue.models import ClaimedCase, PutBack, WaitFor
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from tests.helpers.cases import FakeClock
from tests.unit.offline_queue.conftest import commit

ME = leases.new_owner("me")
NEIGHBOUR = leases.new_owner("neighbour")
"""Another sender of a process that lives."""


def claim(outbox: Outbox, owner: str = ME, after: int = 0, max_cases: int = 100, max_bytes: int = 10**9) -> list[ClaimedCase]:
    return outbox.claim(owner, after_position=after, max_cases=max_cases, max_bytes=max_bytes)


def ids(claimed: list[ClaimedCase]) -> list[str]:
    return [case.header.case_id for case in claimed]


def test_the_oldest_come_first_and_pages_go_by_key(outbox: Outbox) -> None:
    made = commit(outbox, 5)
    first = claim(outbox, max_cases=2)
    second = claim(outbox, after=first[-1].position, max_cases=2)
    assert ids(first) + ids(second) == made[:4]


def test_a_batch_stays_within_its_bytes_but_holds_at_least_one(outbox: Outbox) -> None:
    commit(outbox, 3)
    (one,) = claim(outbox, max_bytes=1)
    two = claim(outbox, after=one.position, max_bytes=one.size_bytes * 2 + 100)
    assert len(two) == 2


def test_a_leased_case_is_not_given_to_a_living_neighbour(outbox: Outbox) -> None:
    commit(outbox, 2)
    claim(outbox, NEIGHBOUR)
    assert claim(outbox) == []


def test_a_lapsed_lease_is_free_by_the_monotonic_clock(outbox: Outbox, clock: FakeClock) -> None:
    made = commit(outbox)
    claim(outbox, NEIGHBOUR)
    clock.wall_ms += 10**12
    assert claim(outbox) == []
    clock.advance(outbox.settings.lease_s)
    assert ids(claim(outbox)) == made


def test_a_lease_ends_with_the_boot(outbox: Outbox, clock: FakeClock) -> None:
    made = commit(outbox)
    claim(outbox, NEIGHBOUR)
    clock.reboot(off_s=1)
    assert ids(claim(outbox)) == made


@pytest.mark.parametrize(
    "owner",
    ["999999999:1:x", f"{os.getpid()}:1:x", "garbage", "", "1x:2:3"],
    ids=["no such process", "another start of this process", "garbage", "empty", "no number"],
)
def test_a_lease_of_a_process_that_is_gone_is_free_at_once(outbox: Outbox, owner: str) -> None:
    made = commit(outbox)
    claim(outbox, owner)
    assert ids(claim(outbox)) == made


def test_my_own_lease_from_a_pass_that_broke_is_free(outbox: Outbox) -> None:
    made = commit(outbox)
    claim(outbox)
    assert ids(claim(outbox)) == made


def test_owners_live_exactly_as_long_as_their_process() -> None:
    assert leases.is_alive(ME)
    code = "from offline_queue.leases import new_owner; import sys; print(new_owner('x'), flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        owner = child.stdout.readline().strip()
        assert leases.is_alive(owner)
        child.communicate()
    assert not leases.is_alive(owner)


def test_a_waiting_case_is_left_alone_until_its_time(outbox: Outbox, clock: FakeClock) -> None:
    (case_id,) = commit(outbox)
    claim(outbox)
    outbox.record(ME, [WaitFor(case_id, 100.0, "later")])
    assert outbox.state_of(case_id) is CaseState.WAITING
    assert outbox.next_due_s() == 100
    clock.wall_ms += 10**9
    assert claim(outbox) == []
    clock.wall_ms -= 10**9
    clock.advance(100)
    assert outbox.next_due_s() == 0
    assert ids(claim(outbox)) == [case_id]


@pytest.mark.parametrize(("off_s", "jump_s", "free"), [(50, 0, False), (100, 0, True), (50, 10**8, True), (50, -(10**8), True)])
def test_a_wait_outlives_a_reboot_but_not_a_jump_of_the_clock(
    outbox: Outbox, clock: FakeClock, off_s: float, jump_s: float, free: bool
) -> None:
    (case_id,) = commit(outbox)
    claim(outbox)
    outbox.record(ME, [WaitFor(case_id, 100.0, "later")])
    clock.reboot(off_s=off_s, wall_jump_s=jump_s)
    assert ids(claim(outbox)) == ([case_id] if free else [])


def test_no_wait_is_longer_than_a_day(outbox: Outbox, clock: FakeClock) -> None:
    (case_id,) = commit(outbox)
    claim(outbox)
    outbox.record(ME, [WaitFor(case_id, 10.0**12, "later")])
    clock.advance(86_400)
    assert ids(claim(outbox)) == [case_id]


def test_attempts_count_tries_of_the_case_not_failures_of_the_line(outbox: Outbox) -> None:
    (case_id,) = commit(outbox)
    for _ in range(5):
        (claimed,) = claim(outbox)
        outbox.record(ME, [PutBack(case_id, "unreachable")])
    assert claimed.attempts == 0
    claim(outbox)
    outbox.record(ME, [WaitFor(case_id, 0.0, "no_outcome")])
    assert claim(outbox)[0].attempts == 1


def test_nothing_waits_in_an_empty_queue(outbox: Outbox) -> None:
    assert outbox.next_due_s() is None
    assert claim(outbox) == []
