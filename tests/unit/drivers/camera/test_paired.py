"""Two cameras as one: pairs of one moment, and the trouble of either."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from drivers.camera.paired import FramePair, PairedCamera, nearest_pair
from drivers.camera.simulator import PortraitCamera
from drivers.types import Deadline, Frame


def _frames(*times_s: float) -> list[Frame]:
    return [Frame(np.zeros((2, 2, 3), np.uint8), at_s, number) for number, at_s in enumerate(times_s, start=1)]


def _times(pair: FramePair | None) -> tuple[float, float] | None:
    return (pair.visible.taken_at_s, pair.infrared.taken_at_s) if pair is not None else None


@pytest.mark.parametrize(
    ("visible", "infrared", "now_s", "expected"),
    [
        ([1.00], [1.01], 1.02, (1.00, 1.01)),
        ([1.00], [0.96, 1.01], 1.02, (1.00, 1.01)),
        ([1.00], [0.99, 1.03], 1.04, (1.00, 0.99)),
        ([1.00, 1.04], [1.03], 1.05, (1.00, 1.03)),
        ([1.00, 1.04], [1.03], 1.10, (1.04, 1.03)),
        ([1.00], [0.90], 1.20, None),
        ([1.00], [0.99], 1.01, None),
        ([1.00], [0.99], 1.05, (1.00, 0.99)),
        ([], [1.0], 2.0, None),
        ([1.0], [], 2.0, None),
    ],
)
def test_the_nearest_neighbour_within_the_skew_is_taken(
    visible: list[float], infrared: list[float], now_s: float, expected: tuple[float, float] | None
) -> None:
    assert _times(nearest_pair(_frames(*visible), _frames(*infrared), 0.05, now_s)) == expected


@pytest.fixture
def cameras() -> tuple[PortraitCamera, PortraitCamera]:
    return PortraitCamera((320, 240), 30.0, scene="document"), PortraitCamera((320, 240), 20.0, scene="document")


@pytest.fixture
def subject(cameras: tuple[PortraitCamera, PortraitCamera]) -> Iterator[PairedCamera]:
    paired = PairedCamera(*cameras, max_skew_s=0.05)
    yield paired
    paired.stop()


def _await(subject: PairedCamera, code: str) -> None:
    deadline = Deadline(20)
    while subject.status().code != code:
        assert not deadline.is_over, subject.status()
        deadline.sleep(0.01)


def test_pairs_come_in_order_and_within_the_skew(subject: PairedCamera) -> None:
    subject.start()
    pair, pairs = None, []
    for _ in range(8):
        pair = subject.wait_newer_pair(pair, Deadline(20))
        assert pair is not None
        pairs.append(pair)
    assert max(pair.skew_s for pair in pairs) <= 0.05
    for side in ("visible", "infrared"):
        numbers = [getattr(pair, side).sequence for pair in pairs]
        assert numbers == sorted(set(numbers))


def test_a_lost_infrared_camera_stops_pairs_and_not_the_visible_one(
    subject: PairedCamera, cameras: tuple[PortraitCamera, PortraitCamera]
) -> None:
    subject.start()
    assert subject.wait_newer_pair(None, Deadline(20)) is not None
    cameras[1].unplug()
    _await(subject, "infrared_lost")
    assert not subject.status().is_online
    Deadline(0.2).sleep(0.2)
    pair = subject.wait_newer_pair(None, Deadline(0.2))
    assert pair is None
    assert subject.wait_newer(subject.newest(), Deadline(20)) is not None
    cameras[1].plug_in()
    assert subject.wait_newer_pair(None, Deadline(20)) is not None
    _await(subject, "ok")


def test_the_trouble_of_the_visible_camera_comes_first(
    subject: PairedCamera, cameras: tuple[PortraitCamera, PortraitCamera]
) -> None:
    subject.start()
    for camera in cameras:
        camera.unplug()
    _await(subject, "lost")
    assert subject.presence().code == "lost"


def test_at_rest_either_can_be_missed(subject: PairedCamera, cameras: tuple[PortraitCamera, PortraitCamera]) -> None:
    assert subject.presence().code == "at_rest"
    cameras[1].unplug()
    assert subject.presence().code == "infrared_lost"


def test_waiting_for_a_pair_ends_with_its_deadline_and_when_cancelled(subject: PairedCamera) -> None:
    began_s = time.monotonic()
    assert subject.wait_newer_pair(None, Deadline(0.2)) is None
    assert 0.15 < time.monotonic() - began_s < 10
    deadline = Deadline(60)
    late = threading.Timer(0.05, deadline.cancel)
    late.start()
    assert subject.wait_newer_pair(None, deadline) is None
    late.join()
    assert time.monotonic() - began_s < 30


def test_it_is_a_camera_itself(subject: PairedCamera) -> None:
    subject.start()
    frame = subject.wait_newer(None, Deadline(20))
    assert frame is not None
    capabilities = subject.capabilities()
    assert capabilities is not None
    assert capabilities.width_px == 320
    assert "image" not in repr(FramePair(frame, frame))
