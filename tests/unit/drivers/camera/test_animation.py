"""The choreography is pure: movements follow each other, never overlap, and end."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera.animation import Choreography
from drivers.camera.types import Movement
from tests.helpers.vision import animation

MOVEMENTS = st.lists(st.tuples(st.sampled_from(Movement), st.floats(0.0, 5.0)), max_size=8)


@given(MOVEMENTS)
def test_one_movement_at_a_time_and_none_for_ever(asked: list[tuple[Movement, float]]) -> None:
    subject = Choreography()
    now_s, end_s = 10.0, 10.0
    for movement, pause_s in asked:
        now_s += pause_s
        end_s = subject.add(movement, now_s)
    for at_s in np.arange(now_s, end_s, 0.05):
        strengths = subject.at(float(at_s))
        assert sum(strength > 0 for strength in strengths.values()) <= 1
        assert all(0.0 <= strength <= 1.0 for strength in strengths.values())
    assert subject.at(end_s + 0.01) == {}


@pytest.mark.parametrize("movement", list(Movement))
def test_each_movement_takes_about_a_second_and_reaches_its_full_strength(movement: Movement) -> None:
    subject = Choreography()
    length_s = subject.add(movement, 0.0)
    assert 0.7 <= length_s <= 1.3
    strengths = [subject.at(float(at_s)).get(movement, 0.0) for at_s in np.arange(0.0, length_s, 0.02)]
    assert max(strengths) == pytest.approx(1.0)
    assert strengths[0] == pytest.approx(0.0)
    assert strengths[-1] < 0.1


def test_walking_out_and_back_is_gradual() -> None:
    subject = Choreography()
    assert subject.absence(0.0) == 0.0
    subject.walk(is_here=False, now_s=1.0)
    assert 0.0 < subject.absence(1.3) < 1.0
    assert subject.absence(9.0) == 1.0
    subject.walk(is_here=True, now_s=10.0)
    assert 0.0 < subject.absence(10.3) < 1.0
    assert subject.absence(math.inf) == 0.0


def test_two_pictures_of_one_moment_differ_by_noise_only() -> None:
    one, other = animation().render(5.0, {}), animation().render(5.0, {})
    assert not np.array_equal(one, other)
    assert np.abs(one.astype(int) - other.astype(int)).mean() < 6.0


def test_nobody_is_left_in_the_picture_after_walking_out() -> None:
    here, gone = animation().render(5.0, {}), animation().render(5.0, {}, absence=1.0)
    assert here.std() > 40
    assert gone.std() < 15
