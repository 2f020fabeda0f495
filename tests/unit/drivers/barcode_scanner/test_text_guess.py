"""Bytes without a declared encoding: everyday Chinese wins over zxing's guesses, plain Japanese and Latin-1 stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.barcode_scanner.text_guess import choose_text, decode_utf8

EVERYDAY_CHINESE = [
    "受理号330302202611230001",
    "温州市瓯海区",
    "个人参保证明",
    "林小瓯",
    "姓名:李娜;电话:13800000000",
    "办理结果：已受理",
]
JAPANESE = ["ﾃﾞｻﾞｲﾝQR", "今度のバージョンでは", "Google モバイル", "ﾀﾞﾌﾞﾙQR"]
EUROPEAN = ["Zürich", "Café Müller", "naïve"]


@pytest.mark.parametrize("text", EVERYDAY_CHINESE)
@pytest.mark.parametrize("guessed_as", ["latin-1", "shift_jis"])
def test_everyday_chinese_in_gbk_is_read_as_chinese(text: str, guessed_as: str) -> None:
    raw = text.encode("gbk")
    assert choose_text(raw, raw.decode(guessed_as, "replace")) == text


@pytest.mark.parametrize("text", JAPANESE)
def test_plain_japanese_stays(text: str) -> None:
    assert choose_text(text.encode("shift_jis"), text) == text


@pytest.mark.parametrize("text", EUROPEAN)
def test_latin_1_stays(text: str) -> None:
    assert choose_text(text.encode("latin-1"), text) == text


@given(st.binary(max_size=80))
def test_any_bytes_give_one_of_both_readings(raw: bytes) -> None:
    guess = raw.decode("latin-1")
    assert choose_text(raw, guess) in (guess, raw.decode("gb18030", "replace"))


@pytest.mark.parametrize("text", ["预约", "凭证", "预约330302", "坦猫", "盈盈盈"])
def test_everyday_chinese_that_is_utf_8_by_chance_is_not_read_as_utf_8(text: str) -> None:
    assert text.encode("gbk").decode("utf-8") != text
    assert decode_utf8(text.encode("gbk")) is None


@pytest.mark.parametrize(
    "text", [*EVERYDAY_CHINESE, *JAPANESE, *EUROPEAN, "Ελλάδα", "Москва", "©", "¥100", "25 °C", "ñ!", "50 €", "", "plain"]
)
def test_utf_8_stays_utf_8(text: str) -> None:
    assert decode_utf8(text.encode()) == text


def test_a_byte_order_mark_is_no_text() -> None:
    assert decode_utf8(b"\xef\xbb\xbf" + "预约".encode()) == "预约"
    assert decode_utf8("预约".encode("utf-16")) is None
