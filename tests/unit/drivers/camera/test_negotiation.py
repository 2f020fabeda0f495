"""The first wish a camera has is taken, otherwise the nearest to the first."""

from __future__ import annotations

import pytest

from drivers.camera.negotiation import choose
from drivers.camera.types import CameraMode, WantedMode

TYPICAL = (
    CameraMode("YUYV", 640, 480, 30.0),
    CameraMode("YUYV", 1280, 720, 10.0),
    CameraMode("YUYV", 1920, 1080, 5.0),
    CameraMode("MJPG", 640, 480, 30.0),
    CameraMode("MJPG", 1280, 720, 30.0),
    CameraMode("MJPG", 1920, 1080, 30.0),
    CameraMode("H264", 1920, 1080, 60.0),
)


@pytest.mark.parametrize(
    ("wishes", "chosen"),
    [
        ((WantedMode(640, 480),), CameraMode("YUYV", 640, 480, 30.0)),
        ((WantedMode(1280, 720),), CameraMode("MJPG", 1280, 720, 30.0)),
        ((WantedMode(1280, 720, 10.0),), CameraMode("MJPG", 1280, 720, 30.0)),
        ((WantedMode(1920, 1080, 60.0),), CameraMode("MJPG", 1920, 1080, 30.0)),
        ((WantedMode(800, 600), WantedMode(1280, 720)), CameraMode("MJPG", 1280, 720, 30.0)),
        ((WantedMode(1300, 730),), CameraMode("MJPG", 1280, 720, 30.0)),
        ((WantedMode(4096, 2160),), CameraMode("MJPG", 1920, 1080, 30.0)),
        ((WantedMode(320, 240),), CameraMode("YUYV", 640, 480, 30.0)),
    ],
)
def test_the_best_mode_is_chosen(wishes: tuple[WantedMode, ...], chosen: CameraMode) -> None:
    assert choose(TYPICAL, wishes) == chosen


def test_an_unknown_rate_is_given_the_benefit_of_the_doubt() -> None:
    assert choose((CameraMode("YUYV", 640, 480, 0.0),), (WantedMode(640, 480),)) == CameraMode("YUYV", 640, 480, 0.0)


@pytest.mark.parametrize("offered", [(), (CameraMode("H264", 640, 480, 30.0),), (CameraMode("MJPG", 0, 0, 30.0),)])
def test_without_a_mode_that_can_be_decoded_nothing_is_chosen(offered: tuple[CameraMode, ...]) -> None:
    assert choose(offered, (WantedMode(640, 480),)) is None


def test_without_a_wish_nothing_is_chosen() -> None:
    assert choose(TYPICAL, ()) is None
