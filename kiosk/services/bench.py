"""All devices of the terminal, opened from its settings and kept in service, as the plain calls that the workers make."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from drivers.barcode_scanner.abstract import BarcodeScanner
from drivers.barcode_scanner.factory import open_scanner
from drivers.barcode_scanner.types import Code, NotScanned, ScanTrouble
from drivers.camera.abstract import Camera
from drivers.camera.document import OnLook, capture_document
from drivers.camera.factory import open_camera
from drivers.camera.page_types import CaptureTrouble, DocumentCapture, PageShape
from drivers.document_printer.abstract import DocumentPrinter
from drivers.document_printer.states import unknown_status
from drivers.document_printer.types import DocumentOutcome, PrintResult
from drivers.errors import DeviceError
from drivers.id_card_reader.abstract import IdCardReader
from drivers.id_card_reader.factory import open_reader
from drivers.pictures import as_jpeg
from drivers.receipt_printer.abstract import ReceiptPrinter
from drivers.receipt_printer.errors import FontMissing
from drivers.receipt_printer.escpos_library import new_generator
from drivers.receipt_printer.factory import open_printer
from drivers.receipt_printer.glyphs import default_glyphs
from drivers.receipt_printer.render_image import picture
from drivers.receipt_printer.types import PaperWidth
from drivers.status import DeviceState, DeviceStatus
from drivers.supervision.fence import Fenced
from drivers.supervisor import CAMERAS, CARDS, DOCUMENTS, PRINTERS, SCANNERS, DeviceSupervisor, Wedged
from drivers.transport.opening import OpenPort
from drivers.types import Deadline, Image
from kiosk.config import Devices
from kiosk.flow.events import CardFailed, CardWasRead, CredentialFailed, SlipFailed, SlipPrinted
from kiosk.services.card_table import CardTable
from kiosk.services.cards import forget_card
from kiosk.services.probes import CameraWatch, of_printer, scanner_settings
from kiosk.services.proofs import HeldProof
from kiosk.services.slip_desk import SlipDesk
from kiosk.services.slips import SlipFacts

OnDeviceChange = Callable[[str, DeviceStatus], None]
"""Told a device's name and what it says of itself now."""
OpenDocuments = Callable[[str], DocumentPrinter]
"""The A4 printer at a URL; a simulation gives one of its own."""

_STOP_S = 5.0
_SCAN_REASONS = {
    ScanTrouble.NOTHING: "credential.timed_out",
    ScanTrouble.CANCELLED: "credential.cancelled",
    ScanTrouble.TOO_LONG: "credential.unreadable",
    ScanTrouble.UNDECODABLE: "credential.unreadable",
}


