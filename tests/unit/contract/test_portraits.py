"""Ids of consents: the same for the same record, and for no other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from contract.portraits import PURPOSE_PORTRAIT, answer_info, consent_id, is_consent_id, portrait_info
from kiosk.flow import moves

_RECORDS = st.tuples(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12), st.integers(0, 2**53))


@given(_RECORDS, _RECORDS)
def test_two_records_have_one_id_only_when_they_are_one(one: tuple[str, str, str, int], other: tuple[str, str, str, int]) -> None:
    assert is_consent_id(consent_id(*one))
    assert (consent_id(*one) == consent_id(*other)) == (one == other)


@given(st.text(min_size=1, max_size=8), st.text(max_size=8))
def test_text_cannot_move_from_one_part_to_the_next(first: str, second: str) -> None:
    assert consent_id(first, second, "", 1) != consent_id("", first + second, "", 1)


@given(st.text(max_size=80))
def test_only_64_lower_case_hex_digits_are_an_id(text: str) -> None:
    assert is_consent_id(text) == (len(text) == 64 and set(text) <= set("0123456789abcdef"))


def test_request_and_answer_are_bound_to_their_own() -> None:
    assert portrait_info("k-1") != portrait_info("k-2")
    assert answer_info(b"one") != answer_info(b"two")


def test_the_terminal_asks_consent_for_the_purpose_that_the_platform_gives_photos_for() -> None:
    assert moves.PURPOSE_PORTRAIT == PURPOSE_PORTRAIT
