"""A live, obedient person before the kiosk: the bona fide presentation."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from drivers.camera.animation import Choreography, PortraitAnimation, Stance
from drivers.camera.people.staged import StagedScene, Staging
from drivers.camera.people.view import View
from drivers.camera.portrait import Points, blend
from drivers.camera.types import Movement
from drivers.types import Image

WALL_LIT = 16
"""Of 255: a wall two metres behind somebody at 50 cm gets a sixteenth of the screen's light."""
_BLINK_EVERY_S = 4.0
"""Mean time between spontaneous blinks; 10 to 20 a minute is usual for adults who look at something."""
_BLINK_LASTS_S = 0.3


Worn = Callable[[Image, Points], None]
"""Draws what somebody wears on the face, in place."""


class SimulatedPerson(StagedScene):
    """Does what is asked after a human delay, blinks now and then, sways, and reflects the screen from a face with depth."""

    def __init__(
        self,
        portrait: Image,
        staging: Staging | None = None,
        *,
        stance: Stance | None = None,
        wears: Worn | None = None,
        blinks: bool = True,
    ) -> None:
        """``wears`` draws what is on the face; ``blinks``: also unasked."""
        super().__init__(portrait, staging)
        self._stance = stance or Stance(phase_s=self.random.uniform(0.0, 40.0))
        self._wears = wears
        self._blinks = blinks
        self._choreography = Choreography(self.tempo)
        self._heard: tuple[Movement, float] | None = None
        self._next_blink_s: float | None = None
        self._animation: PortraitAnimation | None = None

    def perform(self, movement: Movement, now_s: float) -> float:
        """Move without a delay, after what was asked for before; returns when it will be over."""
        with self._lock:
            return self._choreography.add(movement, now_s)

    def walk(self, *, is_here: bool, now_s: float) -> None:
        """Step into the picture or out of it, within 0.7 s."""
        with self._lock:
            self._choreography.walk(is_here, now_s)

    @property
    def animation(self) -> PortraitAnimation:
        """The drawn person, after ``prepare``."""
        self.prepare()
        if self._animation is None:
            raise RuntimeError("prepare() makes the animation or raises")
        return self._animation

    def draw(self, now_s: float, *, is_lit: bool) -> View:
        """The person before the wall as the room lights both, for scenes that put something before them."""
        return self.draw_before(self.wall_view(is_lit=is_lit), now_s)

    def wall_view(self, *, is_lit: bool) -> View:
        """The wall alone."""
        wall = self.animation.portrait.wall
        return View(wall, np.full(wall.shape[:2], WALL_LIT, np.uint8) if is_lit else None)

    def draw_before(self, behind: View, now_s: float, absence: float | None = None) -> View:
        """The person before something else, there or ``absence`` gone (see ``PortraitAnimation.placing``)."""
        strengths = self.strengths(now_s)
        gone = self._choreography.absence(now_s) if absence is None else absence
        layers = self.animation.layers(now_s, strengths, gone, with_light=behind.lit is not None)
        picture = blend(layers.person, layers.matte, behind.picture)
        if layers.lit is None or behind.lit is None:
            return View(picture)
        front = cv2.multiply(layers.lit, layers.matte, scale=1 / 255)
        back = cv2.multiply(behind.lit, cv2.bitwise_not(layers.matte), scale=1 / 255)
        return View(picture, np.asarray(cv2.add(front, back), np.uint8))

    def strengths(self, now_s: float) -> dict[Movement, float]:
        """What moves, and how far, at ``now_s``."""
        with self._lock:
            self._blink_unasked(now_s, is_busy=bool(self._choreography.at(now_s)))
            return self._choreography.at(now_s)

    def _set_up(self, portrait: Image) -> None:
        portrait_in_place = self.staging.compose(portrait, self.size_px)
        self._animation = PortraitAnimation(portrait_in_place, self.seed, self._stance, self._wears)

    def _view(self, now_s: float, *, is_lit: bool) -> View:
        return self.draw(now_s, is_lit=is_lit)

    def _hear(self, action: Movement, now_s: float) -> None:
        if self._heard is not None and self._heard[0] is action and now_s < self._heard[1]:
            return  # still at it
        over_s = self._choreography.add(action, now_s + self.tempo.reaction_s(self.random))
        self._heard = (action, over_s)

    def _blink_unasked(self, now_s: float, *, is_busy: bool) -> None:
        if not self._blinks:
            return
        if self._next_blink_s is None:
            self._next_blink_s = now_s + self.random.expovariate(1 / _BLINK_EVERY_S)
        if now_s < self._next_blink_s or is_busy:
            return
        if self._heard is None or now_s > self._heard[1]:
            self._choreography.add(Movement.BLINK, now_s)
        self._next_blink_s = now_s + _BLINK_LASTS_S + self.random.expovariate(1 / _BLINK_EVERY_S)
