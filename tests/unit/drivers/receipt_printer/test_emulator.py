"""The emulated printer's status, against bytes written by hand from the manuals, without our driver."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.receipt_printer.emulator_paper import HEAD_TO_CUTTER_DOTS
from tests.helpers.printer_line import FEED_AND_CUT, GS_R, Line, print_slip, statuses


@pytest.fixture
def subject(emulated: PrinterEmulator) -> PrinterEmulator:
    return emulated


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
