"""kill -9 at the points where a queue could lose or double a case."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from offline_queue.enrolment import Enrolled, enrol
from offline_queue.identity import IdentityStore
from offline_queue.models import CaseCommitted
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from offline_queue.transport import PlatformClient
from tests.helpers.cases import sample_draft
from tests.helpers.platform_stand_in_server import PlatformServer
from tests.helpers.queue_child import BUNDLE_POINTS, COMMIT_POINTS, SYNC_POINTS

ROOT = Path(__file__).parents[3]


@pytest.fixture
def server() -> Iterator[PlatformServer]:
    with PlatformServer() as running:
        running.platform.tokens["once"] = "k-330304-0001"
        yield running


@pytest.fixture
def folder(tmp_path: Path, server: PlatformServer) -> Path:
    assert isinstance(enrol(server.url, "once", "测试机", "0.1", IdentityStore(tmp_path / "identity")), Enrolled)
    return tmp_path


def child(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.helpers.queue_child", str(folder), *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def killed(folder: Path, *arguments: str) -> list[str]:
    """What the child had reported when it killed itself."""
    with child(folder, *arguments) as process:
        told, _ = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, "the child never came to the point"
    return told.split()


def open_again(folder: Path) -> Outbox:
    outbox = Outbox.open(folder / "queue.sqlite", IdentityStore(folder / "identity"), free_disk_bytes=lambda: 10**12)
    assert outbox.damage is None
    return outbox


def check_against(folder: Path, reported: list[str], at_once: int = 1) -> int:
    """Everything reported is there once; beyond it at most what was under way, whole. Returns how many there are.

    ``at_once`` cases are taken together: one, or a bundle.
    """
    with open_again(folder) as outbox:
        cases = [case for _, case in outbox.list_cases(limit=10_000)]
        ids = [case.case_id for case in cases]
        numbers = [case.receipt_number for case in cases]
        assert ids[: len(reported)] == reported
        assert len(ids) - len(reported) in (0, at_once)
        assert len(set(ids)) == len(ids)
        assert len(set(numbers)) == len(numbers)
        assert [int(number[16:21]) for number in numbers] == list(range(1, len(ids) + 1))
        assert outbox.first_broken_audit_entry() is None
        assert outbox.counts()[CaseState.COMMITTED] == len(ids)
        return len(ids)


@pytest.mark.parametrize("point", COMMIT_POINTS)
def test_killed_within_a_commit(folder: Path, point: str) -> None:
    call = "1" if "write_durably" in point else "4"
    reported = killed(folder, "commit", point, call)
    assert len(reported) == int(call) - 1
    there = check_against(folder, reported)
    # From the statement on the case is durable, though nobody was told yet.
    assert there == len(reported) + (1 if point.endswith(("accept:after", "execute_alone:after")) else 0)


@pytest.mark.parametrize("seed", range(8))
def test_killed_at_any_moment_while_committing(folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    enough = chance.randrange(1, 60)
    reported: list[str] = []
    with child(folder, "commit") as process:
        assert process.stdout
        for line in process.stdout:
            reported.append(line.strip())
            if len(reported) == enough:
                process.kill()
    assert process.returncode == -signal.SIGKILL
    # The last line may have been cut by the kill; a report that did not arrive whole is none.
    check_against(folder, [case_id for case_id in reported if len(case_id) == 36])


@pytest.mark.parametrize("point", BUNDLE_POINTS)
def test_killed_within_a_bundle_leaves_all_of_it_or_nothing(folder: Path, point: str) -> None:
    is_part = "accept_together" not in point
    reported = killed(folder, "bundles", point, "8" if is_part else "3")
    assert len(reported) == 6
    assert check_against(folder, reported, at_once=3) == (9 if point.endswith("accept_together:after") else 6)


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_any_moment_while_taking_bundles(folder: Path, seed: int) -> None:
    enough = random.Random(seed).randrange(1, 20)
    reported: list[list[str]] = []
    with child(folder, "bundles") as process:
        assert process.stdout
        for line in process.stdout:
            reported.append(line.split())
            if len(reported) == enough:
                process.kill()
    assert process.returncode == -signal.SIGKILL
    whole = [case_id for parts in reported if len(parts) == 3 and len(parts[-1]) == 36 for case_id in parts]
    check_against(folder, whole, at_once=3)


def take(folder: Path, count: int) -> list[str]:
    with open_again(folder) as outbox:
        taken = [outbox.accept(sample_draft()) for _ in range(count)]
    return [case.case_id for case in taken if isinstance(case, CaseCommitted)]


def finish(folder: Path, server: PlatformServer, ids: list[str]) -> None:
    """A later start of the terminal brings everything to its end, each case once."""
    identities = IdentityStore(folder / "identity")
    with open_again(folder) as outbox, PlatformClient(server.url, identities, outbox.platform_time) as client:
        syncer = Syncer(outbox, client, identities)
        assert syncer.run_once().failure is None
        assert sorted(server.platform.held) == sorted(ids)
        assert outbox.pending_count() == 0
        server.platform.process()
        assert syncer.run_once().failure is None
        states = {case.case_id: case.state for _, case in outbox.list_cases(limit=1000)}
        assert set(states) == set(ids)
        assert set(states.values()) <= {CaseState.PROCESSED, CaseState.PURGED}
        assert outbox.first_broken_audit_entry() is None


@pytest.mark.parametrize("point", SYNC_POINTS)
def test_killed_within_a_pass(folder: Path, server: PlatformServer, point: str) -> None:
    ids = take(folder, 12)
    if any(word in point for word in ("status", "_end", "cursor", "purge")):
        with child(folder, "sync") as process:
            assert process.communicate(timeout=60)[0] == "done\n"
        server.platform.process(*ids[:6])
    killed(folder, "sync", point, "1")
    with open_again(folder) as outbox:
        claimed_accepted = [case.case_id for _, case in outbox.list_cases() if case.has_receipt]
        assert set(claimed_accepted) <= set(server.platform.held)
    finish(folder, server, ids)


def test_killed_between_sending_and_recording_the_receipt(folder: Path, server: PlatformServer) -> None:
    ids = take(folder, 3)
    with child(folder, "sync") as process:

        def strike() -> None:
            process.kill()
            process.wait()

        server.after_storing = strike
        process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    server.after_storing = lambda: None
    assert sorted(server.platform.held) == sorted(ids)
    with open_again(folder) as outbox:
        assert outbox.counts()[CaseState.SENDING] == 3
    finish(folder, server, ids)
    assert server.platform.arrivals == ids * 2


def test_killed_between_committing_and_sending(folder: Path, server: PlatformServer) -> None:
    reported = killed(folder, "commit", "offline_queue.store:Outbox.accept:before", "6")
    assert len(reported) == 5
    finish(folder, server, reported)
    assert server.platform.arrivals == reported
