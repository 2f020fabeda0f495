"""Codes: what they hold, how wide they are, and that the printer's data mean the same."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from drivers.receipt_printer import emulator_code128, symbols
from drivers.receipt_printer.protocol import REAL_TIME_PREFIXES

PAYLOADS = st.text(st.sampled_from("0123456789" * 3 + "ABCxyz{}-/ ~"), min_size=1, max_size=30)


def read(modules: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> list[str]:
    rows = modules if modules.ndim == 2 else np.repeat(modules[np.newaxis, :], 20, axis=0)
    image = np.pad(np.where(np.kron(rows, np.ones((4, 4), np.bool_)), 0, 255).astype(np.uint8), 60, constant_values=255)
    return [code.text for code in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize(
    ("payload", "data"),
    [
        ("AB", b"{BAB"),
        ("A{B", b"{BA{{B"),
        ("123456", b"{C\x0c\x22\x38"),
        ("12345", b"{B1{C\x17\x2d"),
        ("AB12CD", b"{BAB12CD"),
        ("AB1234CD", b"{BAB{C\x0c\x22{BCD"),
        ("20160412", b"{B20160412"),  # 16 04 in set C would be DLE EOT
    ],
)
def test_digits_go_out_in_pairs_where_that_is_safe(payload: str, data: bytes) -> None:
    assert symbols.code128_data(payload) == data


@given(PAYLOADS)
def test_the_printer_draws_what_was_meant_in_the_width_foreseen(payload: str) -> None:
    modules, content = emulator_code128.bars(symbols.code128_data(payload))
    assert content == payload
    assert len(modules) == symbols.code128_width_modules(payload)


@given(PAYLOADS)
def test_no_bar_code_holds_a_real_time_command(payload: str) -> None:
    assert not any(prefix in symbols.code128_data(payload) for prefix in REAL_TIME_PREFIXES)


@pytest.mark.parametrize("payload", ["330303251123A7K200042X", "A{B}c~ 1", "0123456789", "20160412"])
def test_both_drawings_of_a_bar_code_are_read_alike(payload: str) -> None:
    assert read(symbols.code128_modules(payload)) == [payload]
    assert read(emulator_code128.bars(symbols.code128_data(payload))[0]) == [payload]


@pytest.mark.parametrize(
    "data", [b"", b"AB", b"{X12", b"{C\x64", b"{B\x05", b"{A\x7f"], ids=["empty", "no set", "bad set", "pair", "control", "a"]
)
def test_data_without_meaning_draw_nothing(data: bytes) -> None:
    with pytest.raises(emulator_code128.BadBarcode):
        emulator_code128.bars(data)


def test_code_set_a_and_functions_are_known() -> None:
    assert emulator_code128.bars(b"{AA\x05{1{BB")[1] == "A\x05B"


def test_a_qr_code_is_read_as_written() -> None:
    assert read(symbols.qr_modules("OUEBAN1:TEST-0123456789")) == ["OUEBAN1:TEST-0123456789"]
