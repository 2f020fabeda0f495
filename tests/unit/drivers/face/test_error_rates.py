"""Error rates that were counted by hand, bounds that are known, and what must hold of every curve."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.face.error_rates import NEVER, at_threshold, best_accuracy, curve, threshold_for, upper_bound

GENUINE = np.array([0.1, 0.2, 0.3, 0.6, NEVER])
IMPOSTOR = np.array([0.5, 0.7, 0.8, 0.9, 1.0, NEVER, NEVER, NEVER, NEVER, NEVER])
DISTANCES = st.lists(st.floats(0, 2) | st.just(NEVER), min_size=1, max_size=60).map(np.array)


def test_rates_are_shares_of_pairs() -> None:
    point = at_threshold(GENUINE, IMPOSTOR, 0.6)
    assert (point.fnmr, point.fmr) == (0.2, 0.1)


@pytest.mark.parametrize(("wanted", "fmr", "fnmr"), [(0.0, 0.0, 0.4), (0.1, 0.1, 0.2), (0.25, 0.2, 0.2), (1.0, 0.5, 0.2)])
def test_the_threshold_is_the_loosest_that_keeps_to_the_wanted_rate(wanted: float, fmr: float, fnmr: float) -> None:
    point = at_threshold(GENUINE, IMPOSTOR, threshold_for(IMPOSTOR, wanted))
    assert (point.fmr, point.fnmr) == (fmr, fnmr)


def test_a_picture_without_a_face_matches_nobody() -> None:
    assert at_threshold(np.array([NEVER]), np.array([NEVER]), threshold_for(np.array([NEVER]), 0.5)).fnmr == 1.0


@pytest.mark.parametrize("pairs", [300, 3000, 30000])
def test_no_error_in_n_pairs_shows_about_three_in_n(pairs: int) -> None:
    assert upper_bound(0, pairs) == pytest.approx(3 / pairs, rel=0.01)


def test_bounds_are_those_of_the_tables() -> None:
    """Clopper-Pearson, one-sided 95 %: 1 of 20 is 21.6 %, 5 of 50 is 19.9 %."""
    assert upper_bound(1, 20) == pytest.approx(0.216, abs=0.001)
    assert upper_bound(5, 50) == pytest.approx(0.199, abs=0.001)
    assert upper_bound(3, 3) == 1.0


@given(DISTANCES, DISTANCES)
def test_along_a_curve_matches_rise_with_the_threshold_and_misses_fall(genuine: np.ndarray, impostor: np.ndarray) -> None:
    points = sorted(curve(genuine, impostor), key=lambda point: point.threshold)
    for low, high in itertools.pairwise(points):
        assert low.fmr <= high.fmr
        assert low.fnmr >= high.fnmr
    for point in points:
        assert 0.0 <= point.fmr <= point.fmr_upper <= 1.0
        assert 0.0 <= point.fnmr <= point.fnmr_upper <= 1.0


@given(DISTANCES, st.floats(0, 1))
def test_no_threshold_lets_more_pairs_match_than_wanted(impostor: np.ndarray, wanted: float) -> None:
    matched = int((impostor <= threshold_for(impostor, wanted)).sum())
    assert matched <= wanted * len(impostor) + 1e-6


@given(DISTANCES, DISTANCES)
def test_the_best_accuracy_is_that_of_trying_every_threshold(genuine: np.ndarray, impostor: np.ndarray) -> None:
    every = [-1.0, *(one for one in (*genuine, *impostor) if np.isfinite(one))]
    tried = max(float((genuine <= limit).sum() + (impostor > limit).sum()) for limit in every)
    assert best_accuracy(genuine, impostor) == pytest.approx(tried / (len(genuine) + len(impostor)))
