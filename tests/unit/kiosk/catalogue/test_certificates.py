"""Identifiers of electronic certificates (GB/T 36904)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalogue.certificates import PREFIX, read_identifier, watermark

GOLDEN = (
    "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F",
    "1.2.156.3005.2.11100000000013338W087.11370800MB28559184.37080001202411010001.001.3",
    "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
)
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize("text", GOLDEN)
def test_published_identifiers_pass(text: str) -> None:
    found = read_identifier(text)
    assert found is not None
    assert text == f"{PREFIX}{found.type_code}.{found.issuer}.{found.serial}.{found.version}.{text[-1]}"
    assert found.serial not in repr(found)


@pytest.mark.parametrize("text", GOLDEN)
def test_every_change_of_one_character_is_noticed(text: str) -> None:
    for place in range(len(PREFIX), len(text)):
        if text[place] == ".":
            continue
        for sign in _SIGNS:
            if sign != text[place]:
                assert read_identifier(text[:place] + sign + text[place + 1 :]) is None, (place, sign)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert read_identifier(text) is None
    assert read_identifier(PREFIX + text) is None


def test_a_copy_says_what_it_is_for() -> None:
    assert watermark("居住证申领", "2026-11-26") == "仅供办理居住证申领使用 2026-11-26"
