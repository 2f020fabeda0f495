"""What was used stays used: over restarts, between threads and processes, when clocks move, and when the file is damaged."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.services.used_credentials import ReplayStore, ReplayTrouble
from tests.helpers.credentials import NOW_MS

UNTIL_MS = NOW_MS + 330_000
ID = "a1" * 32


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "used.db"


def test_each_is_taken_once_also_after_a_restart(path: Path) -> None:
    store = ReplayStore(path)
    assert store.use(ID, UNTIL_MS, NOW_MS)
    assert not store.use(ID, UNTIL_MS, NOW_MS)
    store.close()
    store.close()
    again = ReplayStore(path)
    assert not again.use(ID, UNTIL_MS, NOW_MS + 1)
    assert again.use("b2" * 32, UNTIL_MS, NOW_MS + 1)
    again.close()


def test_only_digests_and_times_are_kept_and_for_nobody_else(path: Path) -> None:
    store = ReplayStore(path)
    store.use(ID, UNTIL_MS, NOW_MS)
    store.close()
    assert path.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT * FROM used").fetchall() == [(ID, UNTIL_MS)]
    connection.close()


def test_of_many_at_once_one_is_the_first(path: Path) -> None:
    """Two stores on one file are as good as two processes."""
    stores = [ReplayStore(path), ReplayStore(path)]
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda number: stores[number % 2].use(ID, UNTIL_MS, NOW_MS), range(16)))
    assert taken.count(True) == 1
    for store in stores:
        store.close()


def test_entries_go_when_their_time_is_over(path: Path) -> None:
    store = ReplayStore(path)
    for number in range(5):
        assert store.use(f"{number:064x}", UNTIL_MS + number, NOW_MS)
    assert store.use(ID, UNTIL_MS * 2, UNTIL_MS + 100)
    store.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT credential_id FROM used").fetchall() == [(ID,)]
    connection.close()


def test_a_clock_that_goes_back_brings_nothing_to_life(path: Path) -> None:
    store = ReplayStore(path)
    assert store.use(ID, UNTIL_MS, NOW_MS)
    assert store.use("b2" * 32, UNTIL_MS + 86_400_000, NOW_MS + 86_400_000)  # the first one is let go of here
    assert not store.use(ID, UNTIL_MS, NOW_MS)
    store.close()


@pytest.mark.expects_warnings
@pytest.mark.parametrize("damage", [b"", b"not a database, whatever its name says" * 40])
def test_after_damage_only_what_is_issued_later_is_taken(path: Path, damage: bytes) -> None:
    store = ReplayStore(path)
    assert store.use(ID, UNTIL_MS, NOW_MS)
    store.close()
    content = bytearray(path.read_bytes())
    content[0:100] = (damage or b"\xff")[:100].ljust(100, b"\xff")
    path.write_bytes(content)
    store = ReplayStore(path)
    assert not store.use(ID, UNTIL_MS, NOW_MS)
    assert not store.use("b2" * 32, UNTIL_MS, NOW_MS)
    later_ms = NOW_MS + 60_001
    assert store.use("c3" * 32, later_ms + 330_000, later_ms)
    store.close()
    assert path.with_name("used.db.damaged").exists()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = ReplayStore(tmp_path / "file" / "used.db")
    with pytest.raises(ReplayTrouble):
        store.use(ID, UNTIL_MS, NOW_MS)


def test_a_file_of_a_newer_version_is_left_alone(path: Path) -> None:
    store = ReplayStore(path)
    store.use(ID, UNTIL_MS, NOW_MS)
    store.close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(ReplayTrouble, match="newer"):
        ReplayStore(path).use(ID, UNTIL_MS, NOW_MS)


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(st.tuples(st.integers(0, 4), st.integers(-400, 400), st.booleans()), min_size=1, max_size=12))
def test_none_is_ever_taken_twice_whatever_clock_and_restarts_do(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, bool]]
) -> None:
    path = tmp_path_factory.mktemp("used") / "used.db"
    store = ReplayStore(path)
    now_ms, taken = NOW_MS, set()
    for number, clock_s, restarts in steps:
        now_ms += clock_s * 1000
        # A credential's own end never changes: it is signed.
        until_ms = NOW_MS + number * 100_000
        if until_ms <= now_ms:
            continue  # refused as expired before the store is asked
        if store.use(f"{number:064x}", until_ms, now_ms):
            assert number not in taken
            taken.add(number)
        if restarts:
            store.close()
            store = ReplayStore(path)
    store.close()
