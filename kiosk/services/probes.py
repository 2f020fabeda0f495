"""How each device is set up, and asked for the one status that stands for it."""

from __future__ import annotations

from pathlib import Path

from drivers.barcode_scanner.profiles import ProfileName
from drivers.barcode_scanner.protocol import Framing
from drivers.barcode_scanner.settings import ScannerSettings
from drivers.camera.abstract import Camera
from drivers.receipt_printer.types import PrinterStatus
from drivers.status import DeviceState, DeviceStatus
from kiosk.config import Devices

_NOT_READ = ("stopped", "starting")


class CameraWatch:
    """A camera as its supervisor sees it: its own driver opens it again, so it is only asked, from any thread."""

    def __init__(self, camera: Camera, url: str) -> None:
        self._camera = camera
        path = Path(url.partition("?")[0])
        self._path = path if path.is_relative_to("/dev") else None

    def status(self) -> DeviceStatus:
        """Between face checks the lens is not read, on purpose: that is no trouble as long as the camera is there."""
        status = self._camera.status()
        return self._at_rest() if status.code in _NOT_READ else status

    def close(self) -> None:
        """The camera belongs to the face thread."""

    def _at_rest(self) -> DeviceStatus:
        if self._path is not None and not self._path.exists():
            return DeviceStatus(DeviceState.NO_DEVICE, "lost", f"{self._path} is not there")
        return DeviceStatus(DeviceState.ONLINE, "ok", "at rest")


def of_printer(status: PrinterStatus) -> DeviceStatus:
    """One status out of the printer's several; a printer that cannot print is not online."""
    if status.can_print or not status.device.is_online:
        return status.device
    return DeviceStatus(DeviceState.USER_ERROR, status.device.code, status.device.detail)


def trouble_of(status: DeviceStatus) -> str:
    """Code of what is wrong, empty when nothing is."""
    return "" if status.is_online else status.code


def scanner_settings(devices: Devices) -> ScannerSettings:
    """How the scanner is set up, in its driver's words."""
    return ScannerSettings(
        profile=ProfileName(devices.scanner_profile),
        framing=Framing(devices.scanner_framing),
        strips_aim=devices.scanner_aim,
        baudrate=devices.scanner_baudrate,
    )
