"""Printers that can do less print the same slip: what they lack is drawn."""

from __future__ import annotations

from contextlib import ExitStack
from typing import get_args, get_type_hints

import numpy as np
import pytest

from drivers.emulation.host import TcpHost
from drivers.receipt_printer.driver import EscPosPrinter
from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.receipt_printer.emulator_paper import HEAD_TO_CUTTER_DOTS, Code, Slip
from drivers.receipt_printer.emulator_state import Model
from drivers.receipt_printer.models import MODELS, ModelName
from drivers.receipt_printer.types import PAPERS, Block, Code128, Pair, PaperWidth, PrintResult, QrCode, Text
from drivers.types import Deadline
from kiosk.config import Devices
from tests.helpers.slips import QR_PAYLOAD, sample_slip

LESS = {
    "standard": Model(),
    "no_chinese": Model(has_chinese=False, chinese_at_power_on=False),
    "pictures": Model(has_chinese=False, chinese_at_power_on=False, makes_codes=False),
}


def printed(blocks: list[Block], width: PaperWidth, name: ModelName, emulated: Model) -> Slip:
    with ExitStack() as stack:
        emulator = stack.enter_context(PrinterEmulator(width, model=emulated))
        host = stack.enter_context(TcpHost(emulator))
        subject = EscPosPrinter(host.url, width, model=name, answer_s=1.0)
        stack.callback(subject.close)
        assert subject.print_receipt(blocks, Deadline(40)).result is PrintResult.PRINTED
        (slip,) = emulator.slips
        return slip


@pytest.mark.parametrize("width", PAPERS)
@pytest.mark.parametrize("name", MODELS)
def test_every_model_prints_the_same_slip(width: PaperWidth, name: ModelName) -> None:
    """Dot by dot, but for double size, which is smoother when drawn, and for the code sets that a drawn bar code chooses."""
    whole, drawn = printed(sample_slip(), width, "standard", Model()), printed(sample_slip(), width, name, LESS[name])
    a, b = (np.asarray(slip.image) < 128 for slip in (whole, drawn))
    assert a.shape == b.shape
    assert float(np.mean(a != b)) < 0.01
    assert Code("QR Code", QR_PAYLOAD) in drawn.codes
    assert set(drawn.codes) == set(whole.codes)


@pytest.mark.parametrize("name", ["no_chinese", "pictures"])
def test_a_printer_without_chinese_gets_no_command_it_does_not_know(name: ModelName) -> None:
    slip = printed([Text("plain"), Text("中文", scale=2), Pair("事项", "居住证")], "80mm", name, LESS[name])
    assert "plain" in slip.text
    assert all(line == "plain" or line.startswith("[picture") for line in slip.text.split("\n") if line.strip())


def test_sent_as_to_a_chinese_printer_it_would_print_rubbish() -> None:
    slip = printed([Text("中文")], "80mm", "standard", LESS["no_chinese"])
    assert "中文" not in slip.text


def test_the_settings_know_the_same_names() -> None:
    assert set(MODELS) == set(get_args(ModelName)) == set(get_args(get_type_hints(Devices)["receipt_model"]))
    assert Devices().receipt_model == "standard"


@pytest.mark.parametrize("width", PAPERS)
@pytest.mark.parametrize(
    "payload", ["330304261123A00100001D", "330304261123A001000012", "A1", "1234567890123456789012", "x" * 40, "{" * 30]
)
def test_a_bar_code_is_whole_or_left_out_with_its_text(width: PaperWidth, payload: str) -> None:
    slip = printed([Code128(payload)], width, "standard", Model())
    assert payload in "".join(slip.text.split())
    bars = [line for line in slip.text.splitlines() if "[CODE128]" in line]
    assert [code.text for code in slip.codes] == [payload] * len(bars)
    black = (np.asarray(slip.image) < 128)[HEAD_TO_CUTTER_DOTS:]
    assert not black[:, 0].any() or not bars


@pytest.mark.parametrize("width", PAPERS)
def test_rare_characters_and_a_code_stand_whole_within_the_paper(width: PaperWidth) -> None:
    slip = printed([Pair("申请人", "测试·林小𠮷㐂"), Text("𠮷" * 40), QrCode("A" * 300)], width, "standard", Model())
    assert slip.image.width == PAPERS[width].width_dots
    assert [code.text for code in slip.codes] == ["A" * 300]
