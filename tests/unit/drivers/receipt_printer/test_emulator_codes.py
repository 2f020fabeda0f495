"""Codes and pictures on the emulated printer's paper."""

from __future__ import annotations

import numpy as np
import pytest
from pyzbar import pyzbar

from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.receipt_printer.emulator_paper import HEAD_TO_CUTTER_DOTS, Code
from tests.helpers.printer_line import print_slip


@pytest.fixture
def subject(emulated: PrinterEmulator) -> PrinterEmulator:
    return emulated


def qr(payload: bytes, module: int = 6, level: str = "31") -> bytes:
    size = (len(payload) + 3).to_bytes(2, "little")
    return (
        bytes.fromhex("1D286B 0400 3141 3200")
        + bytes.fromhex("1D286B 0300 3143")
        + bytes([module])
        + bytes.fromhex("1D286B 0300 3145" + level)
        + bytes.fromhex("1D286B")
        + size
        + bytes.fromhex("315030")
        + payload
        + bytes.fromhex("1D286B 0300 3151 30")
    )


def test_a_qr_code_can_be_scanned_off_the_paper(subject: PrinterEmulator) -> None:
    slip = print_slip(subject, b"\n\n\x1ba\x01" + qr(b"TEST-0123456789") + b"\n")
    assert slip.codes == (Code("QR Code", "TEST-0123456789"),)
    assert [code.data for code in pyzbar.decode(slip.image)] == [b"TEST-0123456789"]
    assert "[QR] TEST-0123456789" in slip.text
    rows, columns = np.nonzero(np.asarray(slip.image) < 128)
    assert rows.max() - rows.min() + 1 == columns.max() - columns.min() + 1 == 21 * 6


@pytest.mark.parametrize("payload", [b"x" * 3000, b"x" * 900])
def test_a_qr_code_too_long_or_too_wide_is_not_printed(subject: PrinterEmulator, payload: bytes) -> None:
    assert print_slip(subject, b"A\n" + qr(payload, module=8)).text == "A\n"


def test_a_bar_code_can_be_scanned_off_the_paper(subject: PrinterEmulator) -> None:
    slip = print_slip(subject, b"\n\x1ba\x01" + bytes.fromhex("1D6840 1D7703 1D4802 1D6B49 08 7B42 4142 7B43 0C22") + b"\n")
    assert slip.codes == (Code("Code 128", "AB1234"),)
    assert [code.data for code in pyzbar.decode(slip.image)] == [b"AB1234"]
    assert slip.text.split() == ["[CODE128]", "AB1234", "AB1234"]  # with its text below


@pytest.mark.parametrize("command", ["1D6B49 03 414243", "1D6B04 414200", "1D6B4604 7B424142"])
def test_bar_codes_it_cannot_make_are_skipped(subject: PrinterEmulator, command: str) -> None:
    assert print_slip(subject, bytes.fromhex(command) + b"A").text == "A\n"


def test_a_raster_is_printed_dot_by_dot(subject: PrinterEmulator) -> None:
    slip = print_slip(subject, bytes.fromhex("1D7630 00 0200 0200 8001 FFFF"))
    dots = np.asarray(slip.image)[HEAD_TO_CUTTER_DOTS : HEAD_TO_CUTTER_DOTS + 3, :17] < 128
    assert [row.nonzero()[0].tolist() for row in dots] == [[0, 15], list(range(16)), []]
    assert slip.text == "[picture 16x2]\n"


def test_a_raster_can_be_doubled(subject: PrinterEmulator) -> None:
    slip = print_slip(subject, bytes.fromhex("1D7630 03 0100 0100 80"))
    assert int((np.asarray(slip.image) < 128).sum()) == 4
