"""Every fault a line can have, between the true queue and the true platform; long runs: ``benchmarks.queue_faults``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from offline_queue.policy import Failure
from offline_queue.settings import TransportSettings
from offline_queue.transport import PlatformClient
from tests.helpers.fault_runs.hostile_lines import CERTIFICATES, HostileLines
from tests.helpers.fault_world import draft, open_queue
from tests.helpers.hostile_line import FAULTS, HostileLine
from tests.helpers.queue_invariants import check_all, check_claims, drain, new_syncer

pytestmark = pytest.mark.expects_warnings


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileLines]:
    made = HostileLines(tmp_path_factory.mktemp("line"))
    yield made
    made.close()


@pytest.mark.parametrize("seed", range(8))
def test_whatever_the_line_does_each_case_arrives_once(subject: HostileLines, seed: int) -> None:
    assert subject.run(seed) == []
    assert subject.acknowledged


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_alone_loses_doubles_or_invents(subject: HostileLines, fault: str) -> None:
    world = subject.world
    settings = TransportSettings(io_timeout_s=0.4)
    with (
        open_queue(world.terminal) as outbox,
        HostileLine(world.url, 7) as line,
        PlatformClient(line.url, world.identities, outbox.platform_time, settings=settings) as client,
    ):
        syncer = new_syncer(outbox, client, world.terminal)
        for _ in range(2):
            outcome = outbox.accept(draft())
            subject.acknowledged.add(outcome.case_id)  # type: ignore[union-attr]
            line.faults.append(fault)
            syncer.run_once()
            assert check_claims(outbox, world.held()) == []
        # A connection that said too much may be given up before it is used again.
        assert line.done.count(fault) >= 1
        assert drain(outbox, syncer) == []
        assert check_all(outbox, world.held(), subject.acknowledged) == []


def test_the_right_certificate_is_believed(subject: HostileLines) -> None:
    assert subject.show_certificate("right") == []


@pytest.mark.parametrize("kind", CERTIFICATES)
def test_a_wrong_certificate_gets_not_a_byte(subject: HostileLines, kind: str) -> None:
    assert subject.show_certificate(kind) == []


def test_the_line_truly_cuts(subject: HostileLines) -> None:
    world = subject.world
    with (
        open_queue(world.terminal) as outbox,
        HostileLine(world.url, 1) as line,
        PlatformClient(line.url, world.identities, outbox.platform_time) as client,
    ):
        line.faults.append("cut_answer")
        assert isinstance(client.status("", 10), Failure)
        assert not isinstance(client.status("", 10), Failure)
