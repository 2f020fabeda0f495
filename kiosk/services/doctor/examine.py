"""Looks at all devices at once, none of which can hold up the others."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from drivers.camera.factory import shown_url
from drivers.errors import DeviceError
from drivers.status import DeviceState, DeviceStatus
from drivers.supervision.judgement import BUG, status_of_error
from kiosk.catalogue.models import Catalogue
from kiosk.config import Devices
from kiosk.readiness import Facts, Means, assess, serving
from kiosk.services.doctor import looks
from kiosk.services.doctor.advice import advice_for
from kiosk.services.doctor.found import how_found
from kiosk.services.doctor.report import DeviceReport, Findings, Report, Verdict, verdict_of
from kiosk.services.probes import trouble_of

_log = logging.getLogger(__name__)

_LIMIT_S = 25.0
_LIMIT_WITH_PRINT_S = 60.0
_HANGS = DeviceStatus(DeviceState.HARDWARE_ERROR, "wedged", "the driver does not come back")

_MAY_HOLD_PASSWORDS = ("camera", "camera_infrared", "document_printer")

Look = Callable[[Findings], None]


@dataclass(slots=True)
class _Patient:
    url: str
    """Without passwords: the report goes to people."""
    findings: Findings = field(default_factory=Findings)
    thread: threading.Thread | None = None
    """``None`` for a device that the settings do not name."""
    seconds: float = 0.0


def examine(devices: Devices, catalogue: Catalogue, *, print_test: bool = False, limit_s: float | None = None) -> Report:
    """Look at every device of the settings; never raises for what a device does or does not do."""
    begun_s = time.monotonic()
    limit = limit_s or (_LIMIT_WITH_PRINT_S if print_test else _LIMIT_S)
    patients = {name: _begin(name, url, look) for name, (url, look) in _looks(devices, print_test).items()}
    reports = []
    for name, patient in patients.items():
        if patient.thread is not None:
            patient.thread.join(max(0.0, begun_s + limit - time.monotonic()))
        reports.append(_report(name, patient, limit))
    return _conclude(tuple(reports), catalogue, time.monotonic() - begun_s)


def _looks(devices: Devices, print_test: bool) -> Mapping[str, tuple[str, Look]]:
    return {
        "id_card_reader": (devices.id_card_reader, partial(looks.at_reader, devices)),
        "camera": (devices.camera, partial(looks.at_camera, devices.camera)),
        "receipt_printer": (devices.receipt_printer, partial(looks.at_receipt_printer, devices, print_test)),
        "barcode_scanner": (devices.barcode_scanner, partial(looks.at_scanner, devices)),
        "document_printer": (devices.document_printer, partial(looks.at_document_printer, devices, print_test)),
        "camera_infrared": (devices.camera_infrared, partial(looks.at_camera, devices.camera_infrared)),
    }


def _begin(name: str, url: str, look: Look) -> _Patient:
    patient = _Patient(shown_url(url) if name in _MAY_HOLD_PASSWORDS else url)
    findings = patient.findings

    def run() -> None:
        begun_s = time.monotonic()
        try:
            look(findings)
        except DeviceError as error:
            findings.status = status_of_error(error)
        except Exception as error:  # noqa: BLE001 - a driver's bug is a finding about the device, and its words may be personal
            _log.error("%s: the look ended with %s", name, type(error).__name__)
            findings.status = BUG
        patient.seconds = time.monotonic() - begun_s

    if url:
        patient.thread = threading.Thread(target=run, name=f"doctor {name}", daemon=True)
        patient.thread.start()
    return patient


def _report(name: str, patient: _Patient, limit_s: float) -> DeviceReport:
    findings = patient.findings
    if patient.thread is None:
        status = DeviceStatus(DeviceState.NO_DEVICE, "not_configured")
        return DeviceReport(name, "", "not in the settings", {}, status, (), 0.0, Verdict.NOT_CONFIGURED, "")
    hangs = patient.thread.is_alive()
    status = _HANGS if hangs else findings.status
    seen = Findings(status, dict(findings.capabilities), list(findings.tests))
    verdict = verdict_of(seen)
    return DeviceReport(
        name,
        patient.url,
        how_found(name, patient.url),
        seen.capabilities,
        status,
        tuple(seen.tests),
        limit_s if hangs else patient.seconds,
        verdict,
        advice_for(seen, verdict),
    )


def _conclude(reports: tuple[DeviceReport, ...], catalogue: Catalogue, seconds: float) -> Report:
    """By the rule by which the terminal itself decides what it can do."""
    # What only the running terminal knows (staff, issuers, platform) is not looked at: the card reader is what counts here.
    devices = {report.device: trouble_of(report.status) for report in reports}
    facts = Facts(devices=devices, means=Means(credentials=False))
    readiness = assess(facts, catalogue)
    can_serve = serving(readiness, catalogue) and bool(readiness.routes)
    return Report(reports, tuple(route.value for route in readiness.routes), can_serve, not readiness.paper, seconds)
