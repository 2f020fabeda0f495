"""The emulated printer against bytes written by hand from the manuals, without our driver."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pyzbar import pyzbar

from drivers.emulation.host import Link
from drivers.receipt_printer.emulator import Model, PrinterEmulator
from drivers.receipt_printer.emulator_paper import HEAD_TO_CUTTER_DOTS, Code, Slip

FEED_AND_CUT = bytes.fromhex("1D564200")
GS_R = bytes.fromhex("1D7201")


class Line:
    """The host's end: collects what the printer says."""

    def __init__(self) -> None:
        self.heard = b""
        self.is_cut = False

    def link(self) -> Link:
        return Link(self._hear, self._cut)

    def take(self) -> bytes:
        heard, self.heard = self.heard, b""
        return heard

    def _hear(self, data: bytes) -> None:
        self.heard += data

    def _cut(self) -> None:
        self.is_cut = True


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def subject(line: Line) -> Iterator[PrinterEmulator]:
    with PrinterEmulator() as emulator:
        emulator.connected(line.link())
        yield emulator


def model(line: Line, **features: bool) -> PrinterEmulator:
    emulator = PrinterEmulator(model=Model(**features))
    emulator.connected(line.link())
    return emulator


def statuses(emulator: PrinterEmulator, line: Line) -> str:
    emulator.received(bytes.fromhex("100401 100402 100403 100404"))
    return line.take().hex(" ").upper()


def print_slip(emulator: PrinterEmulator, data: bytes) -> Slip:
    emulator.received(data + b"\n" + FEED_AND_CUT)
    return emulator.slips[-1]


# Status


def test_all_is_well(subject: PrinterEmulator, line: Line) -> None:
    assert statuses(subject, line) == "16 12 12 12"


def test_cover_open(subject: PrinterEmulator, line: Line) -> None:
    subject.open_cover()
    assert statuses(subject, line) == "1E 16 12 12"
    subject.close_cover()
    assert statuses(subject, line) == "16 12 12 12"


def test_paper_out_and_near_its_end(subject: PrinterEmulator, line: Line) -> None:
    subject.set_near_end()
    assert statuses(subject, line) == "16 12 12 1E"
    subject.set_near_end(False)
    subject.set_paper_mm(400)
    assert statuses(subject, line) == "16 12 12 1E"
    subject.set_paper_mm(0)
    assert statuses(subject, line) == "1E 32 12 7E"


def test_a_jammed_cutter_fails_at_the_cut_and_waits_for_recovery(subject: PrinterEmulator, line: Line) -> None:
    subject.cutter_jam()
    assert statuses(subject, line) == "16 12 12 12"
    subject.received(b"A\n" + FEED_AND_CUT + GS_R)
    assert statuses(subject, line) == "1E 52 1A 12"
    subject.received(bytes.fromhex("100502"))
    assert statuses(subject, line) == "1E 52 1A 12"
    subject.clear_cutter_jam()
    assert statuses(subject, line) == "1E 52 1A 12"
    subject.received(bytes.fromhex("100502"))
    assert statuses(subject, line) == "16 12 12 12"  # and no answer to GS r: the buffer was dropped


def test_recovery_without_dropping_goes_on_with_the_buffer(subject: PrinterEmulator, line: Line) -> None:
    subject.cutter_jam()
    subject.received(b"A\n" + FEED_AND_CUT + GS_R)
    subject.clear_cutter_jam()
    assert line.take() == b""
    subject.received(bytes.fromhex("100501"))
    assert line.take() == b"\x00"


def test_a_hot_head_and_a_broken_printer(subject: PrinterEmulator, line: Line) -> None:
    subject.head_hot()
    assert statuses(subject, line) == "1E 52 52 12"
    subject.head_hot(False)
    subject.break_down()
    assert statuses(subject, line) == "1E 52 32 12"


def test_queued_status_waits_for_the_paper(subject: PrinterEmulator, line: Line) -> None:
    subject.received(GS_R)
    assert line.take() == b"\x00"
    subject.set_near_end()
    subject.received(GS_R + bytes.fromhex("1D7202"))
    assert line.take() == b"\x03\x01"
    subject.set_paper_mm(0)
    subject.received(GS_R)
    assert line.take() == b""
    subject.load_paper()
    assert line.take() == b"\x03"


def test_automatic_status_comes_at_once_and_on_every_change(subject: PrinterEmulator, line: Line) -> None:
    subject.received(bytes.fromhex("1D610E"))
    assert line.take() == bytes.fromhex("14000000")
    subject.open_cover()
    assert line.take() == bytes.fromhex("3C000000")
    subject.close_cover()
    assert line.take() == bytes.fromhex("14000000")
    subject.received(bytes.fromhex("1D6100"))
    subject.set_paper_mm(0)
    assert line.take() == b""


def test_a_mute_printer_says_nothing_and_prints(subject: PrinterEmulator, line: Line) -> None:
    subject.mute()
    slip = print_slip(subject, b"A" + GS_R)
    assert statuses(subject, line) == ""
    assert slip.text == "A\n"


def test_an_answer_can_be_crossed_by_other_bytes(subject: PrinterEmulator, line: Line) -> None:
    subject.precede_answers(bytes.fromhex("14000000"))
    subject.received(bytes.fromhex("100401"))
    subject.say(b"\x13")
    assert line.take() == bytes.fromhex("14000000 16 13")


def test_unplugging_hangs_up(subject: PrinterEmulator, line: Line) -> None:
    subject.unplug()
    assert line.is_cut


