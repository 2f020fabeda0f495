"""One contract for the simulated camera, for OpenCV on a folder and a file, and for OpenCV on an emulated network camera."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import pytest

from drivers.camera.abstract import Camera
from drivers.camera.emulate import language_of
from drivers.camera.emulator import CameraEmulator
from drivers.camera.factory import open_camera
from drivers.camera.presence import AT_REST
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


@pytest.fixture(params=["simulator", "folder", "file", "emulator"])
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Camera]:
    if request.param == "emulator":
        with _emulator() as emulator:
            camera = open_camera(emulator.url)
            yield camera
            camera.stop()
        return
    camera = open_camera("sim://portrait" if request.param == "simulator" else _recorded(tmp_path, request.param))
    yield camera
    camera.stop()


def _emulator() -> CameraEmulator:
    """A network camera that delivers already."""
    emulator = CameraEmulator(PortraitCamera(scene="document"))
    assert emulator.camera.wait_newer(None, Deadline(30)) is not None
    return emulator


def test_a_camera_shows_nothing_before_it_is_started(subject: Camera) -> None:
    assert subject.status().code == "stopped"
    assert subject.newest() is None
    assert subject.wait_newer(None, Deadline(30)) is None


def test_at_rest_it_is_known_to_be_there_without_being_read(subject: Camera) -> None:
    assert subject.presence() == AT_REST
    assert subject.presence().is_online
    assert subject.newest() is None
    assert subject.status().code == "stopped"
    subject.start()
    assert subject.wait_newer(None, Deadline(30)) is not None
    assert subject.presence().code == "ok"
    subject.stop()
    assert subject.presence() == AT_REST


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


class Stand(Protocol):
    """A camera, and what can be done to it."""

    camera: Camera

    def do(self, fault: str) -> None: ...


class SimulatorStand:
    """The simulated camera is hurt by its methods."""

    def __init__(self, camera: PortraitCamera) -> None:
        self.camera = camera

    def do(self, fault: str) -> None:
        getattr(self.camera, {"plug": "plug_in"}.get(fault, fault))()


class EmulatorStand:
    """The emulated one by its language."""

    def __init__(self, camera: Camera, emulator: CameraEmulator) -> None:
        self.camera = camera
        self._language = language_of(emulator)

    def do(self, fault: str) -> None:
        assert self._language.obey(fault) == "ok"


NOTICED_WITHIN_S = 2.0
WELL_WITHIN_S = 2.0


class TestFaults:
    """Each is noticed within two seconds and is over within two, without a restart."""

    @pytest.fixture(params=["simulator", "emulator"])
    def stand(self, request: pytest.FixtureRequest) -> Iterator[Stand]:
        if request.param == "simulator":
            simulated = PortraitCamera(scene="document")
            yield self._started(SimulatorStand(simulated))
            simulated.stop()
            return
        with _emulator() as emulator:
            camera = open_camera(emulator.url)
            yield self._started(EmulatorStand(camera, emulator))
            camera.stop()

    def _started(self, stand: Stand) -> Stand:
        stand.camera.start()
        assert stand.camera.wait_newer(None, Deadline(30)) is not None
        self._await(stand.camera, {"ok"}, 30.0)
        return stand

    def _await(self, camera: Camera, codes: set[str], limit_s: float) -> None:
        deadline = Deadline(limit_s)
        while camera.status().code not in codes:
            assert not deadline.is_over, camera.status()
            deadline.sleep(0.01)

    @pytest.mark.parametrize(
        ("fault", "codes", "end"),
        [
            ("freeze", {"frozen"}, "clear"),
            ("black", {"black"}, "clear"),
            ("cover", {"covered"}, "clear"),
            ("unplug", {"lost"}, "plug"),
            ("awol", {"lost", "frozen", "wedged"}, "clear"),
        ],
    )
    def test_noticed_and_over(self, stand: Stand, fault: str, codes: set[str], end: str) -> None:
        stand.do(fault)
        self._await(stand.camera, codes, NOTICED_WITHIN_S)
        assert not stand.camera.status().is_online
        Deadline(0.6).sleep(0.6)
        assert stand.camera.status().code in codes
        seen = stand.camera.newest()
        stand.do(end)
        deadline = Deadline(WELL_WITHIN_S)
        newer = stand.camera.wait_newer(seen, deadline)
        assert newer is not None
        self._await(stand.camera, {"ok"}, deadline.remaining_s)

    def test_unplugged_nothing_is_shown(self, stand: Stand) -> None:
        stand.do("unplug")
        self._await(stand.camera, {"lost"}, NOTICED_WITHIN_S)
        assert stand.camera.newest() is None
        assert stand.camera.wait_newer(None, Deadline(0.2)) is None

    def test_unplugged_at_rest_is_known_before_it_is_needed(self, stand: Stand) -> None:
        stand.camera.stop()
        assert stand.camera.presence().code == "at_rest"
        stand.do("unplug")
        deadline = Deadline(NOTICED_WITHIN_S)
        while stand.camera.presence().code != "lost":
            assert not deadline.is_over
            deadline.sleep(0.05)
        stand.do("plug")
        deadline = Deadline(WELL_WITHIN_S)
        while stand.camera.presence().code != "at_rest":
            assert not deadline.is_over
            deadline.sleep(0.05)

    @pytest.mark.parametrize("fault", ["freeze", "unplug", "awol", "black"])
    def test_stopping_in_trouble_is_quick_and_starting_again_works(self, stand: Stand, fault: str) -> None:
        stand.do(fault)
        Deadline(0.7).sleep(0.7)
        began_s = time.monotonic()
        stand.camera.stop()
        assert time.monotonic() - began_s <= 1.05
        assert stand.camera.status().code == "stopped"
        stand.do("clear")
        stand.camera.start()
        assert stand.camera.wait_newer(None, Deadline(30)) is not None


class TestBrokenStream:
    """What can only go wrong between a network camera and the driver."""

    @pytest.fixture
    def emulator(self) -> Iterator[CameraEmulator]:
        with _emulator() as emulator:
            yield emulator

    @pytest.fixture
    def subject(self, emulator: CameraEmulator) -> Iterator[Camera]:
        camera = open_camera(emulator.url)
        camera.start()
        assert camera.wait_newer(None, Deadline(30)) is not None
        yield camera
        camera.stop()

    def _await(self, subject: Camera, code: str, limit_s: float) -> None:
        deadline = Deadline(limit_s)
        while subject.status().code != code:
            assert not deadline.is_over, subject.status()
            deadline.sleep(0.01)

    def test_cut_pictures_are_never_shown_and_told_as_torn(self, subject: Camera, emulator: CameraEmulator) -> None:
        self._await(subject, "ok", 30.0)
        emulator.cut_pictures()
        Deadline(0.3).sleep(0.3)
        seen = subject.newest()
        self._await(subject, "torn", NOTICED_WITHIN_S)
        shown = subject.newest()
        assert seen is not None
        assert shown is not None
        assert shown.sequence == seen.sequence
        emulator.clear()
        self._await(subject, "ok", WELL_WITHIN_S)

    def test_a_few_cut_pictures_are_passed_over(self, subject: Camera, emulator: CameraEmulator) -> None:
        self._await(subject, "ok", 30.0)
        emulator.cut_pictures(3)
        deadline = Deadline(1.0)
        while not deadline.is_over:
            assert subject.status().code == "ok"
            deadline.sleep(0.02)

    def test_rubbish_on_the_line_is_survived(self, subject: Camera, emulator: CameraEmulator) -> None:
        emulator.make_noise(0.3)
        Deadline(1.5).sleep(1.5)
        emulator.clear()
        self._await(subject, "ok", WELL_WITHIN_S)
        frame = subject.wait_newer(None, Deadline(5))
        assert frame is not None
        assert frame.image.std() > 20

    def test_the_newest_frame_is_new(self, subject: Camera, emulator: CameraEmulator) -> None:
        """The stream is not buffered anywhere: what happens before the camera is seen within 0.3 s."""
        self._await(subject, "ok", 30.0)
        emulator.camera.black()
        began_s, last = time.monotonic(), subject.newest()
        while last is None or last.image.mean() > 12:
            last = subject.wait_newer(last, Deadline(5))
            assert last is not None
        assert time.monotonic() - began_s < 0.3 + 2 / 15

    def test_a_slow_camera_is_slow_and_not_frozen(self, subject: Camera, emulator: CameraEmulator) -> None:
        emulator.camera.slow(1.5)
        deadline = Deadline(3.0)
        while not deadline.is_over:
            assert subject.status().code == "ok"
            deadline.sleep(0.05)

    def test_a_plug_pulled_for_a_while_comes_back_by_itself(self, subject: Camera, emulator: CameraEmulator) -> None:
        emulator.unplug(1.0)
        self._await(subject, "lost", NOTICED_WITHIN_S)
        self._await(subject, "ok", 1.0 + WELL_WITHIN_S)


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


def test_a_camera_can_be_asked_for_few_pictures(subject: Camera, request: pytest.FixtureRequest) -> None:
    if "simulator" not in request.node.name and "emulator" not in request.node.name:
        pytest.skip("recordings keep their own speed")
    subject.pace(2.0)
    subject.start()
    first = subject.wait_newer(None, Deadline(30.0))
    begun_s, frame = time.monotonic(), first
    for _ in range(4):
        frame = subject.wait_newer(frame, Deadline(5.0))
        assert frame is not None
    slow_s = time.monotonic() - begun_s
    assert 1.4 < slow_s < 4.0
    subject.stop()
    subject.pace(0.0)
    subject.start()
    frame = subject.wait_newer(None, Deadline(30.0))
    begun_s = time.monotonic()
    for _ in range(4):
        frame = subject.wait_newer(frame, Deadline(5.0))
    assert time.monotonic() - begun_s < slow_s / 1.5
