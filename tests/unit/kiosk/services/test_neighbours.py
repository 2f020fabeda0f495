"""What the platform said of machines close by, over restarts and without a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.kiosks import NearbyKiosk
from kiosk.domain.nearby import NOBODY_KNOWN, Machine, Nearby
from kiosk.services.neighbours import WRITTEN_EVERY_MS, Neighbours

NOW_MS = 1_795_000_000_000
ONE = NearbyKiosk("测试 1 号机", "测试路 1 号", 600, ("a", "b"), True)
TWO = NearbyKiosk("测试 2 号机", "", 900)


class Clock:
    def __init__(self) -> None:
        self.ms = NOW_MS

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "nearby.json"


def test_nothing_is_known_at_first(path: Path, clock: Clock) -> None:
    assert Neighbours(path, clock).known() == NOBODY_KNOWN


def test_what_was_said_is_known_with_its_age(path: Path, clock: Clock) -> None:
    subject = Neighbours(path, clock)
    assert subject.take((ONE,), NOW_MS)
    clock.ms += 90_000
    machine = Machine("测试 1 号机", "测试路 1 号", 600, frozenset({"a", "b"}), True)
    assert subject.known() == Nearby((machine,), 90.0)


def test_only_news_is_news(path: Path, clock: Clock) -> None:
    subject = Neighbours(path, clock)
    assert subject.take((ONE,), NOW_MS)
    assert not subject.take((ONE,), NOW_MS + 30_000)
    assert subject.take((ONE, TWO), NOW_MS + 60_000)
    assert subject.take((), NOW_MS + 90_000)
    assert subject.known().machines == ()


def test_a_restart_without_a_line_knows_what_was_said_last(path: Path, clock: Clock) -> None:
    Neighbours(path, clock).take((ONE, TWO), NOW_MS)
    clock.ms += 3_600_000
    known = Neighbours(path, clock).known()
    assert [machine.name for machine in known.machines] == ["测试 1 号机", "测试 2 号机"]
    assert known.age_s == 3600.0


def test_the_same_is_written_only_now_and_then(path: Path, clock: Clock) -> None:
    subject = Neighbours(path, clock)
    subject.take((ONE,), NOW_MS)
    first = path.read_bytes()
    subject.take((ONE,), NOW_MS + WRITTEN_EVERY_MS - 1)
    assert path.read_bytes() == first
    subject.take((ONE,), NOW_MS + WRITTEN_EVERY_MS)
    assert path.read_bytes() != first


@pytest.mark.parametrize("ahead_ms", [-86_400_001, 86_400_001])
def test_nothing_is_told_from_a_day_ago_or_from_tomorrow(path: Path, clock: Clock, ahead_ms: int) -> None:
    subject = Neighbours(path, clock)
    subject.take((ONE,), NOW_MS)
    clock.ms += ahead_ms
    assert subject.known() == NOBODY_KNOWN


@pytest.mark.expects_warnings
@pytest.mark.parametrize("content", [b"", b"{", b'{"told_at_ms": "x", "nearest": []}', b"\xff" * 10])
def test_a_damaged_file_is_as_none(path: Path, clock: Clock, content: bytes) -> None:
    path.write_bytes(content)
    subject = Neighbours(path, clock)
    assert subject.known() == NOBODY_KNOWN
    subject.take((ONE,), NOW_MS)
    assert Neighbours(path, clock).known().machines != ()


@pytest.mark.expects_warnings
def test_without_a_place_to_write_it_is_known_all_the_same(tmp_path: Path, clock: Clock) -> None:
    subject = Neighbours(tmp_path / "gone" / "nearby.json", clock)
    assert subject.take((ONE,), NOW_MS)
    assert subject.known().machines != ()
