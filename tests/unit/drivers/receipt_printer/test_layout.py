"""How blocks become lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.receipt_printer import layout, text
from drivers.receipt_printer.layout import BarSymbol, Gap, QrSymbol, TextLine, lay_out
from drivers.receipt_printer.models import MODELS
from drivers.receipt_printer.types import PAPERS, Align, Block, Code128, Pair, QrCode, Rule, Space, Text
from tests.helpers.slips import sample_slip

WIDE, NARROW = PAPERS["80mm"], PAPERS["58mm"]


def lines_of(block: Block, paper: layout.Paper = WIDE) -> list[str]:
    return [line.text for group in lay_out([block], paper) for line in group if isinstance(line, TextLine)]


def test_a_pair_stands_at_both_edges() -> None:
    (line,) = lines_of(Pair("时间", "10:24"))
    assert line == "时间" + " " * 39 + "10:24"
    assert text.columns(line) == 48


def test_a_long_value_hangs_beside_its_label() -> None:
    assert lines_of(Pair("终端", "鹿城区五马街道便民服务中心一楼大厅自助服务区三号机")) == [
        "终端  鹿城区五马街道便民服务中心一楼大厅自助服务",
        "      区三号机",
    ]


def test_a_value_that_would_be_torn_beside_its_label_stands_below_it() -> None:
    assert lines_of(Pair("端口 Port", "socket://127.0.0.1:9100"), NARROW) == ["端口 Port", "  socket://127.0.0.1:9100"]


def test_a_label_as_long_as_the_line_stands_above_its_value() -> None:
    assert lines_of(Pair("名" * 30, "值")) == ["名" * 24, "名" * 6, "  值"]


def test_a_rule_reaches_from_edge_to_edge() -> None:
    for paper in (WIDE, NARROW):
        (line,) = lines_of(Rule(), paper)
        assert text.columns(line) == paper.columns


def test_double_size_halves_the_columns_and_centres_by_dots() -> None:
    (group,) = lay_out([Text("受理号" * 5, Align.CENTER, scale=2)], WIDE)
    first, second = group
    assert isinstance(first, TextLine)
    assert isinstance(second, TextLine)
    assert (first.text, first.left_dots) == ("受理号" * 4, 0)
    assert (second.text, second.left_dots) == ("受理号", (576 - 3 * 48) // 2)


def test_only_lines_with_rare_characters_are_drawn() -> None:
    (group,) = lay_out([Text("普通一行\n林小𠮷")], WIDE)
    assert [line.is_raster for line in group if isinstance(line, TextLine)] == [False, True]
    assert layout.needs_font([group], MODELS["standard"])
    assert not layout.needs_font(lay_out([Text("普通")], WIDE), MODELS["standard"])
    assert layout.needs_font(lay_out([Text("普通")], WIDE), MODELS["no_chinese"])
    assert not layout.needs_font(lay_out([Text("plain")], WIDE), MODELS["no_chinese"])


def test_a_qr_code_has_its_quiet_zone_on_all_sides() -> None:
    (above, symbol, below) = lay_out([QrCode("TEST", module_dots=6)], WIDE)[0]
    assert isinstance(symbol, QrSymbol)
    assert (symbol.height_dots, symbol.left_dots) == (21 * 6, (576 - 21 * 6) // 2)
    assert above.height_dots >= 24
    assert below.height_dots >= 24
    assert symbol.left_dots >= 24


def test_a_large_qr_code_gets_smaller_modules() -> None:
    symbol = lay_out([QrCode("X" * 600, module_dots=8)], NARROW)[0][1]
    assert isinstance(symbol, QrSymbol)
    assert 2 <= symbol.module_dots < 8
    assert symbol.left_dots >= 4 * symbol.module_dots


@pytest.mark.parametrize("payload", ["受理号", "a\x1bb", "", "é", "X" * 5000])
def test_a_qr_payload_that_readers_may_misread_is_a_bug(payload: str) -> None:
    with pytest.raises(ValueError, match="QR"):
        lay_out([QrCode(payload)], WIDE)


@pytest.mark.parametrize("payload", ["受理号", "\x1b", ""])
def test_a_bar_code_payload_must_be_ascii(payload: str) -> None:
    with pytest.raises(ValueError, match="ASCII"):
        lay_out([Code128(payload)], WIDE)


def test_a_bar_code_that_would_be_too_fine_leaves_its_text() -> None:
    assert not any(isinstance(line, BarSymbol) for line in lay_out([Code128("330303251123A7K200042X")], NARROW)[0])
    assert isinstance(lay_out([Code128("330303251123A7K200042X")], NARROW)[0][0], Gap)  # it belongs to nothing above it
    assert lines_of(Code128("330303251123A7K200042X"), NARROW) == ["330303251123A7K200042X"]
    assert any(isinstance(line, BarSymbol) for line in lay_out([Code128("330303251123A7K200042X")], WIDE)[0])


@pytest.mark.parametrize("block", [Text("x", scale=3), Space(21), Space(-1), QrCode("X", module_dots=0)])
def test_sizes_that_make_no_sense_are_bugs(block: Block) -> None:
    with pytest.raises(ValueError, match=r"scale|lines|dots"):
        lay_out([block], WIDE)


def test_a_slip_of_two_metres_is_a_bug() -> None:
    with pytest.raises(ValueError, match="401 lines"):
        lay_out([Text("x")] * 401, WIDE)


def test_payloads_and_names_are_not_in_the_repr() -> None:
    shown = repr(lay_out(sample_slip(), WIDE))
    assert not any(secret in shown for secret in ("林小", "330303", "OUEBAN"))


HOSTILE = st.text(st.one_of(st.characters(), st.sampled_from("测试，。 \n\x1b\x1dV\x00")), max_size=60)
BLOCKS = st.one_of(
    st.builds(Text, HOSTILE, st.sampled_from(Align), st.sampled_from([1, 2]), st.booleans()),
    st.builds(Pair, HOSTILE, HOSTILE),
    st.just(Rule()),
    st.builds(Space, st.integers(0, 3)),
)


@given(st.lists(BLOCKS, max_size=6), st.sampled_from([WIDE, NARROW]))
def test_whatever_is_in_the_blocks_lines_fit_the_paper(blocks: list[Block], paper: layout.Paper) -> None:
    for group in lay_out(blocks, paper):
        for line in group:
            if isinstance(line, TextLine):
                width = text.columns(line.text) * 12 * line.scale
                assert line.left_dots + width <= paper.width_dots
                assert not any(char < " " for char in line.text)
            else:
                assert isinstance(line, Gap)
