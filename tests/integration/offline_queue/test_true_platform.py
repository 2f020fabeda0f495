"""The true queue and the true platform, each in its own process, over HTTP."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from contract.cases import Consent, Material
from contract.kiosks import Heartbeat, HeartbeatAnswer
from offline_queue.enrolment import Enrolled, enrol
from offline_queue.identity import IdentityStore
from offline_queue.models import CaseCommitted, CaseDraft, MaterialDraft, MaterialKept
from offline_queue.reconcile import Reconciled
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from offline_queue.sync import Syncer, SyncReport
from offline_queue.transport import PlatformClient
from tests.helpers.cases import sample_draft
from tests.helpers.platform_process import PlatformProcess, fleet

PATIENCE_S = 30.0


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "platform"


@pytest.fixture
def platform(data: Path) -> Iterator[PlatformProcess]:
    running = PlatformProcess(data)
    yield running
    running.stop()


@pytest.fixture
def identities(tmp_path: Path, platform: PlatformProcess, data: Path) -> IdentityStore:
    store = IdentityStore(tmp_path / "identity")
    join(platform, store, data, "--region", "330304")
    return store


@pytest.fixture
def outbox(tmp_path: Path, identities: IdentityStore) -> Iterator[Outbox]:
    with Outbox.open(tmp_path / "queue" / "queue.sqlite", identities, free_disk_bytes=lambda: 10**12) as opened:
        yield opened


def join(platform: PlatformProcess, identities: IdentityStore, data: Path, *grant: str) -> None:
    told = fleet("enrol-token", *grant, "--data", data, "--json")
    assert told.returncode == 0, told.stderr
    outcome = enrol(platform.url, json.loads(told.stdout)["token"], "测试机", "0.1", identities)
    assert isinstance(outcome, Enrolled), outcome


def whole_draft() -> CaseDraft:
    consent = Consent(purpose="case_data", text_version="1", language="zh", granted=True, at_ms=1_795_420_800_000)
    return sample_draft(consents=(consent,))


def take(outbox: Outbox, count: int) -> list[str]:
    taken = [outbox.accept(whole_draft()) for _ in range(count)]
    return [case.case_id for case in taken if isinstance(case, CaseCommitted)]


def one_pass(outbox: Outbox, identities: IdentityStore, url: str) -> SyncReport:
    with PlatformClient(url, identities, outbox.platform_time) as client:
        return Syncer(outbox, client, identities).run_once()


def held_by(data: Path) -> list[str]:
    told = fleet("report", "cases", "--data", data, "--json")
    assert told.returncode == 0, told.stderr
    return sorted(record["case_id"] for record in json.loads(told.stdout)["cases"])


def until_processed(outbox: Outbox, identities: IdentityStore, url: str) -> None:
    patience_ends = time.monotonic() + PATIENCE_S
    while outbox.awaits_progress():
        assert time.monotonic() < patience_ends, outbox.counts()
        assert one_pass(outbox, identities, url).failure is None
        time.sleep(0.1)


def test_cases_are_delivered_and_processed(
    platform: PlatformProcess, identities: IdentityStore, outbox: Outbox, data: Path
) -> None:
    ids = take(outbox, 120)
    assert one_pass(outbox, identities, platform.url).delivered == 120
    assert held_by(data) == sorted(ids)
    until_processed(outbox, identities, platform.url)
    assert outbox.counts()[CaseState.PROCESSED] == 120


def test_a_platform_that_dies_and_returns_holds_each_case_once(
    platform: PlatformProcess, identities: IdentityStore, outbox: Outbox, data: Path
) -> None:
    ids = take(outbox, 5)
    assert one_pass(outbox, identities, platform.url).delivered == 5
    platform.stop(signal.SIGKILL)
    ids += take(outbox, 5)
    failure = one_pass(outbox, identities, platform.url).failure
    assert failure
    assert failure.code == "unreachable"
    returned = PlatformProcess(data)
    try:
        assert one_pass(outbox, identities, returned.url).delivered == 5
        until_processed(outbox, identities, returned.url)
        assert held_by(data) == sorted(ids)
    finally:
        returned.stop()


def test_after_the_key_was_lost_and_under_a_new_id_every_case_arrives_once_and_is_followed(
    platform: PlatformProcess, identities: IdentityStore, outbox: Outbox, data: Path
) -> None:
    first = identities.current()
    assert first
    ids = take(outbox, 2)
    join(platform, identities, data, "--kiosk", first.kiosk_id)
    ids += take(outbox, 2)
    assert one_pass(outbox, identities, platform.url).delivered == 4
    ids += take(outbox, 2)
    join(platform, identities, data, "--succeeds", first.kiosk_id)
    second = identities.current()
    assert second
    assert second.kiosk_id != first.kiosk_id
    ids += take(outbox, 2)
    assert one_pass(outbox, identities, platform.url).failure is None
    until_processed(outbox, identities, platform.url)
    assert outbox.counts()[CaseState.PROCESSED] == len(ids)
    assert held_by(data) == sorted(ids)
    assert outbox.needs_staff() == ()


def keep(outbox: Outbox, content: bytes) -> Material:
    kept = outbox.materials.keep(
        MaterialDraft(kind="id_card_copy", name="测试", media_type="image/jpeg", content=bytearray(content))
    )
    assert isinstance(kept, MaterialKept)
    return kept.material


def test_materials_arrive_before_their_case_and_are_opened_when_it_is_processed(
    outbox: Outbox, identities: IdentityStore, platform: PlatformProcess, data: Path
) -> None:
    materials = keep(outbox, b"small scan " * 100), keep(outbox, os.urandom(2_500_000))
    taken = outbox.accept(dataclasses.replace(whole_draft(), materials=materials))
    assert isinstance(taken, CaseCommitted)
    report = one_pass(outbox, identities, platform.url)
    assert (report.delivered, report.failure) == (1, None)
    until_processed(outbox, identities, platform.url)
    assert outbox.state_of(taken.case_id) is CaseState.PROCESSED
    assert held_by(data) == [taken.case_id]


@pytest.mark.expects_warnings
def test_the_daily_comparison_brings_back_what_the_platform_lost(
    outbox: Outbox, identities: IdentityStore, platform: PlatformProcess, data: Path
) -> None:
    ids = take(outbox, 5)
    assert one_pass(outbox, identities, platform.url).delivered == 5
    with closing(sqlite3.connect(data / "platform.sqlite3")) as connection:
        connection.execute("DELETE FROM case_changes WHERE case_id = ?", (ids[2],))
        connection.execute("DELETE FROM cases WHERE case_id = ?", (ids[2],))
        connection.commit()
    assert compare(outbox, identities, platform).sent_again == 1
    assert one_pass(outbox, identities, platform.url).delivered == 1
    assert held_by(data) == sorted(ids)
    assert compare(outbox, identities, platform).differing_days == 0


def compare(outbox: Outbox, identities: IdentityStore, platform: PlatformProcess) -> Reconciled:
    told = outbox.reconciliation.digest()
    entry, chain = outbox.audit_head()
    beat = Heartbeat(
        sent_at_ms=1,
        software_version="0.1",
        catalogue_version="1",
        pending_cases=0,
        oldest_pending_s=None,
        needs_staff_cases=0,
        free_disk_bytes=1,
        clock_doubtful=False,
        serving=True,
        devices=(),
        queue_digest=told,
        audit_entry=entry,
        audit_chain=chain,
    )
    with PlatformClient(platform.url, identities, outbox.platform_time) as client:
        answer = client.heartbeat(beat)
    assert isinstance(answer, HeartbeatAnswer), answer
    assert answer.reconciliation is not None
    return outbox.reconciliation.settle(told, answer.reconciliation)
