from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

import assets
from drivers.errors import NoResponse
from drivers.status import DeviceState, DeviceStatus
from kiosk.catalogue.models import Catalogue
from kiosk.catalogue.reading import load
from kiosk.config import Devices
from kiosk.services.doctor import looks
from kiosk.services.doctor.examine import examine
from kiosk.services.doctor.report import Findings, Verdict


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load(assets.ROOT / "catalogue")


@pytest.fixture
def released() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def _without_camera() -> Devices:
    return Devices(camera="")


def test_simulated_devices_are_fit_and_the_machine_can_serve(catalogue: Catalogue) -> None:
    report = examine(_without_camera(), catalogue)
    verdicts = {device.device: device.verdict for device in report.devices}
    assert verdicts["id_card_reader"] is Verdict.FIT
    assert verdicts["receipt_printer"] is Verdict.FIT
    assert verdicts["barcode_scanner"] is Verdict.FIT
    assert verdicts["camera"] is verdicts["document_printer"] is Verdict.NOT_CONFIGURED
    assert report.can_serve
    assert report.prints_paper
    assert "id_card_face" not in report.routes


def test_a_test_slip_is_printed_where_wanted(catalogue: Catalogue) -> None:
    report = examine(_without_camera(), catalogue, print_test=True)
    printer = next(device for device in report.devices if device.device == "receipt_printer")
    assert [(test.name, test.passed) for test in printer.tests] == [("test_slip", True)]


def test_without_a_reader_the_machine_cannot_serve(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(_devices: Devices, findings: Findings) -> None:
        findings.status = DeviceStatus(DeviceState.ONLINE, "ok")
        raise NoResponse("sim://", "does not answer")

    monkeypatch.setattr(looks, "at_reader", silent)
    report = examine(_without_camera(), catalogue)
    reader = report.devices[0]
    assert (reader.verdict, reader.status.code) == (Verdict.BROKEN, "no_answer")
    assert reader.advice
    assert not report.can_serve


def test_a_driver_that_hangs_holds_nobody_up_and_keeps_what_was_seen(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, released: threading.Event
) -> None:
    def hangs(_devices: Devices, findings: Findings) -> None:
        findings.capabilities["sam_id"] = "05.01"
        released.wait()

    monkeypatch.setattr(looks, "at_reader", hangs)
    report = examine(_without_camera(), catalogue, limit_s=0.8)
    assert report.devices[0].status.code == "wedged"
    assert report.devices[0].capabilities == {"sam_id": "05.01"}
    assert report.devices[2].verdict is Verdict.FIT


@pytest.mark.expects_warnings
def test_a_bug_in_a_driver_is_a_finding(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_devices: Devices, _findings: Findings) -> None:
        raise ZeroDivisionError("with a resident's name in it")

    monkeypatch.setattr(looks, "at_scanner", broken)
    report = examine(_without_camera(), catalogue)
    scanner = next(device for device in report.devices if device.device == "barcode_scanner")
    assert scanner.status.code == "driver_bug"
    assert report.can_serve


def test_no_password_of_a_camera_or_printer_gets_into_the_report(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "at_camera", lambda _url, _findings: None)
    devices = Devices(camera="rtsp://user:secret@192.0.2.7/live?key=secret", document_printer="ipp://user:secret@h/printers/a4")
    report = examine(devices, catalogue)
    assert "secret" not in repr(report)
    assert report.devices[1].url == "rtsp://192.0.2.7/live"


@pytest.mark.parametrize("url", ["http://user:secret@192.0.2.7/a4", "ipp://h/"])
def test_a_printer_url_that_is_none_is_no_bug_of_the_driver(url: str, catalogue: Catalogue) -> None:
    report = examine(Devices(camera="", document_printer=url), catalogue)
    documents = next(device for device in report.devices if device.device == "document_printer")
    assert (documents.verdict, documents.status.code) == (Verdict.BROKEN, "unsupported")
    assert "secret" not in repr(report)
