"""What lens, room and sensor make of a view."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.camera.people.screen_light import DARK
from drivers.camera.people.view import Conditions, Optics, View

SIZE_PX = (64, 48)
GREY = np.full((48, 64, 3), 120, np.uint8)


def _developed(conditions: Conditions) -> np.ndarray:
    return Optics(SIZE_PX, conditions, 1).develop(View(GREY), DARK).astype(float)


def test_a_dim_room_is_darker_and_noisier() -> None:
    bright, dim = _developed(Conditions()), _developed(Conditions(brightness=0.5))
    assert dim.mean() == pytest.approx(60, abs=1.5)
    assert dim.std() > 1.2 * bright.std()


def test_warm_light_is_redder_and_cool_light_bluer() -> None:
    for warmth, stronger in ((0.8, 2), (-0.8, 0)):
        channels = _developed(Conditions(warmth=warmth)).mean(axis=(0, 1))
        assert int(np.argmax(channels)) == stronger


def test_compression_and_blur_smooth_the_noise() -> None:
    assert _developed(Conditions(jpeg_quality=40)).std() < _developed(Conditions()).std()


def test_diffuse_light_multiplies_and_mirrored_light_adds() -> None:
    picture = np.full((48, 64, 3), 40, np.uint8)
    picture[:, 32:] = 200
    lit = Optics(SIZE_PX, Conditions(screen_share=0.1), 1).develop(
        View(picture, lit=np.full((48, 64), 255, np.uint8)), (1.0, 1.0, 1.0)
    )
    glared = Optics(SIZE_PX, Conditions(), 1).develop(View(picture, glare=np.full((48, 64), 20, np.uint8)), (1.0, 1.0, 1.0))
    assert lit[:, :32].mean() - 40 == pytest.approx(4, abs=1.5)
    assert lit[:, 32:].mean() - 200 == pytest.approx(20, abs=1.5)
    assert glared[:, :32].mean() - 40 > glared[:, 32:].mean() - 200 > 1
