from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline_queue.log_check import rot_in_log

FRAME = 4096 + 24
TRANSACTIONS = 12


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The log of a dozen transactions, as SQLite writes it."""
    folder = tmp_path_factory.mktemp("log")
    with closing(sqlite3.connect(folder / "q", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("CREATE TABLE t (x)")
        for number in range(TRANSACTIONS):
            connection.execute("INSERT INTO t VALUES (?)", (f"{number}" * 3000,))
        shutil.copy(folder / "q-wal", folder / "copy")
    return (folder / "copy").read_bytes()


def told(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "wal"
    path.write_bytes(content)
    return rot_in_log(path)


def commits(content: bytes) -> list[int]:
    """Frames that end a transaction."""
    frames = range((len(content) - 32) // FRAME)
    return [number for number in frames if content[32 + number * FRAME + 4 : 32 + number * FRAME + 8] != bytes(4)]


def test_a_whole_log_and_none_at_all_are_fine(log: bytes, tmp_path: Path) -> None:
    assert told(tmp_path, log) == ""
    assert told(tmp_path, b"") == ""
    assert rot_in_log(tmp_path / "nothing here") == ""


def test_rot_in_any_frame_but_those_of_the_last_transaction_is_found(log: bytes, tmp_path: Path) -> None:
    ends = commits(log)
    last_begins = ends[-2] + 1
    for frame in range((len(log) - 32) // FRAME):
        for place in (0, 20, 24, 2000, FRAME - 1):
            spoiled = bytearray(log)
            spoiled[32 + frame * FRAME + place] ^= 0x40
            found = told(tmp_path, bytes(spoiled))
            assert bool(found) is (frame < last_begins), (frame, place)


def test_a_frame_whose_head_is_gone_does_not_hide_what_follows(log: bytes, tmp_path: Path) -> None:
    for frame in range(commits(log)[-3] + 1):
        spoiled = bytearray(log)
        spoiled[32 + frame * FRAME : 32 + (frame + 1) * FRAME] = bytes(FRAME)
        assert told(tmp_path, bytes(spoiled)), frame


@settings(max_examples=60)
@given(st.data())
def test_a_transaction_that_never_came_to_its_end_is_no_rot(
    log: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """A power cut leaves the last transaction in pieces, written in any order; what was before it is whole."""
    first = commits(log)[-2] + 1
    torn = bytearray(log)
    for frame in range(first, (len(log) - 32) // FRAME):
        if data.draw(st.booleans()):
            torn[32 + frame * FRAME : 32 + (frame + 1) * FRAME] = bytes(FRAME)
    cut = data.draw(st.integers(32 + first * FRAME, len(torn)))
    assert told(tmp_path_factory.mktemp("torn"), bytes(torn[:cut])) == ""


def test_frames_of_an_earlier_generation_are_no_rot(log: bytes, tmp_path: Path) -> None:
    older = bytearray(log)
    start = commits(log)[4] + 1
    for frame in range(start, (len(log) - 32) // FRAME):
        older[32 + frame * FRAME + 8] ^= 1
    assert told(tmp_path, bytes(older)) == ""


@given(st.binary(max_size=200))
def test_nonsense_never_raises(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    found = told(tmp_path_factory.mktemp("nonsense"), content)
    assert bool(found) is (len(content) > 32 and any(content[:32]))


def test_a_head_that_rotted_is_found_and_one_that_was_never_written_is_none(log: bytes, tmp_path: Path) -> None:
    for place in range(32):
        spoiled = bytearray(log)
        spoiled[place] ^= 0x10
        assert "head" in told(tmp_path, bytes(spoiled)), place
    assert told(tmp_path, bytes(len(log))) == ""
