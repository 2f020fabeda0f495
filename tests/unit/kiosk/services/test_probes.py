"""The one status that stands for a device."""

from __future__ import annotations

from typing import cast

import pytest

from drivers.camera.abstract import Camera
from drivers.camera.presence import AT_REST, lost
from drivers.status import DeviceState, DeviceStatus
from kiosk.services import probes
from kiosk.services.probes import CameraWatch

OK = DeviceStatus(DeviceState.ONLINE, "ok")
STARTING = DeviceStatus(DeviceState.OFFLINE, "starting")
STOPPED = DeviceStatus(DeviceState.OFFLINE, "stopped")


class SlowCamera:
    """A camera that takes its time to open."""

    def __init__(self) -> None:
        self.now, self.there = STOPPED, AT_REST

    def status(self) -> DeviceStatus:
        return self.now

    def presence(self) -> DeviceStatus:
        return self.there if self.now is STOPPED else self.now


@pytest.fixture
def camera() -> SlowCamera:
    return SlowCamera()


@pytest.fixture
def subject(camera: SlowCamera, monkeypatch: pytest.MonkeyPatch) -> CameraWatch:
    monkeypatch.setattr(probes, "_ASK_AGAIN_S", 0.0)
    return CameraWatch(cast(Camera, camera))


def test_a_camera_that_opens_slowly_is_no_trouble(subject: CameraWatch, camera: SlowCamera) -> None:
    assert subject.status() == AT_REST
    camera.now = STARTING
    assert [subject.status(), subject.status()] == [AT_REST, AT_REST]
    camera.now = OK
    assert subject.status() == OK


def test_one_that_is_lost_while_it_opens_is_lost(subject: CameraWatch, camera: SlowCamera) -> None:
    subject.status()
    camera.now = STARTING
    subject.status()
    camera.now = lost("pulled out")
    assert subject.status().code == "lost"


def test_one_that_was_lost_at_rest_is_not_there_because_it_is_started(subject: CameraWatch, camera: SlowCamera) -> None:
    camera.there = lost("pulled out")
    assert subject.status().code == "lost"
    camera.now = STARTING
    assert subject.status().code == "lost"
