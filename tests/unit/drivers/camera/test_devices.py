"""What is asked of OpenCV for live cameras, and above all what is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.camera import v4l2
from drivers.camera.devices import DeviceSource, StreamSource, mode_settings
from drivers.camera.types import CameraMode, WantedMode
from drivers.camera.v4l2 import V4l2Facts
from drivers.errors import Disconnected

OFFERED = (CameraMode("YUYV", 640, 480, 30.0), CameraMode("MJPG", 1280, 720, 30.0))
HARMLESS = {
    cv2.CAP_PROP_FOURCC,
    cv2.CAP_PROP_FRAME_WIDTH,
    cv2.CAP_PROP_FRAME_HEIGHT,
    cv2.CAP_PROP_FPS,
    cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
    cv2.CAP_PROP_READ_TIMEOUT_MSEC,
}
LEFT_ALONE = {
    getattr(cv2, name)
    for name in dir(cv2)
    if name.startswith("CAP_PROP_")
    and any(word in name for word in ("EXPOSURE", "GAIN", "WB", "WHITE_BALANCE", "BRIGHTNESS", "CONTRAST", "GAMMA", "BACKLIGHT"))
}


class Library:
    """Stands where ``cv2.VideoCapture`` does, and remembers all that is asked of it."""

    def __init__(self) -> None:
        self.opened: list[tuple[str, int, list[int]]] = []
        self.set_properties: list[int] = []
        self.released = 0
        self.empty_reads = 0
        self.error: cv2.error | None = None

    def __call__(self, name: str, backend: int, settings: list[int]) -> Library:
        if self.error is not None:
            raise self.error
        self.opened.append((name, backend, settings))
        return self

    def isOpened(self) -> bool:
        return True

    def set(self, name: int, value: float) -> bool:
        self.set_properties.append(name)
        return True

    def get(self, name: int) -> float:
        return {cv2.CAP_PROP_FPS: 30.0, cv2.CAP_PROP_FOURCC: float(cv2.VideoWriter.fourcc(*"MJPG"))}.get(name, 0.0)

    def read(self, target: np.ndarray | None = None) -> tuple[bool, np.ndarray | None]:
        if self.empty_reads > 0:
            self.empty_reads -= 1
            return False, None
        return True, np.full((720, 1280, 3), 90, np.uint8)

    def release(self) -> None:
        self.released += 1


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    library = Library()
    monkeypatch.setattr("cv2.VideoCapture", library)
    monkeypatch.setattr(v4l2, "facts", lambda _path: V4l2Facts("uvcvideo", "camera", "usb", is_capture=True))
    monkeypatch.setattr(v4l2, "modes", lambda _path, _wanted: OFFERED)
    return library


def _asked(settings: list[int]) -> dict[int, int]:
    return dict(zip(settings[::2], settings[1::2], strict=True))


def test_the_nearest_mode_is_asked_for_and_what_was_got_is_told(library: Library, tmp_path: Path) -> None:
    (tmp_path / "video0").touch()
    opened = DeviceSource(tmp_path / "video0", (WantedMode(1280, 800),)).open()
    assert _asked(library.opened[0][2]) == {
        cv2.CAP_PROP_FOURCC: cv2.VideoWriter.fourcc(*"MJPG"),
        cv2.CAP_PROP_FRAME_WIDTH: 1280,
        cv2.CAP_PROP_FRAME_HEIGHT: 720,
        cv2.CAP_PROP_FPS: 30,
    }
    assert library.opened[0][2][0] == cv2.CAP_PROP_FOURCC  # OpenCV negotiates anew at each property: the format must be first
    told = opened.capabilities
    assert (told.width_px, told.height_px, told.frames_per_s, told.pixel_format) == (1280, 720, 30.0, "MJPG")
    assert told.offered == OFFERED


def test_exposure_gain_and_white_balance_are_never_set(library: Library, tmp_path: Path) -> None:
    assert len(LEFT_ALONE) > 8
    (tmp_path / "video0").touch()
    for source in (DeviceSource(tmp_path / "video0"), StreamSource("http://127.0.0.1/video"), StreamSource("rtsp://127.0.0.1/")):
        opened = source.open()
        opened.read()
        opened.read()
        opened.close()
    assert len(library.opened) == 3
    for _, _, settings in library.opened:
        assert set(_asked(settings)) <= HARMLESS
    assert library.set_properties == []
    assert not HARMLESS & LEFT_ALONE


def test_no_line_of_the_driver_names_a_property_that_is_left_alone() -> None:
    folder = Path(v4l2.__file__).parent
    for path in folder.glob("*.py"):
        for word in ("CAP_PROP_EXPOSURE", "CAP_PROP_AUTO_EXPOSURE", "CAP_PROP_GAIN", "CAP_PROP_AUTO_WB", "CAP_PROP_WB", ".set("):
            assert word not in path.read_text(encoding="utf-8").replace("self._ended.set(", "").replace(
                "self._stopping.set(", ""
            ).replace("self._reopen.set(", ""), (path.name, word)


def test_the_stable_path_is_followed_at_each_opening(library: Library, tmp_path: Path) -> None:
    link = tmp_path / "usb-camera"
    source = DeviceSource(link)
    for number in (0, 4):
        (tmp_path / f"video{number}").touch()
        link.unlink(missing_ok=True)
        link.symlink_to(f"video{number}")
        source.open().close()
    assert [Path(name).name for name, _, _ in library.opened] == ["video0", "video4"]
    assert library.released == 2


def test_a_slow_camera_is_given_several_reads_and_a_dead_one_is_released(library: Library, tmp_path: Path) -> None:
    (tmp_path / "video0").touch()
    library.empty_reads = 3
    DeviceSource(tmp_path / "video0").open().close()
    library.empty_reads = 99
    with pytest.raises(Disconnected):
        DeviceSource(tmp_path / "video0").open()
    assert library.released == 2
    assert library.empty_reads == 95


def test_what_opencv_throws_is_disconnected_and_names_no_password(library: Library) -> None:
    library.error = cv2.error("broken")
    with pytest.raises(Disconnected) as caught:
        StreamSource("rtsp://user:secret@127.0.0.1/live", "rtsp://127.0.0.1/live").open()
    assert "secret" not in str(caught.value)


def test_the_node_for_metadata_and_what_does_not_answer_are_refused(monkeypatch: pytest.MonkeyPatch, library: Library) -> None:
    monkeypatch.setattr(v4l2, "facts", lambda _path: V4l2Facts("uvcvideo", "camera", "usb", is_capture=False))
    with pytest.raises(Disconnected, match="another node"):
        DeviceSource(Path("/dev/video1")).open()
    monkeypatch.undo()
    with pytest.raises(Disconnected, match="does not answer"):
        DeviceSource(Path("/dev/null")).open()
    assert library.opened == []


def test_a_device_that_cannot_be_asked_is_asked_for_the_first_wish() -> None:
    assert _asked(mode_settings(None, (WantedMode(800, 600),))) == {cv2.CAP_PROP_FRAME_WIDTH: 800, cv2.CAP_PROP_FRAME_HEIGHT: 600}
    assert mode_settings(None, ()) == []
