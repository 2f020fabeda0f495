"""A machine without a camera: allowed everywhere, because the face is never the only way (人脸识别技术应用安全管理办法)."""

from __future__ import annotations

from drivers.camera.types import CameraCapabilities
from drivers.status import DeviceState, DeviceStatus
from drivers.types import Deadline, Frame

_NOT_SET_UP = DeviceStatus(DeviceState.NO_DEVICE, "missing", "no camera is set up")


class AbsentCamera:
    """``Camera`` that has no frame, ever, and says so."""

    def start(self) -> None:
        """Nothing to open."""

    def pace(self, pictures_per_s: float) -> None:
        """Nothing to spare."""

    def newest(self) -> Frame | None:
        """No frame."""
        return None

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        """No frame, told at once: waiting would change nothing."""
        del than, deadline
        return None

    def status(self) -> DeviceStatus:
        """``no_device``/``missing``."""
        return _NOT_SET_UP

    def presence(self) -> DeviceStatus:
        """The same."""
        return _NOT_SET_UP

    def capabilities(self) -> CameraCapabilities | None:
        """None."""
        return None

    def stop(self) -> None:
        """Nothing to release."""
