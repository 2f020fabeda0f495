"""Bytes of a slip, against bytes written by hand."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.receipt_printer import render_escpos
from drivers.receipt_printer.emulator_commands import Token, next_token
from drivers.receipt_printer.errors import FontMissing
from drivers.receipt_printer.glyphs import Glyphs
from drivers.receipt_printer.layout import lay_out
from drivers.receipt_printer.models import MODELS, ModelName
from drivers.receipt_printer.protocol import REAL_TIME_PREFIXES
from drivers.receipt_printer.types import PAPERS, Align, Block, Code128, Pair, PaperWidth, QrCode, Rule, Space, Text
from tests.helpers.slips import sample_slip
from tests.unit.drivers.receipt_printer.test_layout import BLOCKS

CODES = st.one_of(
    st.builds(QrCode, st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=300), st.integers(1, 16)),
    st.builds(Code128, st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=60)),
)
CHINESE_TEST = bytes.fromhex("1C26 B2E2CAD4 1C2E 0A")


def body(*blocks: Block) -> bytes:
    first, *middle, last = render_escpos.render(lay_out(blocks, PAPERS["80mm"]))
    assert first == bytes.fromhex("1B40 1B5200 1D6100 1B32")
    assert last == bytes.fromhex("1B6401 1D564200")
    return b"".join(middle)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (Text("测试"), CHINESE_TEST),
        (Text("测试", Align.CENTER), bytes.fromhex("1B6101") + CHINESE_TEST + bytes.fromhex("1B6100")),
        (Text("测试", bold=True), bytes.fromhex("1B4501") + CHINESE_TEST + bytes.fromhex("1B4500")),
        (
            Text("测试", scale=2),
            bytes.fromhex("1D2111 1C210C 1B333C") + CHINESE_TEST + bytes.fromhex("1D2100 1C2100 1B32"),
        ),
        (Text(""), bytes.fromhex("1B6401")),
        (Space(3), bytes.fromhex("1B6403")),
        (Space(0), b""),
        (Rule(), bytes.fromhex("1C26") + bytes.fromhex("A9A4") * 24 + bytes.fromhex("1C2E 0A")),
        (Pair("A", "B"), b"\x1c&A" + b" " * 46 + b"B\x1c.\n"),
        (
            QrCode("AB", module_dots=5),
            bytes.fromhex(
                "1B6401 1B6101 1D286B0400314132 00 1D286B0300314305 1D286B0300314531 1D286B0500315030 4142 1D286B0300315130"
            )
            + bytes.fromhex("1B6100 1B6401"),
        ),
        (
            Code128("AB1234"),
            bytes.fromhex("1B4A0F 1B6101 1D6848 1D7703 1D4800 1D6B49 08 7B424142 7B430C22 1B6100 1B4A06")
            + b"\x1ba\x01\x1c&AB1234\x1c.\n\x1ba\x00",
        ),
    ],
)
def test_each_block_as_bytes(block: Block, expected: bytes) -> None:
    assert body(block) == expected


def test_a_drawn_line_is_one_raster_as_high_as_a_line() -> None:
    made = body(Text("𠮷"))
    assert made.startswith(bytes.fromhex("1D7630 00 0300 1E00"))
    assert len(made) == 8 + 3 * 30
    assert any(made[8:])


def test_a_drawn_line_of_double_size_comes_in_stripes() -> None:
    made = body(Text("𠮷", scale=2))
    stripe = 8 + 6 * 30
    assert made[:8] == made[stripe : stripe + 8] == bytes.fromhex("1D7630 00 0600 1E00")
    assert len(made) == 2 * stripe


def test_a_line_of_marks_without_width_is_a_feed() -> None:
    assert body(Text("\u0301")) == bytes.fromhex("1B6401")


def tokens(data: bytes) -> list[Token]:
    found: list[Token] = []
    while data:
        token = next_token(data, chinese=True)
        assert token is not None, "a piece ends inside a command"
        found.append(token[0])
        data = data[token[1] :]
    return found


@settings(deadline=None)
@given(st.lists(BLOCKS, max_size=4))
def test_no_text_adds_commands_and_no_piece_holds_a_real_time_one(blocks: list[Block]) -> None:
    allowed = {b"", b"\n", b"\x1b@", b"\x1bR", b"\x1da", b"\x1b2", b"\x1b3", b"\x1ba", b"\x1bE", b"\x1bd", b"\x1bJ", b"\x1dV"}
    allowed |= {b"\x1c&", b"\x1c.", b"\x1c!", b"\x1d!", b"\x1dv0"}
    pieces = render_escpos.render(lay_out(blocks, PAPERS["80mm"]))
    assert [token.name for piece in pieces for token in tokens(piece)].count(b"\x1dV") == 1
    for piece in pieces:
        assert {token.name for token in tokens(piece)} <= allowed
        assert not any(prefix in piece for prefix in REAL_TIME_PREFIXES)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.one_of(BLOCKS, CODES), max_size=4), st.sampled_from(sorted(MODELS)), st.sampled_from(sorted(PAPERS)))
def test_for_every_model_pieces_are_whole_commands_without_real_time_ones(
    blocks: list[Block], model: ModelName, width: PaperWidth
) -> None:
    for piece in render_escpos.render(lay_out(blocks, PAPERS[width]), model=MODELS[model]):
        names = {token.name for token in tokens(piece)}
        assert not any(prefix in piece for prefix in REAL_TIME_PREFIXES)
        assert MODELS[model].text == "gb18030" or not any(name[:1] == b"\x1c" for name in names)
        assert MODELS[model].codes == "commands" or not names & {b"\x1d(k", b"\x1dk"}


@pytest.mark.parametrize("length", [1037, 1293])
def test_a_qr_code_whose_length_reads_as_a_real_time_command_is_drawn(length: int) -> None:
    made = body(QrCode("A" * length))
    assert not any(prefix in made for prefix in REAL_TIME_PREFIXES)
    assert b"\x1d(k" not in made
    assert b"\x1d(k" in body(QrCode("A" * (length + 1)))


def test_no_command_is_longer_than_the_sweep_allows_for() -> None:
    longest = [*sample_slip(), Text("𠮷" * 24, scale=2, bold=True), QrCode("x" * 2331, module_dots=3)]
    pieces = render_escpos.render(lay_out(longest, PAPERS["80mm"]))
    sizes = [len(token.name + token.parameters + token.data) for piece in pieces for token in tokens(piece)]
    assert 2100 < max(sizes) <= render_escpos.LONGEST_COMMAND_BYTES


def test_without_a_font_only_slips_with_rare_characters_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.receipt_printer.glyphs.FONT_PATHS", (Path("/nowhere/font.ttc"),))
    with pytest.raises(FontMissing, match="fonts-noto-cjk"):
        Glyphs()
    assert body(Text("测试")) == CHINESE_TEST


def test_the_library_leaves_neither_log_handlers_nor_settings_behind() -> None:
    handlers = list(logging.getLogger().handlers)
    render_escpos.feed_and_cut()
    assert logging.getLogger().handlers == handlers
    assert "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ


def test_making_a_bar_code_writes_nothing_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    body(Code128("AB1234"))
    assert capsys.readouterr() == ("", "")
