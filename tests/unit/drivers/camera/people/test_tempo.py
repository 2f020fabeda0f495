"""Reaction delays and courses of quick, calm and slow people."""

from __future__ import annotations

import random
import statistics

import pytest

from drivers.camera.people.tempo import BRISK, SLOW, TEMPI
from drivers.camera.types import Movement


@pytest.mark.parametrize("name", TEMPI)
def test_every_movement_rises_to_its_full_strength_and_ends(name: str) -> None:
    for course in TEMPI[name].courses.values():
        assert course.strength(0.0) == 0.0
        assert course.strength(course.rise_s) == pytest.approx(1.0)
        assert course.strength(course.total_s) == pytest.approx(0.0)
        assert course.strength(course.total_s + 1.0) == 0.0
    assert set(TEMPI[name].courses) == set(Movement)


def test_a_brisk_person_is_as_quick_as_people_are() -> None:
    courses = BRISK.courses
    assert courses[Movement.BLINK].total_s == pytest.approx(0.32, abs=0.05)
    assert courses[Movement.NOD].total_s == pytest.approx(0.54, abs=0.05)
    assert courses[Movement.TURN_LEFT].rise_s == pytest.approx(0.3)


def test_reaction_delays_scatter_about_their_median_and_are_the_same_for_a_seed() -> None:
    delays = [BRISK.reaction_s(random.Random(seed)) for seed in range(300)]
    assert statistics.median(delays) == pytest.approx(0.28, abs=0.03)
    assert 0.1 < min(delays) < max(delays) < 0.7
    assert delays[7] == BRISK.reaction_s(random.Random(7))


def test_a_slow_person_takes_longer_in_everything() -> None:
    assert SLOW.reaction_median_s > 3 * BRISK.reaction_median_s
    assert all(SLOW.courses[movement].total_s > BRISK.courses[movement].total_s for movement in Movement)
