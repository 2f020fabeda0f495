"""Colours of the screen, and how well a series of measurements follows them: synthetic traces, no pictures."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from drivers.face.screen_light import (
    PALETTE,
    Colour,
    Light,
    LightAnswer,
    LightSettings,
    LightShow,
    answer,
    gains_at,
    linear,
    random_colours,
)

Series = NDArray[np.float64]


def _shown(seed: int, rate: float = 15.0, count: int = 6) -> tuple[Series, tuple[Light, ...]]:
    """Times of the pictures and the lights of a whole show."""
    show, now_s, times_s = LightShow(random_colours(count, random.Random(seed))), 10.0, []
    while not show.is_over:
        show.at(now_s)
        times_s.append(now_s)
        now_s += 1 / rate
    times_s += [now_s, now_s + 1 / rate]
    return np.array(times_s), show.lights()


def _skin(times_s: Series, lights: tuple[Light, ...], gain: float = 0.3, lag_s: float = 0.1, noise: float = 0.01) -> Series:
    """Linear light of skin under room light and screen; brightness goes up and down as the head turns, colour does not."""
    source = np.random.default_rng(5)
    screen = np.array([_colour_at(at_s - lag_s, lights) for at_s in times_s])
    shade = np.exp(source.normal(0.0, 0.1, (len(times_s), 1)))
    return np.asarray(np.array([0.30, 0.20, 0.15]) * (1 + gain * screen) * shade * np.exp(source.normal(0, noise, screen.shape)))


def _colour_at(at_s: float, lights: tuple[Light, ...]) -> Series:
    rgb = next((light.rgb for light in reversed(lights) if light.from_s <= at_s), (128, 128, 128))
    return linear(np.array(rgb, np.float64))


def _answer(seed: int = 1, rate: float = 15.0, **skin: float) -> LightAnswer:
    times_s, lights = _shown(seed, rate)
    told = answer(times_s, _skin(times_s, lights, **skin), lights)
    assert told is not None
    return told


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("lag_s", [0.03, 0.1, 0.2])
def test_skin_that_answers_is_in_step_whatever_the_latency(seed: int, lag_s: float) -> None:
    told = _answer(seed, lag_s=lag_s)
    assert told.correlation > 0.85
    assert told.rank >= 0.99
    assert told.lag_s == pytest.approx(lag_s, abs=0.07)


@pytest.mark.parametrize("rate", [10.0, 15.0, 30.0])
def test_a_weak_answer_in_noise_is_found_at_any_rate(rate: float) -> None:
    told = _answer(rate=rate, gain=0.1, noise=0.02)
    assert told.correlation > 0.7
    assert 0.05 < told.gain < 0.15


@pytest.mark.parametrize("seed", range(8))
def test_skin_that_answers_nothing_is_not_in_step(seed: int) -> None:
    assert _answer(seed, gain=0.0).correlation < 0.45


@pytest.mark.parametrize("seed", range(12))
def test_a_recording_answers_the_colours_of_another_day(seed: int) -> None:
    times_s, lights = _shown(seed)
    others = random_colours(len(lights), random.Random(1000 + seed))
    recorded = tuple(Light(rgb, light.from_s, light.to_s) for rgb, light in zip(others, lights, strict=True))
    told = answer(times_s, _skin(times_s, recorded), lights)
    assert told is not None
    assert told.correlation < 0.72


def test_too_few_pictures_or_no_lights_tell_nothing() -> None:
    times_s, lights = _shown(1)
    rgb = _skin(times_s, lights)
    assert answer(times_s, rgb, ()) is None
    assert answer(times_s[:5], rgb[:5], lights) is None
    assert answer(times_s, rgb, lights[:1]) is None


def test_the_strength_of_each_place_is_measured_with_its_error() -> None:
    times_s, lights = _shown(3)
    near, near_error = gains_at(times_s, _skin(times_s, lights, gain=0.4), lights, 0.1)
    far, far_error = gains_at(times_s, _skin(times_s, lights, gain=0.1), lights, 0.1)
    assert near > 3 * far > 0
    assert max(near_error, far_error) < 0.05


def test_colours_come_from_a_generator_nobody_can_predict_and_differ_from_neighbour_to_neighbour() -> None:
    assert len({random_colours(6) for _ in range(100)}) > 95
    for colours in (random_colours(6) for _ in range(50)):
        assert all(one != other for one, other in itertools.pairwise(colours))
        assert set(colours) <= set(PALETTE)


@pytest.mark.parametrize("colour", PALETTE)
def test_no_colour_is_a_saturated_red(colour: Colour) -> None:
    light = linear(np.array(colour, np.float64))
    assert light[0] / light.sum() < 0.8


def test_settings_that_would_flash_too_fast_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least"):
        LightSettings(flash_s=0.1)


@given(st.lists(st.floats(0.0, 0.5), min_size=30, max_size=60), st.integers(1, 6))
def test_each_colour_stands_its_time_in_order_however_late_the_calls_come(pauses_s: list[float], count: int) -> None:
    colours = random_colours(count, random.Random(count))
    show, now_s = LightShow(colours), 5.0
    told = [show.at(now_s := now_s + pause_s) for pause_s in pauses_s]
    in_order = [colour for colour, _ in itertools.groupby(told)]
    assert in_order == [*colours, None][: len(in_order)]
    lights = show.lights()
    assert all(light.to_s - light.from_s >= 0.25 - 1e-3 for light in lights)
    assert tuple(light.rgb for light in lights) == colours[: len(lights)]


def test_a_show_without_colours_is_over_at_once() -> None:
    show = LightShow(())
    assert show.is_over
    assert show.at(1.0) is None
    assert show.lights() == ()
