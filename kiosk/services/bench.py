"""All devices of the terminal, opened from its settings, as the plain calls that the workers make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from drivers.barcode_scanner.abstract import BarcodeScanner
from drivers.barcode_scanner.factory import open_scanner
from drivers.camera.abstract import Camera
from drivers.camera.factory import open_camera
from drivers.errors import DeviceError
from drivers.id_card_reader.abstract import IdCardReader
from drivers.id_card_reader.factory import open_reader
from drivers.receipt_printer.abstract import ReceiptPrinter
from drivers.receipt_printer.factory import open_printer
from drivers.receipt_printer.render_image import picture
from drivers.receipt_printer.types import PaperWidth, PrinterStatus
from drivers.status import DeviceState, DeviceStatus
from drivers.types import Deadline, Image
from kiosk.config import Devices
from kiosk.flow.events import CardFailed, CardWasRead, SlipFailed, SlipPrinted
from kiosk.services.cards import read_card
from kiosk.services.device_slot import DeviceSlot
from kiosk.services.slip_desk import SlipDesk
from kiosk.services.slips import SlipFacts


class Bench:
    """The devices. Each method group is called from one thread only; nothing is opened before it is first needed."""

    def __init__(self, devices: Devices, slips: SlipDesk) -> None:
        self._slips = slips
        self._width: PaperWidth = devices.receipt_width
        self._reader: DeviceSlot[IdCardReader] = DeviceSlot(
            lambda: open_reader(devices.id_card_reader, devices.id_card_reader_baudrate, devices.photo_library)
        )
        self._printer: DeviceSlot[ReceiptPrinter] = DeviceSlot(
            lambda: open_printer(devices.receipt_printer, devices.receipt_width, model=devices.receipt_model)
        )
        self._scanner: DeviceSlot[BarcodeScanner] = DeviceSlot(lambda: open_scanner(devices.barcode_scanner))
        self.camera: Camera = open_camera(devices.camera)
        path = Path(devices.camera.partition("?")[0])
        self._camera_path = path if path.is_relative_to("/dev") else None

    @property
    def probes(self) -> Mapping[str, Callable[[], DeviceStatus]]:
        """How each device is asked for its state."""
        return {
            "id_card_reader": self._probe_reader,
            "camera": self._probe_camera,
            "receipt_printer": self._probe_printer,
            "barcode_scanner": self._probe_scanner,
        }

    def read_card(self, deadline: Deadline) -> CardWasRead | CardFailed:
        """Wait for a card and read it."""
        try:
            return self._reader.use(lambda reader: read_card(reader, deadline))
        except DeviceError:
            return CardFailed("card.reader_lost")

    def print_slip(self, facts: SlipFacts, deadline: Deadline) -> SlipPrinted | SlipFailed:
        """Print the slip and follow it to its end."""
        try:
            return self._printer.use(lambda printer: self._slips.print(printer, facts, deadline))
        except DeviceError as error:
            return SlipFailed(facts.case_id, f"paper.{error.code}")

    def draw_slip(self, facts: SlipFacts) -> Image | None:
        """The same slip as a grey picture; ``None`` where there is no font to draw it with."""
        try:
            return np.asarray(picture(self._slips.blocks(facts), self._width).convert("L"), dtype=np.uint8)
        except DeviceError:
            return None

    def close(self) -> None:
        """Let go of all devices; called when their threads have ended."""
        self._reader.close()
        self._printer.close()
        self._scanner.close()
        self.camera.stop()
        self._slips.close()

    def _probe_reader(self) -> DeviceStatus:
        return _asked(lambda: self._reader.use(lambda reader: reader.status()))

    def _probe_camera(self) -> DeviceStatus:
        """Between face checks the lens is not read, on purpose: that is no trouble."""
        if self._camera_path is not None and not self._camera_path.exists():
            return DeviceStatus(DeviceState.NO_DEVICE, "lost", f"{self._camera_path} is not there")
        status = self.camera.status()
        return DeviceStatus(DeviceState.ONLINE, "ok", "at rest") if status.code == "stopped" else status

    def _probe_scanner(self) -> DeviceStatus:
        return _asked(lambda: self._scanner.use(lambda scanner: scanner.status()))

    def _probe_printer(self) -> DeviceStatus:
        return _asked(lambda: of_printer(self._printer.use(lambda printer: printer.status())))


def of_printer(status: PrinterStatus) -> DeviceStatus:
    """One status out of the printer's several; a printer that cannot print is not online."""
    if status.can_print or not status.device.is_online:
        return status.device
    return DeviceStatus(DeviceState.USER_ERROR, status.device.code, status.device.detail)


def trouble_of(status: DeviceStatus) -> str:
    """Code of what is wrong, empty when nothing is."""
    return "" if status.is_online else status.code


def _asked(ask: Callable[[], DeviceStatus]) -> DeviceStatus:
    try:
        return ask()
    except DeviceError as error:
        return DeviceStatus(DeviceState.NO_DEVICE, error.code, error.message)
