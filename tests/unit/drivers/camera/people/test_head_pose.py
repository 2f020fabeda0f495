"""The head turns and nods as a body with depth."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.camera.people.head_pose import NOD_RAD, TURN_RAD, HeadPose
from drivers.camera.people.relief import head_relief, screen_light_share
from tests.helpers.staged_people import SMALL_PX, composed

STRAIGHT = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
NOSE, LEFT_CHEEK, BROW, CHEST = 30, 2, 21, None


@pytest.fixture(scope="module")
def subject() -> HeadPose:
    return HeadPose(head_relief(composed().landmarks, SMALL_PX))


def _moved(subject: HeadPose, yaw_rad: float, pitch_rad: float, landmark: int) -> np.ndarray:
    """How far the point of the face that is ``landmark`` at rest has gone."""
    from_x, from_y, _ = subject.maps(STRAIGHT, yaw_rad, pitch_rad)
    at = composed().landmarks[landmark]
    distance = (from_x - at[0]) ** 2 + (from_y - at[1]) ** 2
    row, column = np.unravel_index(int(np.argmin(distance)), distance.shape)
    return np.array([column - at[0], row - at[1]])


def test_nothing_moves_without_a_pose(subject: HeadPose) -> None:
    from_x, from_y, light = subject.maps(STRAIGHT, 0.0, 0.0)
    assert light is None
    assert np.abs(from_x[10:-10, 10:-10] - np.arange(10, SMALL_PX[0] - 10)).max() < 0.01
    assert np.abs(from_y[10:-10, 10:-10] - np.arange(10, SMALL_PX[1] - 10)[:, None]).max() < 0.01


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_a_turn_moves_the_nose_farther_than_the_cheek(subject: HeadPose, side: float) -> None:
    nose, cheek = (side * _moved(subject, side * TURN_RAD, 0.0, landmark)[0] for landmark in (NOSE, LEFT_CHEEK))
    assert nose > 15
    assert cheek < 0.6 * nose


def test_a_nod_moves_the_nose_farther_than_brows_and_cheeks(subject: HeadPose) -> None:
    nose, brow, cheek = (_moved(subject, 0.0, NOD_RAD, landmark)[1] for landmark in (NOSE, BROW, LEFT_CHEEK))
    assert nose > brow + 1.5
    assert nose > cheek + 5


def test_the_chest_stays(subject: HeadPose) -> None:
    from_x, from_y, _ = subject.maps(STRAIGHT, TURN_RAD, NOD_RAD)
    assert np.abs(from_x[-12:-4, 20:-20] - np.arange(20, SMALL_PX[0] - 20)).max() < 1.0
    assert np.abs(from_y[-12:-4] - np.arange(SMALL_PX[1] - 12, SMALL_PX[1] - 4)[:, None]).max() < 1.0


def test_the_screen_lights_the_nose_most_and_the_temples_less() -> None:
    lit = screen_light_share(head_relief(composed().landmarks, SMALL_PX), np.full_like(composed().person, 200))
    points = composed().landmarks.round().astype(int)
    bridge, temple = lit[points[28][1], points[28][0]], lit[points[0][1], points[0][0] + 3]
    assert bridge > 160
    assert temple < 0.75 * bridge
