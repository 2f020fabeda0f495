"""Answers of authorities: sealed to the one question they belong to."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.sharing import MAX_ANSWER_BYTES, SharedData, SharedElement, open_answer, seal_answer

DATA = SharedData(
    elements=(SharedElement(name="phone", outcome="value", value="13800000000", as_of_ms=1, authority="data_bureau"),)
)
KEY = bytes(range(32))
QUESTION = b"the sealed question"


def test_an_answer_opens_with_its_key_for_its_question() -> None:
    assert open_answer(seal_answer(DATA, KEY, QUESTION), KEY, QUESTION) == DATA


def test_an_answer_to_another_question_or_under_another_key_does_not_open() -> None:
    sealed = seal_answer(DATA, KEY, QUESTION)
    assert open_answer(sealed, KEY, QUESTION + b"x") is None
    assert open_answer(sealed, os.urandom(32), QUESTION) is None


@given(st.integers(0, 200), st.integers(1, 255))
def test_one_changed_byte_is_noticed(place: int, change: int) -> None:
    sealed = bytearray(seal_answer(DATA, KEY, QUESTION))
    sealed[place % len(sealed)] ^= change
    assert open_answer(bytes(sealed), KEY, QUESTION) is None


@given(st.binary(max_size=400))
def test_any_bytes_are_opened_or_refused(sealed: bytes) -> None:
    assert open_answer(sealed, KEY, QUESTION) is None


@pytest.mark.parametrize("size", [MAX_ANSWER_BYTES + 1, 50_000_000])
def test_a_huge_answer_is_not_even_tried(size: int) -> None:
    assert open_answer(bytes(size), KEY, QUESTION) is None


def test_nothing_is_shown_of_what_is_shared() -> None:
    assert "13800000000" not in repr(DATA)
