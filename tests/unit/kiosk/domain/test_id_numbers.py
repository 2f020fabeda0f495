"""The number of another person's identity card, as it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from kiosk.domain.id_numbers import is_id_number

SOUND = "330302195801010005"


def _with_check(seventeen: str) -> str:
    return seventeen + mod_11_2.calc_check_digit(seventeen)


def test_sound_numbers_pass() -> None:
    assert is_id_number(SOUND)
    assert is_id_number(_with_check("91234567890123456"))
    assert any(is_id_number(number) for n in range(20) if (number := _with_check(f"330302195801010{n:02d}")).endswith("X"))


@pytest.mark.parametrize(
    "number",
    ["", SOUND[:-1], SOUND + "0", _with_check("33030219580231000"), _with_check("03030219580101000"), SOUND.replace("3", "３")],
)
def test_others_do_not(number: str) -> None:
    assert not is_id_number(number)


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(place: int, by: int) -> None:
    wrong = str((int(SOUND[place]) + by) % 10)
    assert not is_id_number(SOUND[:place] + wrong + SOUND[place + 1 :])


@given(st.integers(0, 16))
def test_two_neighbours_that_changed_places_are_found(place: int) -> None:
    swapped = SOUND[:place] + SOUND[place + 1] + SOUND[place] + SOUND[place + 2 :]
    assert swapped == SOUND or not is_id_number(swapped)
