"""The colour of the screen reaches a picture late and mixed, as through an exposure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera.people.screen_light import DARK, ScreenLight


def test_dark_before_anything_was_shown() -> None:
    assert ScreenLight().at(5.0) == DARK


def test_a_colour_arrives_after_the_delay_and_goes_again() -> None:
    subject = ScreenLight(delay_s=0.05, exposure_s=0.04)
    subject.show((255, 0, 0), 1.0)
    subject.show(None, 2.0)
    assert subject.at(1.04) == DARK
    assert subject.at(1.07)[0] == pytest.approx(0.5)
    assert subject.at(1.5) == pytest.approx((1.0, 0.0, 0.0))
    assert subject.at(2.07)[0] == pytest.approx(0.5)
    assert subject.at(2.2) == DARK


def test_half_a_value_is_about_a_fifth_of_the_light() -> None:
    subject = ScreenLight()
    subject.show((0, 128, 0), 0.0)
    assert subject.at(1.0)[1] == pytest.approx(0.22, abs=0.01)


COLOUR = st.none() | st.tuples(*[st.integers(0, 255)] * 3)


@given(st.lists(st.tuples(COLOUR, st.floats(0.0, 5.0)), max_size=20), st.floats(0.0, 7.0))
def test_light_is_never_negative_nor_brighter_than_white(
    shown: list[tuple[tuple[int, int, int] | None, float]], now_s: float
) -> None:
    subject = ScreenLight()
    for rgb, at_s in shown:
        subject.show(rgb, at_s)
    assert all(0.0 <= share <= 1.0 + 1e-9 for share in subject.at(now_s))
