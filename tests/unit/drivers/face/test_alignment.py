"""Five points of a face come to where a model wants them, whatever size, place and tilt the face has."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.face.alignment import ARCFACE_TEMPLATE, CHIP_PX, aligned_chip, five_points, similarity

ANGLES = st.floats(-180, 180)


def _moved(points: np.ndarray, degrees: float, scale: float, shift: tuple[float, float]) -> np.ndarray:
    turn = np.deg2rad(degrees)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return scale * points @ rotation.T + shift


@given(degrees=ANGLES, scale=st.floats(0.05, 40), x=st.floats(-4000, 4000), y=st.floats(-4000, 4000))
def test_a_face_that_was_only_moved_is_brought_back_exactly(degrees: float, scale: float, x: float, y: float) -> None:
    face = _moved(ARCFACE_TEMPLATE, degrees, scale, (x, y))
    matrix = similarity(face, ARCFACE_TEMPLATE)
    back = face @ matrix[:, :2].T + matrix[:, 2]
    assert np.allclose(back, ARCFACE_TEMPLATE, atol=1e-4)


@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(-500, 500)), min_size=5, max_size=5))
def test_no_points_can_mirror_or_skew_a_face(points: list[tuple[float, float]]) -> None:
    matrix = similarity(np.array(points), ARCFACE_TEMPLATE)
    a, b, c, d = matrix[0, 0], matrix[0, 1], matrix[1, 0], matrix[1, 1]
    assert np.isfinite(matrix).all()
    assert a == pytest.approx(d, abs=1e-6)
    assert b == pytest.approx(-c, abs=1e-6)


def test_the_chip_shows_the_eyes_where_the_model_looks_for_them() -> None:
    points = np.zeros((68, 2))
    for index, at in (
        (range(36, 42), (200, 300)),
        (range(42, 48), (300, 300)),
        ([30], (250, 360)),
        ([48], (210, 415)),
        ([54], (290, 415)),
    ):
        points[list(index)] = at
    picture = np.zeros((600, 500, 3), np.uint8)
    picture[290:310, 190:210] = (255, 0, 0)
    picture[290:310, 290:310] = (0, 255, 0)
    chip = aligned_chip(picture, points)
    assert chip.shape == (CHIP_PX, CHIP_PX, 3)
    left, right = (np.argwhere(chip[..., channel] > 100).mean(axis=0)[::-1] for channel in (0, 1))
    assert np.linalg.norm(left - ARCFACE_TEMPLATE[0]) < 4
    assert np.linalg.norm(right - ARCFACE_TEMPLATE[1]) < 4
    assert five_points(points).shape == (5, 2)
