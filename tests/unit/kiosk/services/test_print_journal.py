"""What is noted of prints survives whatever happens, and holds nothing of anybody."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from drivers.receipt_printer.types import PrintResult
from kiosk.services import print_journal
from kiosk.services.print_journal import JournalTrouble, PrintJournal

CASE, OTHER = "019abc00-1234-7abc-8def-0123456789ab", "019abc00-9999-7abc-8def-0123456789ab"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "prints.db"


@pytest.fixture
def subject(path: Path) -> Iterator[PrintJournal]:
    journal = PrintJournal(path)
    yield journal
    journal.close()


def rows(path: Path) -> list[tuple[str, str | None]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT case_id, outcome FROM prints ORDER BY id").fetchall()


def test_a_case_never_printed_is_no_copy(subject: PrintJournal) -> None:
    assert not subject.must_be_copy(CASE)


@pytest.mark.parametrize("outcome", PrintResult)
def test_only_a_print_of_which_nothing_came_out_leaves_the_next_an_original(subject: PrintJournal, outcome: PrintResult) -> None:
    number = subject.begin(CASE)
    assert subject.must_be_copy(CASE)
    subject.end(number, outcome)
    assert subject.must_be_copy(CASE) is (outcome is not PrintResult.NOT_PRINTED)
    assert not subject.must_be_copy(OTHER)


def test_one_print_in_somebody_s_hand_is_enough(subject: PrintJournal) -> None:
    subject.end(subject.begin(CASE), PrintResult.PARTLY_PRINTED)
    subject.end(subject.begin(CASE), PrintResult.NOT_PRINTED)
    assert subject.must_be_copy(CASE)


def test_a_print_left_open_is_found_at_the_next_start_and_its_outcome_noted_as_unknown(path: Path) -> None:
    """The process is killed outright: nothing is closed, nothing flushed."""
    child = (
        "import os, signal, sys; from pathlib import Path; from kiosk.services.print_journal import PrintJournal;"
        "journal = PrintJournal(Path(sys.argv[1])); journal.begin(sys.argv[2]); os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", child, str(path), CASE], check=False, cwd=Path(__file__).parents[4])
    assert killed.returncode == -signal.SIGKILL
    with closing(PrintJournal(path)) as journal:
        assert journal.must_be_copy(CASE)
        assert not journal.must_be_copy(OTHER)
    assert rows(path) == [(CASE, "unknown")]


def test_old_rows_are_trimmed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(print_journal, "MAX_PRINTS", 3)
    with closing(PrintJournal(path)) as journal:
        for number in range(5):
            journal.end(journal.begin(f"case-{number}"), PrintResult.PRINTED)
    assert [case_id for case_id, _ in rows(path)] == ["case-2", "case-3", "case-4"]


def test_the_file_holds_case_time_and_outcome_and_nothing_else(subject: PrintJournal, path: Path) -> None:
    subject.begin(CASE)
    with closing(sqlite3.connect(path)) as connection:
        columns = [name for _, name, *_ in connection.execute("PRAGMA table_info(prints)")]
    assert columns == ["id", "case_id", "begun_at_ms", "outcome"]


def test_notes_are_synced_before_they_count(subject: PrintJournal) -> None:
    subject.begin(CASE)
    assert subject._connection is not None
    assert subject._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert subject._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.expects_warnings
@pytest.mark.parametrize("rubbish", [b"no database at all" * 400, b""], ids=["rubbish", "empty"])
def test_a_damaged_file_is_set_aside_and_ends_nothing(path: Path, rubbish: bytes, caplog: pytest.LogCaptureFixture) -> None:
    path.parent.mkdir()
    path.write_bytes(rubbish)
    with closing(PrintJournal(path)) as journal:
        assert not journal.must_be_copy(CASE)
        journal.begin(CASE)
        assert journal.has_forgotten is bool(rubbish)
    assert path.with_name("prints.db.damaged").exists() is bool(rubbish)
    assert ("set aside" in caplog.text) is bool(rubbish)


@pytest.mark.expects_warnings
def test_damage_found_while_serving_costs_one_slip_and_no_restart(path: Path) -> None:
    with closing(PrintJournal(path)) as journal:
        journal.end(journal.begin(CASE), PrintResult.PARTLY_PRINTED)
        assert not journal.has_forgotten
        journal.close()
        path.write_bytes(b"x" * 20_000)
        assert not journal.must_be_copy(CASE)
        assert journal.has_forgotten


@pytest.mark.expects_warnings
def test_damage_on_a_disk_that_takes_nothing_any_more_is_trouble_and_heals(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing disk is often both: the file is damaged, and the file system has become read-only."""

    def refuse(_old: Path, _new: Path) -> Path:
        raise OSError(errno.EROFS, "Read-only file system")

    with closing(PrintJournal(path)) as journal:
        for number in range(200):
            journal.end(journal.begin(f"case-{number}"), PrintResult.PRINTED)
        assert journal._connection is not None
        journal._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"x" * 8192)
        with monkeypatch.context() as trouble:
            trouble.setattr(Path, "replace", refuse)
            with closing(sqlite3.connect(path)) as other:  # another user's write makes the journal read the file anew
                other.execute("PRAGMA user_version = 1")
            for _ in range(2):
                with pytest.raises(JournalTrouble, match=r"prints\.db"):
                    journal.begin(CASE)
            assert not journal.has_forgotten, "the file is still there"
        journal.begin(CASE)
        assert journal.has_forgotten


@pytest.mark.expects_warnings
@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_is_trouble_at_use_only_and_heals(path: Path) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o500)
    with closing(PrintJournal(path)) as journal:
        with pytest.raises(JournalTrouble, match=r"prints\.db"):
            journal.begin(CASE)
        path.parent.chmod(0o700)
        journal.begin(CASE)


@pytest.mark.expects_warnings
def test_a_place_that_is_no_folder_is_trouble_at_use_only_and_heals(path: Path) -> None:
    path.parent.write_text("in the way")
    with closing(PrintJournal(path)) as journal:
        for _ in range(2):
            with pytest.raises(JournalTrouble, match="data"):
                journal.must_be_copy(CASE)
        path.parent.unlink()
        assert not journal.must_be_copy(CASE)


@pytest.mark.expects_warnings
def test_a_file_of_a_newer_version_stays_untouched(path: Path) -> None:
    PrintJournal(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9")
    with closing(PrintJournal(path)) as journal, pytest.raises(JournalTrouble, match="newer"):
        journal.begin(CASE)
    assert not path.with_name("prints.db.damaged").exists()


def test_it_may_be_used_from_any_thread_and_again_after_closing(subject: PrintJournal) -> None:
    numbers: list[int] = []
    workers = [threading.Thread(target=lambda: numbers.append(subject.begin(CASE))) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    subject.close()
    subject.close()
    assert subject.begin(OTHER) == 9
    assert sorted(numbers) == list(range(1, 9))


@pytest.mark.expects_warnings
def test_a_damaged_file_that_cannot_be_set_aside_is_trouble_too(
    subject: PrintJournal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject.begin(CASE)
    damage = sqlite3.DatabaseError("database disk image is malformed")
    damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT

    def torn(_connection: sqlite3.Connection) -> None:
        raise damage

    def refuse(_path: Path, _target: Path) -> Path:
        raise OSError("read-only file system")

    with monkeypatch.context() as readonly:
        readonly.setattr(Path, "replace", refuse)
        with pytest.raises(JournalTrouble, match="malformed"):
            subject._use(torn)
    assert subject.must_be_copy(CASE)
