"""Written text as a voice should say it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.language import Language
from ui.voice.spoken import sentences, speakable, spell

ZH, EN = Language.ZH, Language.EN


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("330304261123A01700044Y", "3 3 0 3, 0 4 2 6, 1 1 2 3, A 0 1 7, 0 0 0 4, 4 Y"),
        ("330304 261123 A017 00044Y", "3 3 0 3, 0 4, 2 6 1 1, 2 3, A 0 1 7, 0 0 0 4, 4 Y"),
        ("P7K2-9QXM-4TRA", "P 7 K 2, 9 Q X M, 4 T R A"),
        ("12345", "1 2 3 4 5"),
        ("138****0000", "1 3 8 hidden, 0 0 0 0"),
    ],
)
def test_numbers_are_spelt(written: str, said: str) -> None:
    assert spell(written, EN) == said


@pytest.mark.parametrize(
    ("written", "language", "said"),
    [
        ("Call 12345 now", EN, "Call 1 2 3 4 5 now."),
        ("10 个工作日内", ZH, "10 个工作日内。"),
        ("到 2026-12-31 为止", ZH, "到 2026年12月31日 为止。"),
        ("until 2026-12-31", EN, "until 31 December 2026."),
        ("测试·林小瓯", ZH, "测试，林小瓯。"),
        ("测*****，您好", ZH, "测 隐藏，您好。"),
        ("一\u200b二", ZH, "一二。"),
        ("One.\nTwo", EN, "One. Two."),
        ("2026-13-01", EN, "2026-13-01."),
        ("", EN, ""),
        (" \u200b ", ZH, ""),
    ],
)
def test_text_is_made_speakable(written: str, language: Language, said: str) -> None:
    assert speakable(written, language) == said


def test_sentences_end_once() -> None:
    assert sentences(["One", "Two!", ""], EN) == "One. Two!"
    assert sentences(["一", "二？"], ZH) == "一。二？"


@given(st.text(max_size=80), st.sampled_from(list(Language)))
def test_nothing_a_resident_writes_breaks_it(text: str, language: Language) -> None:
    said = speakable(text, language)
    assert "\u200b" not in said
    assert "\n" not in said


@given(st.text("0123456789", min_size=5, max_size=22), st.sampled_from(list(Language)))
def test_no_long_number_is_ever_said_as_one(number: str, language: Language) -> None:
    said = speakable(f"x {number} y", language)
    assert number not in said
    assert [sign for sign in said if sign.isdigit()] == list(number)
