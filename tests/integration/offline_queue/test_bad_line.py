"""A whole delivery over a line that fails in every way it can, end to end over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offline_queue.enrolment import Enrolled, enrol
from offline_queue.identity import IdentityStore
from offline_queue.models import CaseCommitted
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from offline_queue.transport import PlatformClient
from tests.helpers.cases import FakeClock, sample_draft
from tests.helpers.platform_stand_in_server import PlatformServer

FAULTS = ("", "drop", "store_then_drop", "store_then_cut", "html", "busy", "redirect")


@pytest.fixture
def server() -> Iterator[PlatformServer]:
    with PlatformServer() as running:
        running.platform.tokens["once"] = "k-330304-0001"
        yield running


@pytest.fixture
def identities(server: PlatformServer, tmp_path: Path) -> IdentityStore:
    store = IdentityStore(tmp_path / "identity")
    assert isinstance(enrol(server.url, "once", "测试机", "0.1", store), Enrolled)
    return store


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(faults=st.lists(st.sampled_from(FAULTS), max_size=12), cases=st.integers(1, 6))
def test_whatever_the_line_does_each_case_arrives_once(
    server: PlatformServer, identities: IdentityStore, tmp_path_factory: pytest.TempPathFactory, faults: list[str], cases: int
) -> None:
    held_before = set(server.platform.held)
    clock = FakeClock()
    path = tmp_path_factory.mktemp("queue") / "queue.sqlite"
    with (
        Outbox.open(path, identities, clock=clock, free_disk_bytes=lambda: 10**12) as outbox,
        PlatformClient(server.url, identities, outbox.platform_time, clock=clock) as client,
    ):
        taken = [outbox.accept(sample_draft()) for _ in range(cases)]
        ids = {case.case_id for case in taken if isinstance(case, CaseCommitted)}
        syncer = Syncer(outbox, client, identities)
        server.faults.extend(faults)
        for _ in range(len(faults) + 1):
            syncer.run_once()
            clock.advance(1000)
        assert not server.faults
        assert syncer.run_once().failure is None
        assert set(server.platform.held) - held_before == ids
        assert {case_id: outbox.state_of(case_id) for case_id in ids} == dict.fromkeys(ids, CaseState.ACCEPTED)


def test_three_days_offline_then_the_network_returns(server: PlatformServer, identities: IdentityStore, tmp_path: Path) -> None:
    clock = FakeClock()
    with (
        Outbox.open(tmp_path / "queue.sqlite", identities, clock=clock, free_disk_bytes=lambda: 10**12) as outbox,
        PlatformClient(server.url, identities, outbox.platform_time, clock=clock) as client,
    ):
        syncer = Syncer(outbox, client, identities)
        for _ in range(72):
            assert isinstance(outbox.accept(sample_draft()), CaseCommitted)
            server.faults.append("drop")
            assert syncer.run_once().delivered == 0
            clock.advance(3600)
        assert outbox.oldest_pending_age_s() == 72 * 3600
        steps_of_the_oldest = len(outbox.timeline(outbox.list_cases(limit=1)[0][1].case_id))
        assert steps_of_the_oldest == 1 + 2 * 72
        assert syncer.run_once().delivered == 72
        assert server.platform.arrivals[-72:] == [case.case_id for _, case in outbox.list_cases()]
