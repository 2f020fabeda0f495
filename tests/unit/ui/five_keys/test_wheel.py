"""The ring of characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ui.five_keys.wheel import CAPITALS, DIGITS, LETTERS, Wheel

RINGS = st.sampled_from([DIGITS, LETTERS, CAPITALS + DIGITS])


@given(RINGS, st.data())
def test_every_character_is_reached_in_either_direction(ring: str, data: st.DataObject) -> None:
    wanted = data.draw(st.sampled_from(ring))
    for by in (1, -1):
        wheel = Wheel(ring)
        turns = 0
        while wheel.here != wanted:
            wheel, turns = wheel.turned(by), turns + 1
            assert turns <= len(ring)


@given(RINGS, st.lists(st.sampled_from([1, -1]), max_size=60))
def test_a_turn_and_its_return_lead_back(ring: str, turns: list[int]) -> None:
    wheel = Wheel(ring).turned(1)
    start = wheel
    for by in turns:
        wheel = wheel.turned(by)
    for by in turns:
        wheel = wheel.turned(-by)
    assert wheel == start


def test_before_the_first_turn_there_is_nothing_to_take() -> None:
    assert Wheel(DIGITS).here == ""
    assert (Wheel(DIGITS).turned(1).here, Wheel(DIGITS).turned(-1).here) == ("1", "0")
