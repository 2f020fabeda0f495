"""The simulated person over time: pure function of a portrait, the movements asked for, and the time."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.face_warps import HeadTurn, close_eyes, open_mouth
from drivers.camera.noise import SensorNoise
from drivers.camera.portrait import Portrait, blend
from drivers.camera.types import Movement
from drivers.overwritten import overwritten_picture
from drivers.types import Image

_WALK_S = 0.7


@dataclass(frozen=True, slots=True)
class _Course:
    """Seconds a movement takes to rise, stay and fall."""

    rise_s: float
    hold_s: float
    fall_s: float

    @property
    def total_s(self) -> float:
        return self.rise_s + self.hold_s + self.fall_s

    def strength(self, elapsed_s: float) -> float:
        """0..1 at ``elapsed_s`` after the start."""
        rising = min(1.0, elapsed_s / self.rise_s)
        falling = min(1.0, (self.total_s - elapsed_s) / self.fall_s)
        share = max(0.0, min(rising, falling))
        return share * share * (3.0 - 2.0 * share)


_COURSES = {
    Movement.BLINK: _Course(0.20, 0.35, 0.25),
    Movement.OPEN_MOUTH: _Course(0.35, 0.40, 0.35),
    Movement.TURN_LEFT: _Course(0.40, 0.40, 0.40),
    Movement.TURN_RIGHT: _Course(0.40, 0.40, 0.40),
}
_PAUSE_S = 0.25
"""Rest between two movements asked for at once."""


@dataclass
class Choreography:
    """Which movement runs when. Times are those given to ``at``; it reads no clock."""

    _begins: list[tuple[float, Movement]] = field(default_factory=list)
    _walk_from_s: float = -math.inf
    _is_here: bool = True

    def add(self, movement: Movement, now_s: float) -> float:
        """Begin ``movement`` now, or after those already asked for; returns when it will be over."""
        begin_s = now_s
        if self._begins:
            last_s, last = self._begins[-1]
            begin_s = max(now_s, last_s + _COURSES[last].total_s + _PAUSE_S)
        self._begins.append((begin_s, movement))
        return begin_s + _COURSES[movement].total_s

    def walk(self, is_here: bool, now_s: float) -> None:
        """Let the person step into the picture or out of it."""
        if is_here != self._is_here:
            self._is_here, self._walk_from_s = is_here, now_s

    def absence(self, now_s: float) -> float:
        """0 when the person stands in the middle, 1 when gone."""
        share = min(1.0, max(0.0, (now_s - self._walk_from_s) / _WALK_S))
        return 1.0 - share if self._is_here else share

    def at(self, now_s: float) -> dict[Movement, float]:
        """Strengths above zero at ``now_s``; finished movements are forgotten."""
        self._begins = [(begin_s, what) for begin_s, what in self._begins if begin_s + _COURSES[what].total_s > now_s]
        return {what: _COURSES[what].strength(now_s - begin_s) for begin_s, what in self._begins if begin_s <= now_s}


class PortraitAnimation:
    """Renders the person of a ``Portrait`` at any time. Not thread-safe; one thread renders."""

    def __init__(self, portrait: Portrait, seed: int = 1) -> None:
        self._portrait = portrait
        height, width = portrait.matte.shape
        self._size_px = (width, height)
        self._turn = HeadTurn(portrait.landmarks, self._size_px)
        self._noise = SensorNoise(self._size_px, np.random.default_rng(seed))

    def render(self, now_s: float, strengths: dict[Movement, float], absence: float = 0.0) -> Image:
        """One BGR picture of the person at ``now_s`` doing what ``strengths`` says, in memory that zeroes itself."""
        person, matte = self._person(strengths)
        sway = self._sway(now_s, absence)
        person = np.asarray(cv2.warpAffine(person, sway, self._size_px, borderMode=cv2.BORDER_REPLICATE), np.uint8)
        # Past its left and right edge the layer holds nobody; without this the matte would be smeared while walking out.
        edge = cv2.BORDER_CONSTANT if absence > 0.0 else cv2.BORDER_REPLICATE
        matte = np.asarray(cv2.warpAffine(matte, sway, self._size_px, borderMode=edge), np.uint8)
        picture = overwritten_picture((self._size_px[1], self._size_px[0], 3))
        picture[...] = self._noise.over(blend(person, matte, self._portrait.wall))
        return picture

    def _person(self, strengths: dict[Movement, float]) -> tuple[Image, Image]:
        person, matte = self._portrait.person, self._portrait.matte
        lids, mouth = strengths.get(Movement.BLINK, 0.0), strengths.get(Movement.OPEN_MOUTH, 0.0)
        turn = strengths.get(Movement.TURN_LEFT, 0.0) - strengths.get(Movement.TURN_RIGHT, 0.0)
        if lids or mouth:
            person = person.copy()
        if lids:
            close_eyes(person, self._portrait.landmarks, lids)
        if mouth:
            open_mouth(person, self._portrait.landmarks, mouth)
        if turn:
            from_x, from_y, light = self._turn.fields(turn)
            turned = cv2.remap(person, from_x, from_y, cv2.INTER_LINEAR).astype(np.float32) * light[..., None]
            person = np.clip(turned, 0, 255).astype(np.uint8)
            matte = np.asarray(cv2.remap(matte, from_x, from_y, cv2.INTER_LINEAR), np.uint8)
        return person, matte

    def _sway(self, now_s: float, absence: float) -> NDArray[np.float64]:
        """Nobody stands quite still: a few pixels, half a degree, half a per cent nearer and farther."""
        width, height = self._size_px
        angle = 0.6 * math.sin(2 * math.pi * now_s / 5.3)
        scale = 1.01 + 0.006 * math.sin(2 * math.pi * now_s / 7.1)
        matrix = np.asarray(cv2.getRotationMatrix2D((width / 2, float(height)), angle, scale), np.float64)
        matrix[0, 2] += 2.0 * math.sin(2 * math.pi * now_s / 3.7) + absence * absence * width * 1.2
        matrix[1, 2] += 1.2 * math.sin(2 * math.pi * now_s / 2.9)
        return matrix
