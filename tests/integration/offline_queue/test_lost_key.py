"""A machine's key that can no longer be opened: enrol again, and every pending case still goes out, once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from offline_queue.enrolment import EnrolFailed, Enrolled, enrol
from offline_queue.identity import IdentityStore
from offline_queue.key_wrapping import SystemdCreds
from offline_queue.models import CaseCommitted
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from offline_queue.transport import PlatformClient
from tests.helpers.cases import sample_draft
from tests.helpers.fake_systemd_creds import FakeSystemdCreds
from tests.helpers.platform_stand_in_server import PlatformServer

KIOSK = "k-330304-0001"


@pytest.fixture
def server() -> Iterator[PlatformServer]:
    with PlatformServer() as running:
        running.platform.tokens |= {"once": KIOSK, "twice": KIOSK}
        yield running


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSystemdCreds:
    made = FakeSystemdCreds(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(made.folder), prepend=os.pathsep)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def open_queue(folder: Path, identities: IdentityStore) -> Outbox:
    return Outbox.open(folder / "queue.sqlite", identities, free_disk_bytes=lambda: 10**12)


def commit_some(folder: Path, identities: IdentityStore, count: int) -> set[str]:
    with open_queue(folder, identities) as outbox:
        taken = [outbox.accept(sample_draft()) for _ in range(count)]
    return {case.case_id for case in taken if isinstance(case, CaseCommitted)}


@pytest.mark.expects_warnings
@pytest.mark.parametrize(("fault", "machine"), [("refuse", "this one"), ("", "another"), ("empty", "this one")])
def test_every_pending_case_goes_out_after_enrolling_again(
    server: PlatformServer, fake: FakeSystemdCreds, folder: Path, fault: str, machine: str
) -> None:
    identities = IdentityStore(folder / "identity", wrapper=SystemdCreds())
    assert isinstance(enrol(server.url, "once", "测试机", "0.1", identities), Enrolled)
    ids = commit_some(folder, identities, 7)
    assert len(ids) == 7

    fake.tell(fault, machine)
    lost = IdentityStore(folder / "identity", wrapper=SystemdCreds())
    assert lost.problem == "key_lost"
    with open_queue(folder, lost) as outbox, PlatformClient(server.url, lost, outbox.platform_time) as client:
        failure = Syncer(outbox, client, lost).run_once().failure
        assert failure
        assert failure.code == "not_enrolled"
        assert outbox.pending_count() == 7

        fake.tell("", machine)
        assert isinstance(enrol(server.url, "twice", "测试机", "0.1", lost), Enrolled)
        assert lost.problem == ""
        assert Syncer(outbox, client, lost).run_once().delivered == 7
        assert {case_id: outbox.state_of(case_id) for case_id in ids} == dict.fromkeys(ids, CaseState.ACCEPTED)
    assert set(server.platform.held) == ids
    assert sorted(server.platform.arrivals) == sorted(ids)
    assert len(server.platform.kiosk_keys[KIOSK]) == 2
    assert IdentityStore(folder / "identity").key_protection == "systemd-creds"


def test_a_wrapper_that_refuses_is_told_before_the_token_is_spent(
    server: PlatformServer, fake: FakeSystemdCreds, folder: Path
) -> None:
    identities = IdentityStore(folder / "identity", wrapper=SystemdCreds())
    fake.tell("refuse")
    outcome = enrol(server.url, "once", "测试机", "0.1", identities)
    assert isinstance(outcome, EnrolFailed)
    assert outcome.code == "storage_failed"
    assert "TPM2 refuses" in outcome.detail
    assert server.requests == []
    fake.tell()
    assert isinstance(enrol(server.url, "once", "测试机", "0.1", identities), Enrolled)


def test_a_key_moved_under_a_wrapper_delivers_what_was_signed_before(
    server: PlatformServer, fake: FakeSystemdCreds, folder: Path
) -> None:
    plain = IdentityStore(folder / "identity")
    assert isinstance(enrol(server.url, "once", "测试机", "0.1", plain), Enrolled)
    ids = commit_some(folder, plain, 3)
    assert plain.rewrap(SystemdCreds())
    again = IdentityStore(folder / "identity")
    with open_queue(folder, again) as outbox, PlatformClient(server.url, again, outbox.platform_time) as client:
        assert Syncer(outbox, client, again).run_once().delivered == 3
    assert set(server.platform.held) == ids
