"""Looking into a queue changes nothing, tells what is there, and says in a line what is in the way."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from offline_queue.errors import KnownError
from offline_queue.guests import join
from offline_queue.identity import IdentityStore
from offline_queue.inspection import Inspection, connect_read_only
from offline_queue.migrations import APPLICATION_ID
from offline_queue.models import Closed, Delivered, Open, RefusalCode
from offline_queue.schema import MIGRATIONS
from offline_queue.settings import QueueSettings
from offline_queue.states import CaseState
from tests.helpers.cases import FakeClock
from tests.helpers.queues import LARGE, SMALL, Built, build, open_outbox, take


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def built(tmp_path: Path, clock: FakeClock) -> Built:
    return build(tmp_path / "data", clock=clock)


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE mine (x)")


def versioned(step: int) -> object:
    def make(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {step}")
            connection.execute("CREATE TABLE cases (x)")

    return make


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (foreign, "foreign_database"),
        (versioned(len(MIGRATIONS) + 1), "newer_schema"),
        (versioned(1), "older_schema"),
        (lambda path: path.write_bytes(b"hello, this is a text and no database " * 50), "corrupt"),
        (lambda path: path.write_bytes(b""), "absent"),
        (lambda _: None, "absent"),
        (lambda path: path.mkdir(), "cannot_open"),
    ],
    ids=["foreign", "newer", "older", "text", "empty", "none", "folder"],
)
def test_what_is_no_queue_is_told_in_a_line_and_stays_as_it_was(tmp_path: Path, make: object, code: str) -> None:
    path = tmp_path / "cases.db"
    make(path)  # type: ignore[operator]
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(KnownError) as caught:
        Inspection(path)
    with pytest.raises(KnownError), join(path, IdentityStore(tmp_path / "identity", read_only=True)):
        pass
    assert caught.value.code == code
    assert len(str(caught.value)) > len(code) + 20
    assert "\n" not in str(caught.value)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert not (tmp_path / "identity").exists()


def test_a_lost_queue_is_told_apart_from_none(tmp_path: Path) -> None:
    (tmp_path / "cases.db.reserve").write_bytes(b'{"k": 256}')
    with pytest.raises(KnownError, match="gone or empty, though cases were taken"):
        Inspection(tmp_path / "cases.db")


def test_nothing_can_be_written_by_looking(built: Built) -> None:
    before = built.path.read_bytes()
    with closing(connect_read_only(built.path, 1.0)) as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM cases")
    with Inspection(built.path) as inspection:
        inspection.overview(None)
        inspection.page(None, 0, 10)
    assert built.path.read_bytes() == before


def test_a_folder_that_cannot_be_written_can_be_looked_into(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root writes anywhere, so SQLite's refusal is played."""
    original, asked = sqlite3.connect, []

    def connect(database: str, **keywords: object) -> sqlite3.Connection:
        asked.append(database)
        if len(asked) == 1:
            return original("file:/nonexistent/none?mode=ro", uri=True)
        return original(database, **keywords)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr("offline_queue.inspection.sqlite3.connect", connect)
    with Inspection(built.path) as inspection:
        assert inspection.overview(None).pending == 5
    assert "immutable=1" in asked[1]


def test_the_overview_tells_how_the_queue_is(built: Built, clock: FakeClock) -> None:
    clock.advance(3600)
    with Inspection(built.path, clock=clock, free_disk_bytes=lambda: 10**12) as inspection:
        seen = inspection.overview(built.identity.current())
    assert seen.counts == {state: 1 for state in CaseState} | {CaseState.ACCEPTED: 2, CaseState.COMMITTED: 2}
    assert (seen.pending, seen.oldest_pending_s, seen.free_disk_bytes) == (5, 3600, 10**12)
    assert seen.gate == Open()
    assert seen.last_delivery_at_ms == clock.wall_ms - 3_600_000
    assert seen.size_bytes >= built.path.stat().st_size
    assert seen.last_failure is not None
    assert (seen.last_failure.code, seen.last_failure.case_id) == ("unreachable", built.cases["void"])


