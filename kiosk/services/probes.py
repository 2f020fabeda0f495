"""How each device is set up, and asked for the one status that stands for it."""

from __future__ import annotations

from drivers.barcode_scanner.profiles import ProfileName
from drivers.barcode_scanner.protocol import Framing
from drivers.barcode_scanner.settings import ScannerSettings
from drivers.camera.abstract import Camera
from drivers.document_printer.types import DocumentPrinterStatus
from drivers.receipt_printer.types import PrinterStatus
from drivers.status import DeviceState, DeviceStatus
from drivers.types import Deadline
from kiosk.config import Devices

_STARTING = "starting"
_NOT_READ = ("stopped", _STARTING)
_ASK_AGAIN_S = 0.9
"""At rest a camera is asked so often at most: each time costs it something."""


class CameraWatch:
    """A camera as its supervisor sees it: its own driver opens it again, so it is only asked, from any thread."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._presence: DeviceStatus | None = None
        self._until_asked = Deadline(0.0)

    def status(self) -> DeviceStatus:
        """Between face checks the lens is not read, on purpose: that is no trouble as long as the camera is there.

        Nor is it while the camera opens, which may take seconds: what was known of it at rest holds until it delivers or is lost.
        """
        status = self._camera.status()
        return self._at_rest() if status.code in _NOT_READ else status

    def close(self) -> None:
        """The camera belongs to the face thread."""

    def _at_rest(self) -> DeviceStatus:
        if self._presence is None or self._until_asked.is_over:
            presence = self._camera.presence()
            if self._presence is None or presence.code != _STARTING:
                self._presence = presence
            self._until_asked = Deadline(_ASK_AGAIN_S)
        return self._presence


def of_printer(status: PrinterStatus | DocumentPrinterStatus) -> DeviceStatus:
    """One status out of a printer's several; a printer that cannot print is not online."""
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