class Bench:
    """The devices, each owned by a thread of its own. Every method may be called from any thread."""

    def __init__(
        self, devices: Devices, slips: SlipDesk, card_note: Path | None = None, open_documents: OpenDocuments | None = None
    ) -> None:
        """Nothing is opened before ``start``; raises ``DeviceError`` or ``ValueError`` for URLs that name none."""
        self._slips, self.cards = slips, CardTable(card_note)
        self._width: PaperWidth = devices.receipt_width
        self.camera: Camera = open_camera(devices.camera)
        self._reader: DeviceSupervisor[Fenced[IdCardReader]] = DeviceSupervisor(
            "id_card_reader",
            lambda: Fenced(partial(_open_reader, devices)),
            lambda reader: reader.device.status(),
            CARDS,
        )
        self._printer: DeviceSupervisor[Fenced[ReceiptPrinter]] = DeviceSupervisor(
            "receipt_printer",
            lambda: Fenced(partial(_open_printer, devices)),
            lambda printer: of_printer(printer.device.status()),
            PRINTERS,
        )
        self._scanner: DeviceSupervisor[Fenced[BarcodeScanner]] = DeviceSupervisor(
            "barcode_scanner",
            lambda: Fenced(partial(open_scanner, devices.barcode_scanner, scanner_settings(devices))),
            lambda scanner: scanner.device.status(),
            SCANNERS,
        )
        self.supervisors: dict[str, DeviceSupervisor[Any]] = {
            "id_card_reader": self._reader,
            "camera": DeviceSupervisor("camera", partial(CameraWatch, self.camera), lambda watch: watch.status(), CAMERAS),
            "receipt_printer": self._printer,
            "barcode_scanner": self._scanner,
        }
        self.on_code: Callable[[], None] = lambda: None
        """Called on the waiting thread when a code was seen, before anybody checks it."""
        self._pages = open_camera(devices.document_camera) if devices.document_camera else None
        self._supervise_papers(devices, open_documents)

    def _supervise_papers(self, devices: Devices, open_documents: OpenDocuments | None) -> None:
        """Document camera and A4 printer, where there are such."""
        if self._pages is not None:
            watch = partial(CameraWatch, self._pages)
            self.supervisors["document_camera"] = DeviceSupervisor("document_camera", watch, lambda one: one.status(), CAMERAS)
        if devices.document_printer:
            self.supervisors["document_printer"] = _supervised_documents(devices.document_printer, open_documents)

    def start(self) -> None:
        """Open all devices and keep them in service from now on."""
        for supervisor in self.supervisors.values():
            supervisor.start()

    @property
    def document_camera(self) -> Camera | None:
        """The camera for papers, if there is one."""
        return self._pages

    def subscribe(self, on_change: OnDeviceChange) -> Callable[[], None]:
        """Be told each device's present status at once and then its changes, on the devices' threads; returns how to end that."""
        ends = [one.subscribe(partial(on_change, name)) for name, one in self.supervisors.items()]

        def unsubscribe() -> None:
            for end in ends:
                end()

        return unsubscribe

    def read_card(self, deadline: Deadline) -> CardWasRead | CardFailed:
        """Wait for a card and read it; one that was left by an earlier visit is refused until it has been lifted."""
        try:
            return self._reader.call(lambda reader: self.cards.read(reader.device, deadline), deadline, dispose=forget_card)
        except DeviceError:
            return CardFailed("card.reader_lost")

    def look_for_card(self, deadline: Deadline) -> bool | None:
        """Whether a card lies on the reader; ``None`` when that cannot be found out now."""
        try:
            return self._reader.call(lambda reader: self.cards.look(reader.device, deadline), deadline)
        except DeviceError:
            return None

    def read_code(self, deadline: Deadline) -> str | CredentialFailed:
        """Wait for a code before the scanner; anything may be in it."""
        try:
            read = _read_code(self._scanner, deadline)
        except DeviceError:
            return CredentialFailed("credential.scanner_lost")
        if isinstance(read, str):
            self.on_code()
        return read

    def scan_page(self, deadline: Deadline, on_look: OnLook | None = None) -> bytearray | CaptureTrouble:
        """Capture one page under the document camera, as JPEG; the camera is closed again, and what it saw overwritten."""
        if self._pages is None:
            return CaptureTrouble.NO_CAMERA
        self._pages.start()
        try:
            captured = capture_document(self._pages, deadline, PageShape.FREE, on_look)
            if not isinstance(captured, DocumentCapture):
                return captured.trouble
            try:
                return as_jpeg(captured.image)
            finally:
                captured.forget()
        finally:
            self._pages.stop()

    def open_camera(self) -> None:
        """Open the camera ahead of a check, if it is not open."""
        self.camera.start()

    def close_camera(self) -> None:
        """Close the camera and overwrite what it saw; may be called twice."""
        self.camera.stop()

    def print_slip(self, facts: SlipFacts, deadline: Deadline) -> SlipPrinted | SlipFailed:
        """Print the slip and follow it to its end."""
        try:
            return self._printer.call(lambda printer: self._slips.print(printer.device, facts, deadline), deadline)
        except Wedged:
            return SlipFailed(facts.case_id, "paper.unknown")  # it hangs in the middle: part of the slip may be out
        except DeviceError as error:
            return SlipFailed(facts.case_id, f"paper.{error.code}")

    @staticmethod
    def warm_up() -> None:
        """Load what the first slip needs, before somebody waits for it: the generator of printer commands, and the font."""
        new_generator()
        with suppress(FontMissing):  # said by every slip that needs it
            default_glyphs()

    def draw_slip(self, facts: SlipFacts) -> Image | None:
        """The same slip as a grey picture; ``None`` where there is no font to draw it with."""
        try:
            return np.asarray(picture(self._slips.blocks(facts), self._width).convert("L"), dtype=np.uint8)
        except DeviceError:
            return None

    def print_document(self, proof: HeldProof, deadline: Deadline) -> DocumentOutcome | None:
        """Print a proof and follow it to its end; ``None`` when the printer is not there."""
        printer = self.supervisors.get("document_printer")
        if printer is None:
            return None
        try:
            outcome: DocumentOutcome = printer.call(lambda one: proof.print_on(one, deadline), deadline)
        except Wedged as error:  # it hangs in the middle: part of the document may be out
            return DocumentOutcome(
                PrintResult.UNKNOWN, unknown_status(DeviceState.UNKNOWN, "no_answer", str(error)), is_purged=False
            )
        except DeviceError:
            return None
        return outcome

    def stop(self) -> None:
        """Cancel what the devices are doing and let go of them: whoever waits for one gets an answer; may be called twice."""
        for supervisor in self.supervisors.values():
            supervisor.stop(_STOP_S)

    def close(self) -> None:
        """Let go of everything; called when the threads that call have ended."""
        self.stop()
        self.camera.stop()
        if self._pages is not None:
            self._pages.stop()
        self._slips.close()


def _read_code(scanner: DeviceSupervisor[Fenced[BarcodeScanner]], deadline: Deadline) -> str | CredentialFailed:
    """The text of the next code, or why there is none; passes on ``DeviceError``."""
    match scanner.call(lambda one: one.device.read(deadline), deadline):
        case Code() as code:
            return code.text
        case NotScanned(trouble):
            return CredentialFailed(_SCAN_REASONS[trouble])


def _open_reader(devices: Devices, opener: OpenPort) -> IdCardReader:
    return open_reader(devices.id_card_reader, devices.id_card_reader_baudrate, devices.photo_library, open_port=opener)


def _open_printer(devices: Devices, opener: OpenPort) -> ReceiptPrinter:
    return open_printer(devices.receipt_printer, devices.receipt_width, model=devices.receipt_model, open_port=opener)


def _supervised_documents(url: str, open_documents: OpenDocuments | None) -> DeviceSupervisor[DocumentPrinter]:
    if open_documents is None:
        from drivers.document_printer.factory import open_document_printer  # late: most terminals have none

        open_documents = open_document_printer
    open_documents(url).close()  # asks nobody; a URL of which nothing can be made must be heard of at the start
    return DeviceSupervisor(
        "document_printer",
        partial(open_documents, url),
        lambda printer: of_printer(printer.status()),
        DOCUMENTS,
    )
