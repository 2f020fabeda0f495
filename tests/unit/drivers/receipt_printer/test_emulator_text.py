"""Text on the emulated printer's paper."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.receipt_printer.emulator_paper import HEAD_TO_CUTTER_DOTS
from tests.helpers.printer_line import Line, model, print_slip, statuses


@pytest.fixture
def subject(emulated: PrinterEmulator) -> PrinterEmulator:
    return emulated


def test_chinese_needs_its_mode(subject: PrinterEmulator) -> None:
    assert print_slip(subject, bytes.fromhex("1C26 B2E2CAD4 1C2E")).text == "测试\n"
    assert "测" not in print_slip(subject, bytes.fromhex("B2E2CAD4")).text


def test_models_for_the_chinese_market_start_in_chinese_mode(line: Line) -> None:
    with model(line, chinese_at_power_on=True) as emulator:
        assert print_slip(emulator, bytes.fromhex("1C2E 1B40 B2E2CAD4")).text == "测试\n"


def test_a_character_may_arrive_in_two_pieces(subject: PrinterEmulator) -> None:
    for byte in bytes.fromhex("1C26 B2E2CAD4 0A"):
        subject.received(bytes([byte]))
    assert print_slip(subject, b"").text == "测试\n"


def test_four_byte_characters_come_out_blank(subject: PrinterEmulator) -> None:
    assert print_slip(subject, b"\x1c&A" + "𠮷".encode("gb18030") + b"B").text == "A\u3000\u3000B\n"


@pytest.mark.parametrize(
    ("set_up", "height", "width"),
    [
        ("", 24, 36),
        ("1D2111", 48, 72),
        ("1D2101", 48, 36),
        ("1D2110", 24, 72),
        ("1B2130", 48, 48),  # ESC ! enlarges the letter only
        ("1C210C", 48, 60),  # FS ! enlarges the Chinese character only
        ("1C5701", 48, 60),
    ],
)
def test_sizes(subject: PrinterEmulator, set_up: str, height: int, width: int) -> None:
    slip = print_slip(subject, b"\x1c&" + bytes.fromhex(set_up) + "A国".encode("gb18030"))
    rows, columns = np.nonzero(np.asarray(slip.image) < 128)
    assert HEAD_TO_CUTTER_DOTS + height * 0.7 <= rows.max() < HEAD_TO_CUTTER_DOTS + height
    assert width * 0.9 <= columns.max() < width


def test_on_some_models_only_fs_enlarges_chinese(line: Line) -> None:
    with model(line, gs_enlarges_chinese=False) as emulator:
        slip = print_slip(emulator, b"\x1c&" + bytes.fromhex("1D2111") + "国".encode("gb18030"))
        assert np.nonzero(np.asarray(slip.image) < 128)[1].max() < 24


def test_centred_and_right(subject: PrinterEmulator) -> None:
    assert print_slip(subject, bytes.fromhex("1B6101") + b"AB").text == " " * 23 + "AB\n"
    assert print_slip(subject, bytes.fromhex("1B6102") + b"AB").text == " " * 46 + "AB\n"


def test_bold_is_printed_twice(subject: PrinterEmulator) -> None:
    plain = np.asarray(print_slip(subject, b"I").image) < 128
    bold = np.asarray(print_slip(subject, b"\x1bE\x01I\x1bE\x00").image) < 128
    assert bold.sum() > plain.sum()


def test_a_long_line_wraps(subject: PrinterEmulator) -> None:
    assert print_slip(subject, b"X" * 50).text == "X" * 48 + "\n" + "XX\n"


def test_some_national_sets_print_a_yen_for_a_dollar(subject: PrinterEmulator) -> None:
    assert print_slip(subject, bytes.fromhex("1B520F") + b"$1\x1bR\x00$2").text == "¥1$2\n"


def test_feeds_move_the_paper(subject: PrinterEmulator) -> None:
    base = print_slip(subject, b"A").image.height
    assert print_slip(subject, b"A").image.height == base
    assert print_slip(subject, b"A" + bytes.fromhex("1B6403")).image.height == base + 3 * 30
    assert print_slip(subject, b"A" + bytes.fromhex("1B4A28")).image.height == base + 40
    assert print_slip(subject, bytes.fromhex("1B333C") + b"A\n\x1b2").image.height == base + 60


def test_reset_forgets_modes_and_the_line_buffer(subject: PrinterEmulator) -> None:
    subject.received(b"forgotten\x1bE\x01\x1d!\x11\x1ba\x01\x1b@")
    assert print_slip(subject, b"A").text == "A\n"


def test_unknown_commands_do_no_harm(subject: PrinterEmulator) -> None:
    unknown = bytes.fromhex("1B7A 1CFF 1D7A 07 00 1D28410200FFFF 1B4410 20 00 1B2A 00 0200 FFFF 1B70 00 19 19 1D49 01 0D")
    assert print_slip(subject, unknown + b"A").text == "A\n"


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.one_of(st.binary(max_size=12), st.sampled_from([b"\x1d(k", b"\x1dv0\x00\x02\x00\x02\x00", b"\x1dV", b"\x1c&"])),
        max_size=8,
    )
)
def test_no_bytes_bring_the_printer_down(pieces: list[bytes]) -> None:
    line = Line()
    with PrinterEmulator() as emulator:
        emulator.connected(line.link())
        for piece in pieces:
            emulator.received(piece)
        line.take()
        assert statuses(emulator, line).endswith("16 12 12 12")
