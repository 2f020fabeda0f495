"""Places to break in long runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.widgets.words import breakable


@pytest.mark.parametrize("text", ["", "名字", "a" * 23, "浙江省温州市" * 20, "two words " * 20])
def test_texts_that_break_by_themselves_are_left_as_they_are(text: str) -> None:
    assert breakable(text) == text


def test_a_long_run_can_be_broken_anywhere() -> None:
    assert breakable("W" * 30).split("\u200b") == ["W"] * 30


@given(st.text())
def test_nothing_is_lost_or_added_but_places_to_break(text: str) -> None:
    assert breakable(text).replace("\u200b", "") == text.replace("\u200b", "")
