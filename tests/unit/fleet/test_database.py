"""Transactions, and what the database says of its surroundings."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet import migrations
from fleet.database import Database
from fleet.errors import PlatformError, StorageUnavailable, storage_problem
from fleet.migrations import STEPS

_TOKEN = "INSERT INTO tokens (token_sha256, region_code, name, created_at_ms, expires_at_ms) VALUES (?, '330304', '', 1, 2)"


@pytest.fixture
def subject(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "platform.sqlite3")
    yield database
    database.close()


def _count(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.execute("SELECT count(*) FROM tokens").fetchone()[0])


def test_commits_are_made_to_last(subject: Database) -> None:
    with subject.transaction() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_a_transaction_is_kept_whole_or_not_at_all(subject: Database) -> None:
    def fail_half_way() -> None:
        with subject.transaction() as connection:
            connection.execute(_TOKEN, ("a",))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert _count(subject) == 0
    with subject.transaction() as connection:
        connection.execute(_TOKEN, ("a",))
    assert _count(subject) == 1


def test_reading_cannot_see_what_is_not_committed_and_does_not_wait(subject: Database) -> None:
    with subject.transaction() as connection:
        connection.execute(_TOKEN, ("a",))
        assert _count(subject) == 0


def test_reading_is_one_consistent_view(subject: Database) -> None:
    with subject.reading() as view:
        before = view.execute("SELECT count(*) FROM tokens").fetchone()[0]
        with subject.transaction() as connection:
            connection.execute(_TOKEN, ("a",))
        assert view.execute("SELECT count(*) FROM tokens").fetchone()[0] == before
    assert _count(subject) == 1


def test_writers_take_turns(subject: Database) -> None:
    def write(name: str) -> None:
        for number in range(20):
            with subject.transaction() as connection:
                connection.execute(_TOKEN, (f"{name}{number}",))

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _count(subject) == 80


def test_a_full_disk_is_told_and_leaves_the_database_usable(subject: Database) -> None:
    pages = subject._writer.execute("PRAGMA page_count").fetchone()[0]
    subject._writer.execute(f"PRAGMA max_page_count = {pages}")
    many = [(f"{number:064}",) for number in range(2000)]
    with pytest.raises(StorageUnavailable, match="disk is full"), subject.transaction() as connection:
        connection.executemany(_TOKEN, many)
    subject._writer.execute("PRAGMA max_page_count = 100000")
    assert _count(subject) == 0
    with subject.transaction() as connection:
        connection.execute(_TOKEN, ("a",))
    assert _count(subject) == 1


def test_a_defect_of_ours_stays_an_exception(subject: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"), subject.reading() as connection:
        connection.execute("SELECT * FROM no_table")
    assert storage_problem(sqlite3.IntegrityError("x")) is None


def test_opening_twice_changes_nothing(subject: Database, tmp_path: Path) -> None:
    Database(tmp_path / "platform.sqlite3").close()
    with subject.reading() as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(STEPS)


def test_a_file_of_an_older_program_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "platform.sqlite3"
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", STEPS[:6])
        older = Database(path)
        with older.transaction() as connection:
            connection.execute(_TOKEN, ("a",))
        older.close()
    newer = Database(path)
    assert _count(newer) == 1
    with newer.reading() as connection:
        assert connection.execute("SELECT count(*) FROM materials").fetchone()[0] == 0
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(STEPS)
    newer.close()


def test_the_file_is_private(subject: Database, tmp_path: Path) -> None:
    assert (tmp_path / "platform.sqlite3").stat().st_mode & 0o777 == 0o600


def test_a_file_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "platform.sqlite3"
    Database(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    connection.close()
    with pytest.raises(PlatformError, match="newer version"):
        Database(path)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "platform.sqlite3"
    path.write_bytes(b"no database " * 1000)
    with pytest.raises(StorageUnavailable, match="not a database"):
        Database(path)
    assert path.read_bytes() == b"no database " * 1000


def test_a_folder_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "platform.sqlite3").mkdir()
    with pytest.raises(StorageUnavailable, match="cannot be opened"):
        Database(tmp_path / "platform.sqlite3")
