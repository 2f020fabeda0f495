"""Darkness of the eyes, on a drawn face and on the portrait."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from drivers.camera.types import Movement
from drivers.face.eyes import eye_darkness
from tests.helpers.vision import animation, true_engine
from tests.unit.drivers.face.test_landmarks import drawn_face


def test_an_iris_is_dark_and_a_lid_is_not() -> None:
    points = drawn_face() * 2.0 + np.array([320.0, 200.0])
    shut = np.full((480, 640, 3), 180, np.uint8)
    wide = shut.copy()
    for first in (36, 42):
        x, y = points[first : first + 6].mean(axis=0)
        cv2.circle(wide, (round(float(x)), round(float(y))), 7, (30, 30, 30), -1)
    assert eye_darkness(shut, points) == pytest.approx(0.0)
    assert eye_darkness(wide, points) > 0.08


def test_eyes_at_the_edge_or_in_the_dark_tell_nothing() -> None:
    points = drawn_face() * 2.0
    assert eye_darkness(np.full((40, 40, 3), 100, np.uint8), points + np.array([500.0, 500.0])) == 0.0
    assert eye_darkness(np.zeros((480, 640, 3), np.uint8), points + np.array([320.0, 200.0])) == 0.0


def test_the_portrait_loses_its_iris_when_it_blinks() -> None:
    rest, shut = (true_engine().measure(animation().render(100.0, strengths)) for strengths in ({}, {Movement.BLINK: 1.0}))
    assert rest is not None
    assert shut is not None
    assert shut.eye_darkness < 0.5 * rest.eye_darkness