def test_a_real_time_command_is_found_across_pieces_and_inside_a_picture(subject: PrinterEmulator, line: Line) -> None:
    subject.received(bytes.fromhex("1D7630 00 0100 0400 10"))
    subject.received(bytes.fromhex("04"))
    assert line.take() == b""
    subject.received(bytes.fromhex("01 FF"))
    assert line.take() == b"\x16"
    slip = print_slip(subject, b"")
    rows = np.asarray(slip.image)[HEAD_TO_CUTTER_DOTS : HEAD_TO_CUTTER_DOTS + 4, :8] < 128
    assert np.packbits(rows).tobytes() == bytes.fromhex("100401FF")


# Text


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


# Symbols


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


# Paper


def test_a_cut_without_a_feed_leaves_the_last_lines_inside(subject: PrinterEmulator) -> None:
    subject.received(b"first\n" + b"\n" * 4 + bytes.fromhex("1D5600"))
    assert [slip.text for slip in subject.slips] == ["first\n"]
    subject.received(b"second\n" + bytes.fromhex("1D5600"))
    assert len(subject.slips) == 1
    subject.received(b"third\n" + FEED_AND_CUT)
    assert subject.slips[1].text == "second\nthird\n"


def test_an_empty_piece_is_no_slip(subject: PrinterEmulator) -> None:
    subject.received(FEED_AND_CUT)
    assert (subject.slips, subject.blank_pieces) == ([], 1)


def test_paper_ends_exactly_where_the_millimetres_end(subject: PrinterEmulator, line: Line) -> None:
    subject.set_paper_mm(10)
    subject.received(bytes.fromhex("1D7630 00 0100 C800") + b"\xff" * 200 + b"\nrest\n" + FEED_AND_CUT + GS_R)
    assert statuses(subject, line) == "1E 32 12 7E"
    assert subject.slips == []
    subject.load_paper()
    torn, rest = subject.slips
    assert (torn.is_torn, rest.is_torn) == (True, False)
    assert int((np.asarray(torn.image) < 128).sum()) == 80 * 8
    assert int((np.asarray(rest.image)[:, :8] < 128)[: HEAD_TO_CUTTER_DOTS + 120].sum()) == 120 * 8
    assert rest.text.split() == ["[picture", "8x200]", "rest"]
    assert line.take() == b"\x00"


def test_a_printer_that_was_told_to_forget_does_not_go_on(subject: PrinterEmulator, line: Line) -> None:
    subject.set_paper_mm(3)
    subject.received(b"one\ntwo\nthree\n" + FEED_AND_CUT)
    subject.received(bytes.fromhex("10140801031401060208"))
    assert line.take() == bytes.fromhex("372500")
    subject.load_paper()
    assert len(subject.slips) == 1
    assert print_slip(subject, b"next").text == "next\n"


def test_some_models_do_not_know_how_to_forget(line: Line) -> None:
    with model(line, clears_on_request=False) as emulator:
        emulator.set_paper_mm(3)
        emulator.received(b"one\ntwo\nthree\n" + FEED_AND_CUT + bytes.fromhex("10140801031401060208"))
        assert line.take() == b""
        emulator.load_paper()
        assert "three" in emulator.slips[-1].text


def test_a_power_cycle_forgets_buffers_and_errors(subject: PrinterEmulator, line: Line) -> None:
    subject.cutter_jam()
    subject.received(b"A\n" + FEED_AND_CUT + b"never\n" + FEED_AND_CUT)
    subject.clear_cutter_jam()
    subject.power_cycle()
    assert statuses(subject, line) == "16 12 12 12"
    assert print_slip(subject, b"B").text == "A\nB\n"


def test_something_can_happen_in_the_middle_of_a_slip(subject: PrinterEmulator, line: Line) -> None:
    subject.at_mm(5, subject.open_cover)
    subject.received(b"one\ntwo\n" + FEED_AND_CUT)
    assert statuses(subject, line) == "1E 16 12 12"
    subject.tear()
    assert subject.slips[0].image.height == HEAD_TO_CUTTER_DOTS + 40
    subject.close_cover()
    assert len(subject.slips) == 2


def test_slips_are_written_to_files(tmp_path: Path, line: Line) -> None:
    with PrinterEmulator("58mm", paper_dir=tmp_path / "paper") as emulator:
        emulator.connected(line.link())
        print_slip(emulator, bytes.fromhex("1C26 B2E2CAD4"))
        emulator.received(FEED_AND_CUT)
        emulator.received(b"partial\n")
        emulator.tear()
    assert sorted(path.name for path in (tmp_path / "paper").iterdir()) == ["001.png", "001.txt", "002.png", "002.txt"]
    assert (tmp_path / "paper" / "001.txt").read_text(encoding="utf-8") == "测试\n"
    with Image.open(tmp_path / "paper" / "002.png") as image:
        assert image.width == 384
    assert emulator.blank_pieces == 1


def test_a_slow_printer_answers_real_time_questions_at_once(subject: PrinterEmulator, line: Line) -> None:
    subject.pace(1)
    subject.received(b"A" * 400 + b"\n" + GS_R)
    assert statuses(subject, line) == "16 12 12 12"
    assert line.take() == b""
    subject.pace(None)
    assert line.take() == b"\x00"


def test_a_host_that_left_is_not_missed(subject: PrinterEmulator, line: Line) -> None:
    subject.disconnected()
    subject.received(bytes.fromhex("100401"))
    assert line.take() == b""
    assert subject.received_bytes == 3
