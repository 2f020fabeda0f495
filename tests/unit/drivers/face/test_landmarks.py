"""Ratios of 68 landmarks, on a face drawn by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.face import landmarks
from drivers.face.landmarks import Points

RATIOS = (
    landmarks.eye_openness,
    landmarks.mouth_openness,
    landmarks.eye_height,
    landmarks.mouth_height,
    landmarks.yaw_ratio,
    landmarks.pitch_ratio,
)


def drawn_face(*, eye_gap: float = 6.0, mouth_gap: float = 4.0, nose_shift: float = 0.0) -> Points:
    """A face 100 wide: eyes 20 wide, mouth 30 wide, nose 30 long."""
    points = np.zeros((68, 2))
    for number in range(17):
        angle = math.pi * (1 - number / 16)
        points[number] = (50 * math.cos(angle), 70 * math.sin(angle))
    points[27:31] = [(nose_shift * share / 3, 10 * share) for share in range(4)]
    points[31:36] = [(nose_shift + x, 30) for x in (-8, -4, 0, 4, 8)]
    for first, middle in ((36, -22.0), (42, 22.0)):
        x = middle + np.array([-10, -4, 4, 10, 4, -4])
        points[first : first + 6] = np.column_stack((x, eye_gap / 2 * np.array([0, -1, -1, 0, 1, 1])))
    points[48:60] = [(x, 45) for x in (-20, -14, -7, 0, 7, 14, 20, 14, 7, 0, -7, -14)]
    x = np.array([-15, -8, 0, 8, 15, 8, 0, -8])
    points[60:68] = np.column_stack((x, 48 + mouth_gap / 2 * np.array([0, -1, -1, -1, 0, 1, 1, 1])))
    return points


def test_openness_is_height_by_width() -> None:
    face = drawn_face(eye_gap=6.0, mouth_gap=9.0)
    assert landmarks.eye_openness(face) == pytest.approx(6 / 20)
    assert landmarks.mouth_openness(face) == pytest.approx(9 / 30)
    assert landmarks.eye_height(face) == pytest.approx(6 / 30)
    assert landmarks.mouth_height(face) == pytest.approx(9 / 30)
    assert landmarks.eye_distance_px(face) == pytest.approx(44)


@pytest.mark.parametrize(("shift", "sign"), [(12.0, 1), (-12.0, -1)])
def test_a_nose_to_the_right_of_the_picture_is_a_turn_to_the_persons_left(shift: float, sign: int) -> None:
    assert landmarks.yaw_ratio(drawn_face()) == pytest.approx(0.0, abs=1e-9)
    assert landmarks.yaw_ratio(drawn_face(nose_shift=shift)) * sign > 0.2


@given(
    st.floats(0.5, 12.0),
    st.floats(0.0, 20.0),
    st.floats(-20.0, 20.0),
    st.floats(0.2, 9.0),
    st.floats(-1.2, 1.2),
    st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
)
def test_ratios_do_not_depend_on_size_place_or_tilt_in_the_plane(
    eyes: float, mouth: float, nose: float, scale: float, angle: float, move: tuple[float, float]
) -> None:
    face = drawn_face(eye_gap=eyes, mouth_gap=mouth, nose_shift=nose)
    rotation = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    moved = face @ rotation.T * scale + np.array(move)
    for ratio in RATIOS:
        assert ratio(moved) == pytest.approx(ratio(face), abs=1e-6)
    assert landmarks.roll_degrees(moved) == pytest.approx(math.degrees(angle), abs=1e-6)


def test_the_tip_of_the_nose_sinks_when_the_chin_goes_down_and_lids_and_mouth_do_not_move_it() -> None:
    rest = landmarks.pitch_ratio(drawn_face())
    assert rest == pytest.approx(30 / 45)
    nodding = drawn_face()
    nodding[30, 1] += 6
    assert landmarks.pitch_ratio(nodding) == pytest.approx(rest + 6 / 45)
    assert landmarks.pitch_ratio(drawn_face(eye_gap=0.5, mouth_gap=30.0)) == pytest.approx(rest)


@given(st.floats(0.4, 1.0))
def test_a_print_tilted_back_does_not_nod(squeeze: float) -> None:
    face = drawn_face()
    assert landmarks.pitch_ratio(face * np.array([1.0, squeeze])) == pytest.approx(landmarks.pitch_ratio(face))


@given(st.floats(0.4, 1.0))
def test_a_print_swung_to_the_side_neither_turns_nor_opens_its_mouth(squeeze: float) -> None:
    face = drawn_face(nose_shift=2.0)
    swung = face * np.array([squeeze, 1.0])
    assert landmarks.yaw_ratio(swung) == pytest.approx(landmarks.yaw_ratio(face))
    assert landmarks.mouth_height(swung) <= landmarks.mouth_height(face) * 1.01


@given(st.floats(0.4, 1.0))
def test_a_print_tilted_back_does_not_shut_its_eyes(squeeze: float) -> None:
    face = drawn_face()
    assert landmarks.eye_height(face * np.array([1.0, squeeze])) == pytest.approx(landmarks.eye_height(face))


@given(st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)), min_size=68, max_size=68))
def test_any_points_give_finite_numbers(points: list[tuple[float, float]]) -> None:
    for ratio in (*RATIOS, landmarks.roll_degrees, landmarks.eye_distance_px):
        assert math.isfinite(ratio(np.array(points)))


def test_points_that_fall_together_give_finite_numbers() -> None:
    for ratio in RATIOS:
        assert math.isfinite(ratio(np.zeros((68, 2))))
