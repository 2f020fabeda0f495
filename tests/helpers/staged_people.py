"""Simulated people and attacks in small pictures, each face taken apart once for a test run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from drivers.camera.people.species import Casting, make_scene
from drivers.camera.people.staged import StagedScene, Staging
from drivers.camera.portrait import Portrait
from tests.helpers.vision import composer, portrait

SMALL_PX = (320, 240)
Box = tuple[int, int, int, int]
Light = tuple[NDArray[np.float64], NDArray[np.float64]]


def composed(size_px: tuple[int, int] = SMALL_PX) -> Portrait:
    return composer()(portrait(), size_px)


def staging(seed: int = 1, size_px: tuple[int, int] = SMALL_PX) -> Staging:
    return Staging(size_px, seed=seed, compose=composer())


def scene(species: str, seed: int = 1, size_px: tuple[int, int] = SMALL_PX, *, is_plain: bool = True) -> StagedScene:
    """In good light and on its place; ``portrait`` plays the attacker too, so that no second face must be taken apart."""
    casting = Casting(portrait(), seed, size_px, attacker=portrait(), is_plain=is_plain, compose=composer())
    return make_scene(species, casting)


def answer_to_red(make: Callable[[], StagedScene], now_s: float = 50.0) -> Light:
    """Red channel in the dark, and by how much it rises when the screen is red, in grey levels.

    Two scenes of the same making have the same noise and the same movements, so that only the light makes a difference.
    """
    dark, lit = make(), make()
    lit.illuminate((255, 0, 0), now_s - 1.0)
    before, after = (subject.at(now_s)[:, :, 2].astype(np.float64) for subject in (dark, lit))
    return before, after - before


def share_of(light: Light, box: Box) -> float:
    """Mean rise in ``box`` (left, top, right, bottom) as a share of its brightness."""
    left, top, right, bottom = box
    before, answer = light
    return float(answer[top:bottom, left:right].mean() / before[top:bottom, left:right].mean())
