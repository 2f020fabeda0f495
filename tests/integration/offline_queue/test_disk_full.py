"""The disk is full, or a sync fails, at chosen calls; all of them: ``benchmarks.queue_faults --only disk_full``."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers import call_faults
from tests.helpers.call_faults import Supervisor, submit_to_supervisor
from tests.helpers.fault_runs.full_disks import FullDisks
from tests.helpers.loop_disk import LoopDisk, why_not

pytestmark = [
    pytest.mark.expects_warnings,
    pytest.mark.skipif(bool(call_faults.why_not()), reason=f"no call can be made to fail here: {call_faults.why_not()}"),
]


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FullDisks]:
    made = FullDisks(tmp_path_factory.mktemp("full"))
    yield made
    made.close()


@pytest.mark.parametrize(("stays_full", "dies"), [(False, False), (True, False), (True, True)])
def test_a_full_disk_refuses_whole_cases_and_they_may_come_again(subject: FullDisks, stays_full: bool, dies: bool) -> None:
    outcomes = [subject.run(call, stays_full=stays_full, dies=dies) for call in (1, 9, 38, 60, 90)]
    assert all(failed for failed, _ in outcomes)
    assert [wrong for _, found in outcomes for wrong in found] == []
    assert subject.refused


def test_without_a_fault_nothing_is_refused(subject: FullDisks) -> None:
    refused, before = subject.refused, len(subject.acknowledged)
    assert subject.run(10**6, stays_full=True, dies=False) == (False, [])
    assert (subject.refused, len(subject.acknowledged)) == (refused, before + 5)


def test_the_last_pages_of_a_disk(tmp_path: Path) -> None:
    if why := why_not():
        pytest.skip(f"no loop device: {why}")
    with LoopDisk(tmp_path, mib=64) as disk:
        subject = FullDisks(tmp_path, disk)
        try:
            outcomes = [subject.run_with_pages_left(pages) for pages in (0, 7, 25)]
        finally:
            subject.close()
    assert [wrong for _, found in outcomes for wrong in found] == []
    assert outcomes[0][0], "a disk without a page left refused nothing"


def test_the_chosen_call_fails_and_no_other(tmp_path: Path) -> None:
    """What the other tests rely on: the supervisor counts, lets through, and refuses in the kernel's name."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    child = os.fork()
    if child == 0:
        ours.close()
        submit_to_supervisor(theirs)
        told = []
        for number in range(4):
            try:
                (tmp_path / str(number)).write_bytes(b"x")
                told.append("written")
            except OSError as error:
                told.append(str(error.errno))
        theirs.send(" ".join(told).encode())
        os._exit(0)
    theirs.close()
    words: list[bytes] = []
    supervisor = Supervisor(first=4, last=5)
    with ours:
        supervisor.serve(ours, words.append)
    os.waitpid(child, 0)
    assert words == [b"written 28 28 written"]
    assert supervisor.failed == ["write", "create"]
