"""What was looked for in vain is recorded without anything of who looked."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contract.search_misses import LEAST_TEXT, MOST_TEXT
from kiosk.domain.search_misses import LEAST_CHARACTERS, MOST_CHARACTERS, anonymous

ID_NUMBER = "330304195803140021"
PHONE = "13800000000"
_SIGNS = st.text(st.sampled_from(" -–.·/()（）:\u3000\u200b"), max_size=2)
_WORDS = st.text(st.characters(categories=["Lo", "Ll", "Lu"]), max_size=12)


@pytest.mark.parametrize(
    ("typed", "recorded"),
    [
        ("飞机票", "飞机票"),
        ("  Ｐａｓｓｐｏｒｔ　Photo ", "passport photo"),
        ("70岁老人卡", "岁老人卡"),
        ("2026 年", ""),
        ("一件事", "一件事"),
        ("a", ""),
        ("a1", ""),
        ("", ""),
        ("  票  ", ""),
        ("飞\u200b机\x00票", "飞机票"),
        ("我" * 40, "我" * 20),
        (f"林小海 {ID_NUMBER}", ""),
        ("33030419580314002x", ""),
        (PHONE, ""),
        ("138-0000-0000", ""),
        ("１３８００００００００", ""),
        ("٠١٢٣٤ test", ""),
        ("一三八零零零零零零零零", ""),
        ("幺三八〇〇 找我", ""),
        ("A123456(7)", ""),
        ("0577 8888", ""),
        ("浙c 12345", ""),
        ("12a34b56", "ab"),
    ],
)
def test_only_words_are_recorded(typed: str, recorded: str) -> None:
    assert anonymous(typed) == recorded


@given(st.text())
@example("1\u0345a\u0301")
@example("ﬃ①Ⅷ½㍿")
@example("a" * 19 + " b")
def test_whatever_is_typed_what_is_recorded_is_short_and_without_digits(typed: str) -> None:
    recorded = anonymous(typed)
    assert recorded == "" or LEAST_CHARACTERS <= len(recorded) <= MOST_CHARACTERS
    assert not any(sign.isdigit() for sign in recorded)
    assert recorded.isprintable()
    assert recorded == recorded.strip()


@given(st.text())
def test_what_was_recorded_says_the_same_again(typed: str) -> None:
    recorded = anonymous(typed)
    assert anonymous(recorded) == recorded


@given(before=_WORDS, after=_WORDS, number=st.text(st.sampled_from("0123456789"), min_size=5, max_size=18), data=st.data())
def test_a_number_hides_behind_no_signs_and_takes_its_neighbours_with_it(
    before: str, after: str, number: str, data: st.DataObject
) -> None:
    written = "".join(digit + data.draw(_SIGNS) for digit in number)
    assert anonymous(f"{before} {written} {after}") == ""


@given(_WORDS)
def test_width_and_case_make_no_difference(words: str) -> None:
    assert anonymous(words.upper().lower()) == anonymous(f"  {words.upper().lower()}　")


def test_terminal_and_wire_agree_on_the_length() -> None:
    """The flow may not import the wire's models."""
    assert (LEAST_CHARACTERS, MOST_CHARACTERS) == (LEAST_TEXT, MOST_TEXT)
