from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlite_utils import Database

from contract.cases import CaseHeader, SealedCase, SubmitAnswer
from offline_queue.database import QueueDatabase
from offline_queue.errors import KnownError
from offline_queue.migrations import APPLICATION_ID
from offline_queue.models import CaseCommitted
from offline_queue.policy import Failure
from offline_queue.schema import MIGRATIONS
from offline_queue.settings import QueueSettings
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from tests.helpers.cases import FakeClock, FixedIdentity, sample_draft
from tests.helpers.platform_stand_in import Platform
from tests.unit.offline_queue.conftest import MemoryLine

SETTINGS = QueueSettings()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue.sqlite"


def add_table(db: Database) -> None:
    db.table("second_step").create({"x": int})


def fail_halfway(db: Database) -> None:
    db.table("half").create({"x": int})
    raise sqlite3.OperationalError("out of luck")


def facts(path: Path) -> dict[str, object]:
    with closing(sqlite3.connect(path)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        application = connection.execute("PRAGMA application_id").fetchone()[0]
    return {"tables": tables, "version": version, "application": application}


def test_a_new_file_gets_every_step_and_our_mark(path: Path) -> None:
    QueueDatabase(path, SETTINGS).close()
    assert facts(path)["version"] == len(MIGRATIONS)
    assert facts(path)["application"] == APPLICATION_ID


def test_every_safety_is_on(path: Path) -> None:
    database = QueueDatabase(path, SETTINGS)
    with database.read() as connection:
        told = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
    database.close()
    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 5000}


def test_a_step_taken_later_keeps_a_copy_of_the_file_before_it(path: Path) -> None:
    QueueDatabase(path, SETTINGS).close()
    QueueDatabase(path, SETTINGS, (*MIGRATIONS, add_table)).close()
    assert "second_step" in facts(path)["tables"]  # type: ignore[operator]
    copy = facts(path.with_name(f"queue.sqlite.before-step-{len(MIGRATIONS) + 1}"))
    assert copy["version"] == len(MIGRATIONS)
    assert "second_step" not in copy["tables"]  # type: ignore[operator]


def test_a_step_that_fails_leaves_the_file_as_it_was(path: Path) -> None:
    QueueDatabase(path, SETTINGS).close()
    before = facts(path)
    with pytest.raises(Exception, match="out of luck"):
        QueueDatabase(path, SETTINGS, (*MIGRATIONS, fail_halfway))
    assert facts(path) == before


def test_steps_are_taken_once(path: Path) -> None:
    QueueDatabase(path, SETTINGS, (*MIGRATIONS, add_table)).close()
    QueueDatabase(path, SETTINGS, (*MIGRATIONS, add_table)).close()
    assert facts(path)["version"] == len(MIGRATIONS) + 1


def test_a_newer_file_is_refused_and_untouched(path: Path) -> None:
    QueueDatabase(path, SETTINGS, (*MIGRATIONS, add_table)).close()
    before = path.read_bytes()
    with pytest.raises(KnownError) as caught:
        QueueDatabase(path, SETTINGS)
    assert caught.value.code == "newer_schema"
    assert path.read_bytes() == before


def test_another_programs_file_is_refused_and_untouched(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
        connection.commit()
    before = path.read_bytes()
    with pytest.raises(KnownError) as caught:
        QueueDatabase(path, SETTINGS)
    assert caught.value.code == "foreign_database"
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


# A file of an earlier version

OLD_FILE = Path(__file__).parents[2] / "fixtures" / "offline_queue" / "queue_v2.sql"


@pytest.fixture
def old_queue(tmp_path: Path) -> Path:
    path = tmp_path / "queue.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(OLD_FILE.read_text(encoding="utf-8"))
    return path


def old_facts(path: Path) -> tuple[dict[str, str], dict[str, list[str]]]:
    with closing(sqlite3.connect(path)) as connection:
        states = dict(connection.execute("SELECT case_id, state FROM cases").fetchall())
        steps: dict[str, list[str]] = {case_id: [] for case_id in states}
        for case_id, code in connection.execute("SELECT case_id, code FROM audit WHERE case_id <> '' ORDER BY entry"):
            steps[case_id].append(code)
    return states, steps


def test_an_old_file_keeps_every_case_its_state_its_bytes_and_its_history(
    old_queue: Path, identity: FixedIdentity, clock: FakeClock
) -> None:
    states, steps = old_facts(old_queue)
    assert set(states.values()) == {state.value for state in CaseState}
    assert identity.identity
    identity.earlier = (Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key().public_bytes_raw(),)
    with Outbox.open(old_queue, identity, clock=clock, free_disk_bytes=lambda: 10**12) as outbox:
        assert outbox.damage is None
        assert {case_id: outbox.state_of(case_id) for case_id in states} == states
        assert {case_id: [step.code for step in outbox.timeline(case_id)] for case_id in states} == steps
        assert sum(outbox.counts().values()) == len(states)
        assert outbox.first_broken_audit_entry() is None
        taken = outbox.accept(sample_draft())
        assert isinstance(taken, CaseCommitted)
        assert taken.sequence == len(states) + 1, "counting goes on behind the old cases"
    assert facts(old_queue.with_name("queue.sqlite.before-step-3"))["version"] == 2
    assert old_queue.with_name("queue.sqlite.before-step-3").stat().st_mode & 0o077 == 0


def test_every_pending_case_of_an_old_file_still_goes_out(
    old_queue: Path, identity: FixedIdentity, clock: FakeClock, platform: Platform, line: MemoryLine
) -> None:
    old_key = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key().public_bytes_raw()
    platform.kiosk_keys["k-330304-0001"].append(old_key)
    arrived: list[str] = []
    honest = line.submit

    def note(cases: tuple[SealedCase, ...]) -> SubmitAnswer | Failure:
        arrived.extend(msgspec.json.decode(case.header, type=CaseHeader).case_id for case in cases)
        return honest(cases)

    line.submit = note  # type: ignore[method-assign]
    states, _ = old_facts(old_queue)
    due = {case_id for case_id, state in states.items() if state in {"committed", "sending", "waiting"}}
    clock.advance(200_000)
    # The platform of the old file is gone with its private keys: this one can only verify, so it takes the cases unopened.
    platform.takes_unopened = True
    with Outbox.open(old_queue, identity, clock=clock, free_disk_bytes=lambda: 10**12) as outbox:
        report = Syncer(outbox, line, identity).run_once()
        assert (report.delivered, report.failure) == (len(due), None)
    assert set(arrived) == due


def test_a_step_that_would_orphan_rows_is_not_taken(old_queue: Path) -> None:
    with closing(sqlite3.connect(old_queue)) as connection:
        connection.execute("INSERT INTO envelopes VALUES (99, x'00', x'00', x'00')")
        connection.commit()
    with pytest.raises(KnownError) as caught:
        QueueDatabase(old_queue, SETTINGS)
    assert caught.value.code == "corrupt"
    assert facts(old_queue)["version"] == 2
