"""How each device is looked at: opened, asked, tried, and let go of again. Each raises ``DeviceError`` where the link fails."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from drivers.barcode_scanner.factory import open_scanner
from drivers.barcode_scanner.types import Code, NotScanned
from drivers.camera.examination import examine
from drivers.camera.factory import open_camera
from drivers.document_printer.factory import open_document_printer
from drivers.document_printer.sample_page import sample_pdf
from drivers.document_printer.types import PrintResult as DocumentResult
from drivers.errors import Unsupported
from drivers.id_card_reader.factory import open_reader
from drivers.id_card_reader.photo import VendorLibraryDecoder
from drivers.id_card_reader.types import CardRead, CardTrouble
from drivers.receipt_printer.factory import open_printer
from drivers.receipt_printer.technician_page import technician_page
from drivers.receipt_printer.types import PAPERS, PrintResult
from drivers.status import DeviceStatus
from drivers.types import Deadline
from kiosk.config import Devices
from kiosk.services.doctor.report import Findings
from kiosk.services.probes import of_printer, scanner_settings

_FIND_S = 2.0
"""As long as the look through the camera, which goes on meanwhile; less, and a reader that answers passed for silent while that
was being loaded."""
_TRIGGER_S = 0.6
_CAMERA_S = 8.0
_PRINT_S = 45.0
_DARK, _BRIGHT = 25.0, 235.0
"""Mean grey levels between which a face can be seen."""
_LEAST_SHARPNESS = 10.0
"""Between out of focus (about 5) and in focus (above 30), by the camera driver's measure."""


def at_reader(devices: Devices, findings: Findings) -> None:
    """Status, number of the security module, and one look for a card; what lies there is forgotten at once."""
    reader = open_reader(devices.id_card_reader, devices.id_card_reader_baudrate, devices.photo_library)
    try:
        findings.status = reader.status()
        findings.capabilities["baudrate"] = devices.id_card_reader_baudrate
        _look_at_library(devices.photo_library, findings)
        if not findings.status.is_online:
            return
        sam_id = str(reader.sam_id())
        findings.capabilities["sam_id"] = sam_id
        findings.tested("sam_id", bool(sam_id), f"the security module is {sam_id}")
        outcome = reader.read(Deadline(_FIND_S))
        if isinstance(outcome, CardRead):
            findings.tested("find", True, "a card lies on it and was found")
            has_photo = outcome.photo is not None
            findings.tested("photo", has_photo, "its photo can be decoded" if has_photo else f"no photo: {outcome.photo_problem}")
        else:
            is_good = outcome.trouble in (CardTrouble.NO_CARD, CardTrouble.TOO_SLOW)
            findings.tested("find", is_good, f"it looks for a card ({outcome.trouble.value})")
    finally:
        reader.close()


def _look_at_library(library: Path | None, findings: Findings) -> None:
    """Without the photos of true cards there is no face check, and nothing but the library makes pictures of them."""
    trouble = None if library is None else VendorLibraryDecoder(library).trouble()
    findings.capabilities["decodes_wlt"] = library is not None and trouble is None
    if library is not None:
        findings.tested("photo_library", trouble is None, f"{library} {'can be called' if trouble is None else trouble.value}")


def at_camera(url: str, findings: Findings) -> None:
    """A few pictures, measured and forgotten."""
    camera = open_camera(url)
    seen = examine(camera, Deadline(_CAMERA_S))
    findings.status = DeviceStatus(seen.state, seen.code, seen.detail)
    findings.capabilities |= {"width_px": seen.width, "height_px": seen.height, "frames_per_s": round(seen.frames_per_s, 1)}
    if not findings.status.is_online:
        return
    is_lit = _DARK <= seen.brightness <= _BRIGHT
    findings.tested("brightness", is_lit, "light enough" if is_lit else "too dark or too bright", grey=round(seen.brightness, 1))
    is_sharp = seen.sharpness >= _LEAST_SHARPNESS
    findings.tested("sharpness", is_sharp, "sharp" if is_sharp else "blurred: clean the lens", laplacian=round(seen.sharpness, 1))


def at_receipt_printer(devices: Devices, print_test: bool, findings: Findings) -> None:
    """Status, and a test slip where that is wanted."""
    printer = open_printer(devices.receipt_printer, devices.receipt_width, model=devices.receipt_model)
    try:
        status = printer.status()
        findings.status = of_printer(status)
        findings.capabilities |= {
            "width": devices.receipt_width,
            "dots": PAPERS[devices.receipt_width].width_dots,
            "model": devices.receipt_model,
            "paper": status.paper.value,
        }
        if print_test and status.can_print:
            outcome = printer.print_receipt(technician_page(devices.receipt_printer, _now()), Deadline(_PRINT_S))
            findings.status = of_printer(outcome.status)
            words = _outcome(outcome.result.value, findings.status)
            findings.tested("test_slip", outcome.result is PrintResult.PRINTED, words)
    finally:
        printer.close()


def at_scanner(devices: Devices, findings: Findings) -> None:
    """Status, and the light on and off; what is scanned meanwhile is forgotten."""
    settings = scanner_settings(devices)
    scanner = open_scanner(devices.barcode_scanner, settings)
    try:
        findings.status = scanner.status()
        findings.capabilities |= {"profile": settings.profile.value, "framing": settings.framing.value}
        if not findings.status.is_online:
            return
        outcome = scanner.read(Deadline(_TRIGGER_S))
        words = "a code was read" if isinstance(outcome, Code) else f"it looked for a code ({_trouble(outcome)})"
        after = scanner.status()
        findings.tested("trigger", after.is_online, words)
        findings.status = after
    finally:
        scanner.close()


def at_document_printer(devices: Devices, print_test: bool, findings: Findings) -> None:
    """Status, and a test page where that is wanted."""
    try:
        printer = open_document_printer(devices.document_printer)
    except ValueError as error:
        raise Unsupported("document_printer", str(error)) from error
    try:
        status = printer.status()
        findings.status = of_printer(status)
        findings.capabilities |= {"paper": status.paper.value, "toner": status.toner.value, "accepting": status.is_accepting}
        if print_test and status.can_print:
            outcome = printer.print_document(sample_pdf(_now()), Deadline(_PRINT_S), title="test-page")
            findings.status = of_printer(outcome.status)
            words = _outcome(outcome.result.value, findings.status)
            findings.tested("test_page", outcome.result is DocumentResult.PRINTED, words, pages=outcome.pages)
    finally:
        printer.close()


def _now() -> str:
    return datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _outcome(result: str, status: DeviceStatus) -> str:
    words = result.replace("_", " ")
    return words if status.code == "ok" else f"{words}: {status.detail or status.code}"


def _trouble(outcome: NotScanned) -> str:
    return outcome.trouble.value
