"""One contract for the simulated camera and for OpenCV on a folder and on a file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.camera.abstract import Camera
from drivers.camera.factory import open_camera
from drivers.camera.simulator import PortraitCamera
from drivers.types import Deadline


def _recorded(tmp_path: Path, kind: str) -> str:
    noise = np.random.default_rng(1)
    pictures = [noise.integers(0, 255, (48, 64, 3), dtype=np.uint8) for _ in range(6)]
    if kind == "folder":
        for number, picture in enumerate(pictures):
            cv2.imwrite(str(tmp_path / f"{number}.png"), picture)
        return f"{tmp_path}?loop=1&fps=30"
    path = tmp_path / "video.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, (64, 48))
    for picture in pictures:
        writer.write(picture)
    writer.release()
    return f"file://{path}?loop=1"


@pytest.fixture(params=["simulator", "folder", "file"])
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Camera]:
    camera = open_camera("sim://portrait" if request.param == "simulator" else _recorded(tmp_path, request.param))
    yield camera
    camera.stop()


def test_a_camera_shows_nothing_before_it_is_started(subject: Camera) -> None:
    assert subject.status().code == "stopped"
    assert subject.newest() is None
    assert subject.wait_newer(None, Deadline(30)) is None


def test_frames_come_in_order_with_rising_times(subject: Camera) -> None:
    subject.start()
    frames = [subject.wait_newer(None, Deadline(30))]
    for _ in range(8):
        frames.append(subject.wait_newer(frames[-1], Deadline(30)))
    facts = [(frame.sequence, frame.taken_at_s) for frame in frames if frame is not None]
    assert len(facts) == 9
    assert facts == sorted(set(facts))
    assert abs(facts[-1][1] - time.monotonic()) < 20
    assert subject.status().code == "ok"
    assert subject.status().is_online


def test_capabilities_tell_the_true_size(subject: Camera) -> None:
    subject.start()
    frame = subject.wait_newer(None, Deadline(30))
    capabilities = subject.capabilities()
    assert frame is not None
    assert capabilities is not None
    assert frame.image.shape == (capabilities.height_px, capabilities.width_px, 3)
    assert frame.image.dtype == np.uint8
    assert capabilities.frames_per_s > 0


def test_who_looks_seldom_gets_the_newest(subject: Camera) -> None:
    subject.start()
    first = subject.wait_newer(None, Deadline(30))
    assert first is not None
    Deadline(30).sleep(0.4)
    later = subject.wait_newer(first, Deadline(30))
    assert later is not None
    assert later.sequence > first.sequence + 1


def test_stopping_forgets_and_starting_again_works(subject: Camera) -> None:
    for _ in range(2):
        subject.start()
        assert subject.wait_newer(None, Deadline(30)) is not None
        subject.stop()
        assert subject.newest() is None
        assert subject.status().code == "stopped"
    subject.stop()


class TestSimulatedFaults:
    """What only the simulator can be told to do."""

    @pytest.fixture
    def subject(self) -> Iterator[PortraitCamera]:
        camera = PortraitCamera()
        camera.start()
        assert camera.wait_newer(None, Deadline(30)) is not None
        yield camera
        camera.stop()

    def _await(self, subject: PortraitCamera, code: str) -> None:
        deadline = Deadline(30)
        while subject.status().code != code:
            assert not deadline.is_over
            deadline.sleep(0.02)

    def test_unplugged_is_lost_and_comes_back(self, subject: PortraitCamera) -> None:
        subject.unplug()
        self._await(subject, "lost")
        assert subject.wait_newer(None, Deadline(0.3)) is None
        subject.plug_in()
        assert subject.wait_newer(None, Deadline(30)) is not None
        self._await(subject, "ok")

    def test_frozen_is_noticed_and_ends(self, subject: PortraitCamera) -> None:
        subject.freeze()
        self._await(subject, "frozen")
        subject.plug_in()
        self._await(subject, "ok")


@pytest.mark.expects_warnings
def test_a_simulated_camera_without_a_person_says_so() -> None:
    camera = PortraitCamera(load_portrait=lambda: np.full((300, 300, 3), 128, np.uint8))
    camera.start()
    try:
        deadline = Deadline(30)
        while camera.status().code != "no_portrait":
            assert not deadline.is_over
            deadline.sleep(0.02)
    finally:
        camera.stop()
