"""Cameras are chosen by URL, and wrong URLs are refused with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.camera.devices import DeviceSource, StreamSource
from drivers.camera.driver import OpenCvCamera
from drivers.camera.factory import open_camera, open_camera_pair, shown_url
from drivers.camera.negotiation import DEFAULT_WISHES
from drivers.camera.recordings import FileSource, FolderSource
from drivers.camera.simulator import PortraitCamera
from drivers.camera.types import WantedMode
from drivers.errors import Unsupported


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("/dev/video0", DeviceSource(Path("/dev/video0"))),
        (
            "/dev/v4l/by-id/usb-cam?width=1280&height=720&fps=25",
            DeviceSource(Path("/dev/v4l/by-id/usb-cam"), (WantedMode(1280, 720, 25.0), *DEFAULT_WISHES)),
        ),
        ("file:///srv/a%20b.mp4", FileSource(Path("/srv/a b.mp4"))),
        ("clips/visit.mp4?loop=1", FileSource(Path("clips/visit.mp4"))),
        ("rtsp://user:secret@10.0.0.8/live", StreamSource("rtsp://user:secret@10.0.0.8/live", "rtsp://10.0.0.8/live")),
    ],
)
def test_urls_of_the_settings_name_their_source(url: str, source: object) -> None:
    camera = open_camera(url)
    assert isinstance(camera, OpenCvCamera)
    assert camera._source == source
    assert camera.status().code == "stopped"


def test_a_folder_is_recognised(tmp_path: Path) -> None:
    camera = open_camera(f"file://{tmp_path}?fps=12&loop=1")
    assert isinstance(camera, OpenCvCamera)
    assert camera._source == FolderSource(tmp_path, 12.0)


def test_the_password_of_a_stream_stands_in_no_status() -> None:
    camera = open_camera("rtsp://user:secret@10.0.0.8/live?token=secret")
    assert isinstance(camera, OpenCvCamera)
    assert camera.url == "rtsp://10.0.0.8/live"


def test_the_simulated_camera_takes_its_size() -> None:
    camera = open_camera("sim://portrait?width=720&height=960&fps=10")
    assert isinstance(camera, PortraitCamera)
    assert (camera._size_px, camera._frames_per_s) == ((720, 960), 10.0)


def test_a_pair_is_opened_from_two_urls() -> None:
    pair = open_camera_pair("sim://document", "sim://document?width=320&height=240")
    assert pair.presence().code == "at_rest"
    with pytest.raises(Unsupported):
        open_camera_pair("sim://document", "sim://nobody")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://user:secret@10.0.0.8:554/live?token=secret", "rtsp://10.0.0.8:554/live"),
        ("rtmp://user:secret@10.0.0.8/live", "rtmp://10.0.0.8/live"),
        ("http://user:secret@[broken/live", "http://[broken/live"),
        ("/dev/video0?width=640&height=480", "/dev/video0?width=640&height=480"),
        ("sim://portrait?width=640&height=480", "sim://portrait?width=640&height=480"),
    ],
)
def test_a_url_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert shown_url(url) == shown


@pytest.mark.parametrize(
    "url",
    [
        "sim://",
        "sim://nobody",
        "ftp://host/x",
        "file://",
        "sim://portrait?fps=0",
        "sim://portrait?width=x",
        "/dev/video0?width=²",
        "rtmp://user:secret@host/live",
        "http://user:secret@[broken/live",
        "rtsp://user:secret@host:99999/live",
        "rtsp://user:secret@host:port/live",
    ],
)
def test_anything_else_is_refused_without_telling_a_password(url: str) -> None:
    with pytest.raises(Unsupported) as refused:
        open_camera(url)
    assert "secret" not in str(refused.value)


def test_a_simulated_camera_may_begin_with_an_attack() -> None:
    camera = open_camera("sim://portrait?species=replay_puppet&tempo=brisk&width=320&height=240")
    assert isinstance(camera, PortraitCamera)
    assert camera.species == "replay_puppet"


@pytest.mark.parametrize("option", ["species=cat", "tempo=presto"])
def test_unknown_people_are_refused_with_the_known_ones(option: str) -> None:
    with pytest.raises(Unsupported, match=f"{option.partition('=')[0]} must be one of"):
        open_camera(f"sim://portrait?{option}")
