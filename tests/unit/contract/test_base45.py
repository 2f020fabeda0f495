"""Base45 by the examples of RFC 9285, and that no second text stands for the same bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import base45


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
        (b"\xff\xff", "FGW"),
        (b"\xff", "U5"),
    ],
)
def test_the_examples_of_the_rfc(data: bytes, text: str) -> None:
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@pytest.mark.parametrize("text", ["A", "BB8A", "GGW", ":::", "V5", "::", "bb8", "BB_", "BB8\n", "Ｂ B", "B\u00df8", "\ud800BB"])
def test_what_is_no_base45_is_refused(text: str) -> None:
    assert base45.decode(text) is None


@given(st.binary(max_size=200))
def test_bytes_return(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


@given(st.text(alphabet=base45.ALPHABET, max_size=9) | st.text(max_size=9))
def test_a_text_that_is_taken_is_the_only_one(text: str) -> None:
    data = base45.decode(text)
    assert data is None or base45.encode(data) == text
