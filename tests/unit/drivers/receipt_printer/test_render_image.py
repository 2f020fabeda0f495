"""The picture on the screen is the slip on the paper."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from drivers.emulation.host import Link
from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.receipt_printer.emulator_paper import HEAD_TO_CUTTER_DOTS
from drivers.receipt_printer.errors import FontMissing
from drivers.receipt_printer.glyphs import UNDRAWABLE, Glyphs, black_dots
from drivers.receipt_printer.layout import lay_out
from drivers.receipt_printer.render_escpos import render
from drivers.receipt_printer.render_image import MARGIN_DOTS, picture
from drivers.receipt_printer.types import PAPERS, Block, PaperWidth, Text
from tests.helpers.slips import QR_PAYLOAD, RECEIPT_NUMBER, sample_slip


def on_paper(blocks: list[Block], width: PaperWidth) -> Image.Image:
    emulator = PrinterEmulator(width)
    emulator.connected(Link(io.BytesIO().write, lambda: None))  # type: ignore[arg-type]
    emulator.received(b"".join(render(lay_out(blocks, PAPERS[width]))))
    (slip,) = emulator.slips
    return slip.image


@pytest.mark.parametrize("width", ["80mm", "58mm"])
def test_paper_and_screen_show_the_same(width: PaperWidth) -> None:
    paper = np.asarray(on_paper(sample_slip(), width)) < 128
    screen = np.asarray(picture(sample_slip(), width)) < 128
    content = screen[MARGIN_DOTS:-MARGIN_DOTS, MARGIN_DOTS:-MARGIN_DOTS]
    assert content.shape[1] == PAPERS[width].width_dots
    same = paper[HEAD_TO_CUTTER_DOTS : HEAD_TO_CUTTER_DOTS + len(content)]
    assert same.shape == content.shape
    assert (same ^ content).mean() < 0.02  # thresholds and doubled dots move edges, no more
    assert content.mean() > 0.05


@pytest.mark.parametrize("zoom", [1, 2])
def test_codes_can_be_read_off_the_screen(zoom: int) -> None:
    image = picture(sample_slip(), zoom=zoom)
    assert image.size[0] == (576 + 2 * MARGIN_DOTS) * zoom
    assert {code.text for code in zxingcpp.read_barcodes(np.asarray(image))} == {QR_PAYLOAD, RECEIPT_NUMBER}


def test_a_character_no_font_holds_is_seen_to_be_missing() -> None:
    glyphs = Glyphs()
    assert np.array_equal(glyphs.cell("😀"), glyphs.cell(UNDRAWABLE))
    assert not np.array_equal(glyphs.cell("𠮷"), glyphs.cell(UNDRAWABLE))
    assert not black_dots(glyphs.cell(" ")).any()


def test_characters_stay_in_their_cells() -> None:
    glyphs = Glyphs()
    for char in "gjpqy|國龘林":
        ink = black_dots(glyphs.cell(char))
        assert ink.any()
        assert ink.shape == (24, 24 if ord(char) > 127 else 12)
    tails = black_dots(glyphs.cell("g"))
    assert not tails[-1].all()


def test_a_chosen_font_comes_first_and_rubbish_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "font.ttc"
    broken.write_bytes(b"no font")
    with pytest.raises(FontMissing, match=r"font\.ttc"):
        Glyphs([broken])
    assert picture([Text("测试")], glyphs=Glyphs([tmp_path / "absent.ttc"])).size[1] == 30 + 2 * MARGIN_DOTS