@pytest.mark.parametrize(
    ("settings", "free", "code"),
    [
        (QueueSettings(max_pending=5), 10**12, RefusalCode.BACKLOG_FULL),
        (QueueSettings(max_pending_age_s=60), 10**12, RefusalCode.BACKLOG_OLD),
        (QueueSettings(), 5, RefusalCode.DISK_FULL),
    ],
)
def test_the_gate_is_told_as_the_terminal_would(
    built: Built, clock: FakeClock, settings: QueueSettings, free: int, code: RefusalCode
) -> None:
    clock.advance(3600)
    with Inspection(built.path, settings=settings, clock=clock, free_disk_bytes=lambda: free) as inspection:
        gate = inspection.overview(built.identity.current()).gate
        assert isinstance(gate, Closed)
        assert gate.code is code
        unknown = inspection.overview(None).gate
    assert unknown == Closed(RefusalCode.NOT_ENROLLED)


def test_the_last_delivery_is_the_newest_one_whatever_came_since(built: Built, clock: FakeClock) -> None:
    clock.advance(100)
    with open_outbox(built, clock) as outbox:
        claimed = outbox.claim("late", after_position=0, max_cases=9, max_bytes=10**9)
        first = claimed[0]
        outbox.record("late", [Delivered(first.header.case_id, built.platform.sign_receipt(first.header, first.digest))])
        delivered_ms = clock.wall_ms
        clock.advance(100)
        for number in range(20):
            take(outbox, built, f"more {number}")
    with Inspection(built.path, clock=clock) as inspection:
        seen = inspection.overview(None)
    assert seen.last_delivery_at_ms == delivered_ms
    assert seen.last_failure is not None
    assert seen.last_failure.is_over


def test_a_queue_without_deliveries_or_failures_says_so(tmp_path: Path) -> None:
    fresh = Built(tmp_path / "data", build(tmp_path / "other").platform, IdentityStore(tmp_path / "data" / "identity"))
    open_outbox(fresh).close()
    with Inspection(fresh.path) as inspection:
        seen = inspection.overview(None)
    assert (seen.last_delivery_at_ms, seen.last_failure, seen.oldest_pending_s, seen.pending) == (None, None, None, 0)


def test_pages_follow_each_other(built: Built) -> None:
    with Inspection(built.path) as inspection:
        first = inspection.page(None, 0, 4)
        rest = inspection.page(None, first[-1][0], 100)
        assert [case.case_id for _, case in [*first, *rest]] == list(built.cases.values())
        assert [case.case_id for _, case in inspection.page(CaseState.WAITING, 0, 9)] == [built.cases["waiting"]]


def test_a_case_is_found_by_id_and_by_number_and_told_whole(built: Built) -> None:
    with Inspection(built.path) as inspection:
        found = inspection.find(built.cases["accepted"].upper())
        assert found is not None
        assert inspection.find(built.numbers["accepted"].lower()) == found
        assert inspection.find("01900000-0000-7000-8000-000000000000") is None
    assert [step.code for step in found.steps] == ["committed", "claimed", "receipt"]
    assert found.receipt_key_id == "receipt-1"
    assert found.received_at_ms is not None
    assert len(found.materials) == 2
    sizes = [material.size_bytes or 0 for material in found.materials]
    assert sizes[0] > SMALL
    assert sizes[1] > LARGE


def test_looking_works_beside_a_terminal_that_writes(built: Built) -> None:
    with open_outbox(built) as outbox, Inspection(built.path) as inspection:
        before = inspection.overview(None).pending
        take(outbox, built, "one more")
        assert inspection.overview(None).pending == before + 1


def test_a_guest_decides_beside_a_terminal_that_runs(built: Built) -> None:
    with open_outbox(built) as outbox:
        with join(built.path, built.identity) as guest:
            assert guest.outbox.retry(built.cases["desk"], "测试员")
            assert not guest.outbox.retry(built.cases["accepted"], "测试员")
            assert guest.outbox.void(built.cases["waiting"], "测试员", "test")
        assert outbox.counts()[CaseState.NEEDS_STAFF] == 0
        assert outbox.state_of(built.cases["waiting"]) is CaseState.VOID
        assert outbox.timeline(built.cases["desk"])[-1].detail == "by 测试员"


def test_an_identity_looked_at_keeps_its_modes(built: Built) -> None:
    record = built.data / "identity" / "enrolment.json"
    record.chmod(0o644)
    assert IdentityStore(built.data / "identity", read_only=True).current() is not None
    assert record.stat().st_mode & 0o777 == 0o644
