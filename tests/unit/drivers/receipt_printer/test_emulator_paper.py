"""Where the emulated printer's paper ends, is cut and torn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.receipt_printer.emulator_paper import HEAD_TO_CUTTER_DOTS
from tests.helpers.printer_line import FEED_AND_CUT, GS_R, Line, model, print_slip, statuses


@pytest.fixture
def subject(emulated: PrinterEmulator) -> PrinterEmulator:
    return emulated


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
