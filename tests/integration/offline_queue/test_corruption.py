"""A damaged queue file is opened, or set aside and told; long runs: ``benchmarks.queue_faults --only corruption``."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator

import pytest

from tests.helpers.fault_runs.corruption import HURTS, Corruption, damaged
from tests.helpers.fault_world import open_queue
from tests.helpers.queue_invariants import check_file, rows_of

pytestmark = pytest.mark.expects_warnings


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corruption]:
    made = Corruption(tmp_path_factory.mktemp("corruption"))
    yield made
    made.close()


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 7, 8])
def test_a_damaged_queue_opens_delivers_and_doubles_nothing(subject: Corruption, seed: int) -> None:
    assert subject.run(seed) == []


def test_an_undamaged_copy_has_all(subject: Corruption) -> None:
    shutil.rmtree(subject.copy, ignore_errors=True)
    shutil.copytree(subject.model, subject.copy)
    with open_queue(subject.copy) as outbox:
        assert outbox.damage is None
        assert {row["case_id"] for row in rows_of(outbox)} == subject.acknowledged
        assert check_file(outbox) == []


def test_what_cannot_be_read_at_all_is_counted(subject: Corruption) -> None:
    assert subject.hurt("queue.sqlite", lambda content: content[: len(content) // 2]) == []


def test_a_damaged_log_is_told(subject: Corruption) -> None:
    def spoil(content: bytes) -> bytes:
        return content[: len(content) // 3] + bytes(50) + content[len(content) // 3 + 50 :]

    assert subject.hurt("queue.sqlite-wal", spoil) == []


@pytest.mark.xfail(strict=True, reason="a log that was cut off looks like one that ends there: see reliability.md, Not yet")
def test_a_log_that_was_cut_off_is_told(subject: Corruption) -> None:
    assert subject.hurt("queue.sqlite-wal", lambda content: content[: len(content) // 2]) == []


@pytest.mark.parametrize("hurt", HURTS)
def test_every_hurt_changes_something(hurt: str) -> None:
    chance = random.Random(1)
    content = chance.randbytes(100_000)
    assert damaged(content, hurt, chance) != content
