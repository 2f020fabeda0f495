"""Details of the printer in memory that the contract does not name."""

from __future__ import annotations

import pytest

from drivers.receipt_printer.simulator import SimulatedPrinter
from drivers.receipt_printer.types import PrintResult
from drivers.types import Deadline
from tests.helpers.slips import RECEIPT_NUMBER, sample_slip


@pytest.fixture
def subject() -> SimulatedPrinter:
    return SimulatedPrinter()


def test_slips_can_be_read_and_looked_at(subject: SimulatedPrinter) -> None:
    subject.print_receipt(sample_slip(), Deadline(5))
    (slip,) = subject.slips
    assert slip.is_whole
    assert f"[CODE128] {RECEIPT_NUMBER}" in slip.text
    assert "测试·林小𠮷" in slip.text
    assert slip.picture(zoom=2).width == 2 * slip.picture().width


def test_a_jammed_cutter_and_a_hot_head_show(subject: SimulatedPrinter) -> None:
    subject.cutter_jam()
    assert subject.status().device.code == "cutter_error"
    subject.cutter_jam(False)
    subject.head_hot()
    assert subject.status().device.code == "head_hot"


def test_it_may_take_its_time_and_be_stopped(subject: SimulatedPrinter) -> None:
    slow = SimulatedPrinter(seconds_per_line=30.0)
    assert slow.print_receipt(sample_slip(), Deadline(1.0)).result is PrintResult.PARTLY_PRINTED


def test_plugging_in_again_is_enough(subject: SimulatedPrinter) -> None:
    subject.unplug()
    assert subject.status().device.code == "disconnected"
    subject.plug_in()
    assert subject.status().can_print
    subject.close()
