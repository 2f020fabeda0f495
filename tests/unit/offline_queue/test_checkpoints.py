from __future__ import annotations

import threading
from pathlib import Path

import pytest

from drivers.types import Deadline
from offline_queue.checkpoints import Checkpointer
from offline_queue.settings import QueueSettings
from offline_queue.store import Outbox
from tests.helpers.cases import FakeClock, FixedIdentity
from tests.unit.offline_queue.conftest import commit


def unfolded(outbox: Outbox) -> int:
    return outbox._database._checkpointer.unfolded


def wait_until_folded(outbox: Outbox, rest: int = 0) -> None:
    deadline = Deadline(30)
    while unfolded(outbox) > rest:
        assert not deadline.is_over, "the log is never folded in"
        deadline.sleep(0.02)


def open_queue(folder: Path, identity: FixedIdentity, clock: FakeClock, settings: QueueSettings) -> Outbox:
    return Outbox.open(folder / "q", identity, clock=clock, settings=settings, free_disk_bytes=lambda: 10**12)


def test_a_pause_folds_the_log_and_it_begins_anew(tmp_path: Path, identity: FixedIdentity, clock: FakeClock) -> None:
    with open_queue(tmp_path, identity, clock, QueueSettings(checkpoint_pause_s=0.02)) as outbox:
        commit(outbox, 20)
        wait_until_folded(outbox)
        length = (tmp_path / "q-wal").stat().st_size
        commit(outbox, 10)
        assert (tmp_path / "q-wal").stat().st_size == length, "the log is written over from its start"


def test_a_long_log_is_folded_without_a_pause(tmp_path: Path, identity: FixedIdentity, clock: FakeClock) -> None:
    settings = QueueSettings(checkpoint_pause_s=3600, checkpoint_every=10)
    with open_queue(tmp_path, identity, clock, settings) as outbox:
        commit(outbox, 19)
        wait_until_folded(outbox, rest=9)


def test_a_commit_never_folds(tmp_path: Path, identity: FixedIdentity, clock: FakeClock) -> None:
    with open_queue(tmp_path, identity, clock, QueueSettings(checkpoint_pause_s=3600, checkpoint_every=10**9)) as outbox:
        commit(outbox, 100)
        with outbox._database.read() as connection:
            assert connection.execute("PRAGMA wal_autocheckpoint").fetchone()[0] == 0
        assert unfolded(outbox) >= 100


@pytest.mark.expects_warnings
def test_a_log_that_cannot_be_folded_is_told_and_tried_again() -> None:
    tried = threading.Event()

    def connect() -> None:
        tried.set()
        raise OSError(5, "Input/output error")

    subject = Checkpointer(connect, threading.RLock(), QueueSettings(checkpoint_pause_s=0.01))  # type: ignore[arg-type]
    subject.note_commit()
    assert tried.wait(30)
    subject.stop()
    assert subject.unfolded == 1
