"""Folders, files and devices as OpenCV and the file system give them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.camera.devices import DeviceSource, StreamSource
from drivers.camera.recordings import FileSource, FolderSource
from drivers.errors import Disconnected


def _write(path: Path, brightness: int, size_px: tuple[int, int] = (64, 48)) -> None:
    cv2.imwrite(str(path), np.full((size_px[1], size_px[0], 3), brightness, np.uint8))


def test_a_folder_is_played_in_the_order_of_names(tmp_path: Path) -> None:
    for name, brightness in (("b.png", 20), ("a.png", 10), ("c.jpg", 30)):
        _write(tmp_path / name, brightness)
    opened = FolderSource(tmp_path, 10.0).open()
    assert (opened.capabilities.width_px, opened.capabilities.height_px, opened.capabilities.frames_per_s) == (64, 48, 10.0)
    brightness = []
    while (picture := opened.read()) is not None:
        brightness.append(round(float(picture.mean())))
    assert brightness == [10, 20, 30]


def test_what_is_no_picture_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    (tmp_path / "b.txt").write_text("notes")
    _write(tmp_path / "c.png", 40)
    (tmp_path / "d.png").write_bytes((tmp_path / "c.png").read_bytes()[:60])
    opened = FolderSource(tmp_path).open()
    assert opened.read() is not None
    assert opened.read() is None


def test_the_first_picture_fixes_the_size(tmp_path: Path) -> None:
    _write(tmp_path / "a.png", 10)
    _write(tmp_path / "b.png", 20, (300, 100))
    opened = FolderSource(tmp_path).open()
    assert [picture.shape for picture in (opened.read(), opened.read()) if picture is not None] == [(48, 64, 3)] * 2


@pytest.mark.parametrize("make", [lambda path: path / "none", lambda path: path])
def test_a_folder_without_pictures_is_disconnected(tmp_path: Path, make: object) -> None:
    assert callable(make)
    with pytest.raises(Disconnected):
        FolderSource(make(tmp_path)).open()


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "video.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 20, (64, 48))
    for number in range(5):
        writer.write(np.full((48, 64, 3), 40 + 20 * number, np.uint8))
    writer.release()
    return path


def test_a_video_file_gives_all_its_pictures_and_then_none(video: Path) -> None:
    opened = FileSource(video).open()
    assert opened.capabilities.frames_per_s == 20.0
    brightness = [round(float(picture.mean()), -1) for _ in range(5) if (picture := opened.read()) is not None]
    assert brightness == [40, 60, 80, 100, 120]
    assert opened.read() is None
    opened.close()


def test_each_picture_has_memory_of_its_own(video: Path) -> None:
    opened = FileSource(video).open()
    first, second = opened.read(), opened.read()
    opened.close()
    assert first is not None
    assert second is not None
    assert not np.shares_memory(first, second)
    assert first.mean() < second.mean()


def test_failures_are_told_to_us_and_not_to_the_screen(tmp_path: Path, video: Path, capfd: pytest.CaptureFixture[str]) -> None:
    garbage = tmp_path / "garbage.mp4"
    garbage.write_bytes(bytes(range(256)) * 40)
    cut = tmp_path / "cut.avi"
    cut.write_bytes(video.read_bytes()[:-900])
    for source in (
        DeviceSource(Path("/dev/video-that-is-not-there")),
        StreamSource("http://127.0.0.1:9/nothing"),
        FileSource(tmp_path / "none.mp4"),
        FileSource(garbage),
    ):
        with pytest.raises(Disconnected):
            source.open()
    opened = FileSource(cut).open()
    while opened.read() is not None:
        pass
    opened.close()
    assert capfd.readouterr() == ("", "")
