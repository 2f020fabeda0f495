"""Candidates that follow from what is plugged in."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from drivers import discovery
from drivers.discovering.inventory import Inventory, Node, PrintQueue, UsbName, UsbPrinter
from drivers.discovering.usb_ids import TABLE, look_up
from drivers.discovery import Candidate, Certainty, DeviceClass, candidates

ADAPTER = Node("/dev/ttyUSB0", "/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0", UsbName(0x1A86, 0x7523, "USB Serial"))
NEWLAND_PORT = Node("/dev/ttyACM0", "", UsbName(0x1EAB, 0x1D06, "Newland FM430"))
SAM = UsbName(0x0400, 0xC35A, "reader")


def _told(*found: Candidate) -> Sequence[tuple[DeviceClass, str, Certainty]]:
    return [(one.device_class, one.url, one.certainty) for one in found]


def test_an_adapter_may_be_anything_and_the_reason_says_what_to_try() -> None:
    found = candidates(Inventory(serial_ports=(ADAPTER,)))
    assert {one.device_class for one in found} == {
        DeviceClass.ID_CARD_READER,
        DeviceClass.RECEIPT_PRINTER,
        DeviceClass.BARCODE_SCANNER,
    }
    assert {(one.url, one.certainty) for one in found} == {(ADAPTER.stable_path, Certainty.POSSIBLE)}
    for one in found:
        assert "CH340" in one.reason
        assert f"`python -m drivers.{one.device_class} status --url {one.url}`" in one.reason


def test_a_known_scanner_on_a_serial_port_is_that_and_nothing_else() -> None:
    found = candidates(Inventory(serial_ports=(NEWLAND_PORT,)))
    assert _told(*found) == [(DeviceClass.BARCODE_SCANNER, "/dev/ttyACM0", Certainty.KNOWN)]
    assert "1eab:1d06" in found[0].reason


def test_a_plain_serial_port_is_possible_without_any_id() -> None:
    found = candidates(Inventory(serial_ports=(Node("/dev/ttyS0"),)))
    assert {one.certainty for one in found} == {Certainty.POSSIBLE}
    assert len(found) == 3


def test_a_sam_v_reader_on_plain_usb_is_named() -> None:
    assert _told(*candidates(Inventory(usb_others=(SAM,)))) == [(DeviceClass.ID_CARD_READER, "usb://0400:c35a", Certainty.KNOWN)]


def test_printers_are_found_by_their_class_and_known_ones_stand_first() -> None:
    office = UsbName(0x03F0, 0x0C17, "LaserJet 1010", "S/1 2")
    epson = UsbName(0x04B8, 0x0E15, "EPSON TM-T20II")
    found = candidates(
        Inventory(printer_files=(Node("/dev/usb/lp0", usb=office),), usb_printers=(UsbPrinter(office), UsbPrinter(epson)))
    )
    assert _told(*found) == [
        (DeviceClass.RECEIPT_PRINTER, "usb://04b8:0e15", Certainty.KNOWN),
        (DeviceClass.RECEIPT_PRINTER, "/dev/usb/lp0", Certainty.POSSIBLE),
        (DeviceClass.RECEIPT_PRINTER, "usb://03f0:0c17/S%2F1%202", Certainty.POSSIBLE),
    ]


def test_cameras_by_stable_path_are_surer_than_by_number() -> None:
    found = candidates(Inventory(video_nodes=(Node("/dev/video2"), Node("/dev/video0", "/dev/v4l/by-id/usb-cam-video-index0"))))
    assert _told(*found) == [
        (DeviceClass.CAMERA, "/dev/v4l/by-id/usb-cam-video-index0", Certainty.KNOWN),
        (DeviceClass.CAMERA, "/dev/video2", Certainty.LIKELY),
    ]


@pytest.mark.parametrize(
    ("usb", "certainty"),
    [
        (UsbName(0x0C2E, 0x0B61, "Honeywell"), Certainty.LIKELY),
        (UsbName(0x1EAB, 0x1D06, "Newland"), Certainty.KNOWN),
        (UsbName(0x9999, 0x0001, "USB Barcode Reader"), Certainty.LIKELY),
        (UsbName(0x046D, 0xC31C, "Logitech Keyboard K120"), None),
        (UsbName(), None),
    ],
)
def test_only_keyboards_that_are_scanners_count(usb: UsbName, certainty: Certainty | None) -> None:
    found = candidates(Inventory(keyboards=(Node("/dev/input/event5", "/dev/input/by-id/usb-x-event-kbd", usb),)))
    wanted = [(DeviceClass.BARCODE_SCANNER, "input:///dev/input/by-id/usb-x-event-kbd", certainty)] if certainty else []
    assert _told(*found) == wanted


def test_queues_are_document_printers() -> None:
    found = candidates(Inventory(queues=(PrintQueue("A4 Büro", "usb:"),)))
    assert _told(*found) == [(DeviceClass.DOCUMENT_PRINTER, "ipp://localhost:631/printers/A4%20B%C3%BCro", Certainty.LIKELY)]


def test_every_line_of_the_table_has_a_source_and_can_be_reached() -> None:
    for entry in TABLE:
        assert entry.source
        found = look_up(entry.vendor, 0xFFFE if entry.product is None else entry.product)
        assert found is entry, f"{entry.what} is hidden by an earlier line"


def test_what_is_not_known_is_not_guessed() -> None:
    assert look_up(0x1234, 0x5678) is None
    assert look_up(None, None) is None
    assert candidates(Inventory()) == ()


def test_the_command_speaks_to_people_and_programs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(discovery, "read_inventory", lambda: Inventory(usb_others=(SAM,)))
    assert discovery.main([]) == 0
    assert "usb://0400:c35a" in capsys.readouterr().out
    assert discovery.main(["--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["certainty"] == "known"
    monkeypatch.setattr(discovery, "read_inventory", Inventory)
    assert discovery.main([]) == 1
    assert "nothing found" in capsys.readouterr().out
