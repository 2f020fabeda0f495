from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from offline_queue.database import QueueDatabase
from offline_queue.errors import KnownError
from offline_queue.migrations import APPLICATION_ID
from offline_queue.schema import MIGRATIONS
from offline_queue.settings import QueueSettings

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
