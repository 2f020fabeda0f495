"""A plane before the lens is seen where and as large as geometry says."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera.people.plane import Hand, Hold, Plane, focal_px

SIZE_PX = (640, 480)
PLANE = Plane(SIZE_PX, (20.0, 15.0), (400, 300))


def _seen(hold: Hold, x: float, y: float) -> np.ndarray:
    point = PLANE.homography(hold) @ np.array([x, y, 1.0])
    return point[:2] / point[2]


def test_the_field_of_view_is_that_of_a_webcam() -> None:
    degrees = 2 * np.degrees(np.arctan(320 / focal_px(SIZE_PX)))
    assert 45 < degrees < 65


def test_half_the_distance_shows_twice_the_size() -> None:
    widths = [_seen(Hold(away_cm=away), 399.5, 150)[0] - _seen(Hold(away_cm=away), -0.5, 150)[0] for away in (60.0, 30.0)]
    assert widths[1] == pytest.approx(2 * widths[0])


def test_a_swung_plane_is_narrower_and_its_far_edge_lower() -> None:
    hold = Hold(yaw_rad=0.5)
    left, right = (_seen(hold, x, 299.5)[1] - _seen(hold, x, -0.5)[1] for x in (-0.5, 399.5))
    assert right < left
    assert _seen(hold, 399.5, 0)[0] - _seen(hold, -0.5, 0)[0] < 0.95 * (_seen(Hold(), 399.5, 0)[0] - _seen(Hold(), -0.5, 0)[0])


@given(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5), st.floats(30.0, 90.0))
def test_the_maps_are_the_inverse_of_the_homography(yaw_rad: float, pitch_rad: float, away_cm: float) -> None:
    hold = Hold(yaw_rad=yaw_rad, pitch_rad=pitch_rad, away_cm=away_cm)
    x, y = _seen(hold, 200.0, 150.0)
    maps = PLANE.maps(hold)
    column, row = round(float(x)), round(float(y))
    assert maps[0][row, column] == pytest.approx(200.0 + (column - x) * away_cm * 20 / focal_px(SIZE_PX), abs=3.0)
    assert maps[1][row, column] == pytest.approx(150.0 + (row - y) * away_cm * 20 / focal_px(SIZE_PX), abs=3.0)


def test_a_bent_sheet_comes_nearer_in_its_middle() -> None:
    flat, bent = PLANE.maps(Hold()), PLANE.maps(Hold(bend=0.15))
    inner = np.s_[200:280, 280:360]
    assert np.ptp(bent[0][inner]) < np.ptp(flat[0][inner])


def test_a_hand_drifts_little_and_the_same_for_a_seed() -> None:
    one, other = (Hand(Hold(), random.Random(3)) for _ in range(2))
    places = [one.at(now_s / 10) for now_s in range(100)]
    assert places == [other.at(now_s / 10) for now_s in range(100)]
    assert 0.2 < np.ptp([place.right_cm for place in places]) < 1.2
    assert np.ptp([place.yaw_rad for place in places]) < 0.08
