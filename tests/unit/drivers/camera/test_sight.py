"""One picture tells whether the lens is covered, capped or free."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from drivers.camera.desk_scene import DeskScene, draw
from drivers.camera.faults import black_picture, covered_picture
from drivers.camera.noise import SensorNoise
from drivers.camera.sight import glance, is_torn, sharpness
from drivers.types import Image
from tests.helpers.vision import animation, gradient

SIZE = (640, 480)


def _noisy(picture: Image) -> Image:
    return SensorNoise(SIZE, np.random.default_rng(1)).over(picture)


def _plain(bgr: tuple[int, int, int]) -> Image:
    picture = np.empty((SIZE[1], SIZE[0], 3), np.uint8)
    picture[...] = bgr
    return picture


def test_the_cap_is_black_and_not_covered() -> None:
    sight = glance(_noisy(black_picture(SIZE)))
    assert sight.is_black
    assert not sight.is_covered


@pytest.mark.parametrize(
    "picture", [covered_picture(SIZE), _plain((40, 40, 90)), _plain((210, 212, 208)), _plain((255, 255, 255))]
)
def test_a_hand_tape_and_paper_on_the_lens_are_covered(picture: Image) -> None:
    sight = glance(_noisy(picture))
    assert sight.is_covered
    assert not sight.is_black


def test_a_covered_lens_with_its_gain_turned_up_is_still_covered() -> None:
    noise = np.random.default_rng(1).normal(55, 25, (SIZE[1], SIZE[0], 3))
    assert glance(np.clip(noise, 0, 255).astype(np.uint8)).is_covered


def _empty_wall() -> Image:
    return animation().render(1.0, {}, absence=1.0)


@pytest.mark.parametrize(
    "take",
    [
        lambda: animation().render(1.0, {}),
        _empty_wall,
        lambda: (animation().render(1.0, {}) * 0.2).astype(np.uint8),
        lambda: draw(DeskScene(), SIZE)[0],
        lambda: draw(DeskScene(has_page=False), SIZE)[0],
    ],
    ids=["person", "empty wall", "person in the dark", "page", "empty desk"],
)
def test_what_shows_something_is_neither(take: Callable[[], Image]) -> None:
    sight = glance(take())
    assert not sight.is_covered
    assert not sight.is_black


def test_a_small_picture_can_be_glanced_at() -> None:
    assert glance(gradient(90, (16, 12))).brightness == pytest.approx(90, abs=3)


def test_a_cut_picture_is_torn_and_a_whole_or_equal_one_is_not() -> None:
    before, whole = _noisy(animation().render(1.0, {})), _noisy(animation().render(1.1, {}))
    cut = whole.copy()
    cut[240:] = before[240:]
    assert is_torn(before, cut)
    assert not is_torn(before, whole)
    assert not is_torn(before, before.copy())
    assert not is_torn(before[:240], whole)


def test_an_even_band_below_is_no_tear() -> None:
    before, after = _noisy(animation().render(1.0, {})), _noisy(animation().render(1.1, {}))
    before[-80:] = after[-80:] = 0
    assert not is_torn(before, after)


def test_sharpness_falls_with_blur_and_is_comparable_between_sizes() -> None:
    sharp, blurred = (sharpness(draw(DeskScene(blur_px=blur, noise=1.0), (1280, 720))[0]) for blur in (0.0, 5.0))
    assert sharp > 60
    assert blurred < 15
    large = sharpness(draw(DeskScene(noise=1.0), (1920, 1080))[0])
    assert 0.5 < large / sharp < 2.0
