"""The terminal's true queue and the true platform, over a socket: two readings of one contract."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from contract.search_misses import MAX_MISSES
from fleet.database import FILE_NAME
from offline_queue.enrolment import EnrolFailed, Enrolled, enrol, send_heartbeat
from offline_queue.identity import IdentityStore
from offline_queue.models import CaseCommitted
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from offline_queue.transport import PlatformClient
from tests.helpers.cases import FakeClock, sample_draft
from tests.helpers.platform_process import PlatformProcess, fleet
from tests.helpers.terminal import sample_applicant, sample_consent, sample_heartbeat


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def running(data: Path) -> Iterator[PlatformProcess]:
    process = PlatformProcess(data, "--no-process")
    yield process
    process.stop()


@pytest.fixture
def identities(running: PlatformProcess, data: Path, tmp_path: Path) -> IdentityStore:
    store = IdentityStore(tmp_path / "identity")
    assert isinstance(enrol(running.url, _token(data, "--region", "330304"), "测试机", "0.1", store), Enrolled)
    return store


def _token(data: Path, *words: str) -> str:
    return str(json.loads(fleet("enrol-token", *words, "--json", "--data", data).stdout)["token"])


def _records(data: Path, subject: str) -> dict[str, dict[str, object]]:
    records = json.loads(fleet("report", subject, "--json", "--data", data).stdout)[subject]
    return {record["case_id"]: record for record in records}


def _accept(outbox: Outbox, count: int) -> list[str]:
    draft = sample_draft(applicant=sample_applicant(), consents=(sample_consent("case_data"),))
    taken = [outbox.accept(draft) for _ in range(count)]
    return [case.case_id for case in taken if isinstance(case, CaseCommitted)]


def test_cases_and_ratings_go_all_the_way(
    running: PlatformProcess, data: Path, identities: IdentityStore, tmp_path: Path
) -> None:
    with (
        Outbox.open(tmp_path / "queue.sqlite", identities, free_disk_bytes=lambda: 10**12) as outbox,
        PlatformClient(running.url, identities, outbox.platform_time) as client,
    ):
        ids = _accept(outbox, 4)
        outbox.rate(ids[0], 5)
        syncer = Syncer(outbox, client, identities)
        assert syncer.run_once().failure is None
        assert {outbox.state_of(case_id) for case_id in ids} == {CaseState.ACCEPTED}
        assert fleet("process", "--data", data).stdout == "4 processed, 0 need staff\n"
        assert syncer.run_once().failure is None
        assert {outbox.state_of(case_id) for case_id in ids} == {CaseState.PROCESSED}
        assert outbox.sendable_ratings(10) == ()
    assert {case_id: record["state"] for case_id, record in _records(data, "cases").items()} == dict.fromkeys(ids, "processed")
    assert _records(data, "ratings")[ids[0]]["grade"] == 5


def test_searches_in_vain_go_all_the_way_and_show_once_three_asked(
    running: PlatformProcess, data: Path, identities: IdentityStore, tmp_path: Path
) -> None:
    with (
        Outbox.open(tmp_path / "queue.sqlite", identities, free_disk_bytes=lambda: 10**12) as outbox,
        PlatformClient(running.url, identities, outbox.platform_time) as client,
    ):
        syncer = Syncer(outbox, client, identities)
        for number in range(MAX_MISSES):  # a request as large as they come
            outbox.note_miss("\U00020000" * 18 + f'{chr(0x4E00 + number)}"')
        for texts in (("飞机票", "飞机票", "火车票"), ("飞机票",)):
            for text in texts:
                outbox.note_miss(text)
            assert syncer.run_once().failure is None
        assert syncer.run_once().failure is None
        assert outbox.sendable_misses(10) == ()
    assert json.loads(fleet("report", "searches", "--json", "--data", data).stdout) == {"searches": []}
    with closing(sqlite3.connect(data / FILE_NAME)) as database, database:  # one of the reports is from another day
        changed = database.execute("UPDATE search_misses SET day = '2026-01-05' WHERE text = '飞机票' AND count = 1")
        assert changed.rowcount == 1
    told = fleet("report", "searches", "--json", "--data", data).stdout
    (record,) = json.loads(told)["searches"]
    assert (record["text"], record["times"], record["terminals"]) == ("飞机票", 3, 1)
    assert "火车票" not in told
    assert fleet("report", "searches", "--data", data).stdout.startswith("text=飞机票  times=3  terminals=1  last_day=20")


def test_pending_cases_go_out_after_enrolling_again(
    running: PlatformProcess, data: Path, identities: IdentityStore, tmp_path: Path
) -> None:
    identity = identities.current()
    assert identity is not None
    with Outbox.open(tmp_path / "queue.sqlite", identities, free_disk_bytes=lambda: 10**12) as outbox:
        before = _accept(outbox, 2)
        token = _token(data, "--kiosk", identity.kiosk_id)
        assert isinstance(enrol(running.url, token, "测试机", "0.2", identities), Enrolled)
        renewed = identities.current()
        assert renewed is not None
        assert (renewed.kiosk_id, renewed.public_key == identity.public_key) == (identity.kiosk_id, False)
        after = _accept(outbox, 1)
        with PlatformClient(running.url, identities, outbox.platform_time) as client:
            assert Syncer(outbox, client, identities).run_once().failure is None
    assert set(_records(data, "cases")) == {*before, *after}


def test_a_terminal_with_a_wrong_clock_learns_the_time_and_delivers(
    running: PlatformProcess, data: Path, identities: IdentityStore, tmp_path: Path
) -> None:
    clock = FakeClock(wall_ms=1_500_000_000_000)
    with (
        Outbox.open(tmp_path / "queue.sqlite", identities, clock=clock, free_disk_bytes=lambda: 10**12) as outbox,
        PlatformClient(running.url, identities, outbox.platform_time, clock=clock) as client,
    ):
        (case_id,) = _accept(outbox, 1)
        assert Syncer(outbox, client, identities).run_once().failure is None
        assert outbox.state_of(case_id) is CaseState.ACCEPTED


def test_heartbeats_and_refused_tokens_are_understood(
    running: PlatformProcess, identities: IdentityStore, tmp_path: Path
) -> None:
    with (
        Outbox.open(tmp_path / "queue.sqlite", identities, free_disk_bytes=lambda: 10**12) as outbox,
        PlatformClient(running.url, identities, outbox.platform_time) as client,
    ):
        answer = send_heartbeat(client, sample_heartbeat(), identities)
        assert msgspec.structs.asdict(answer)["next_in_s"] == 30  # type: ignore[arg-type]
    outcome = enrol(running.url, "AAAAA-AAAAA", "测试机", "0.1", identities)
    assert isinstance(outcome, EnrolFailed)
    assert outcome.code == "bad_token"
