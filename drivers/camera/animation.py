"""The simulated person over time: pure function of a portrait, the movements asked for, and the time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.face_warps import close_eyes, open_mouth
from drivers.camera.noise import SensorNoise
from drivers.camera.people.head_pose import NOD_RAD, TURN_RAD, HeadPose
from drivers.camera.people.relief import head_relief, screen_light_share
from drivers.camera.people.tempo import CALM, Tempo
from drivers.camera.portrait import Points, Portrait, blend
from drivers.camera.types import Movement
from drivers.overwritten import overwritten_picture
from drivers.types import Image

_WALK_S = 0.7


@dataclass
class Choreography:
    """Which movement runs when. Times are those given to ``at``; it reads no clock."""

    tempo: Tempo = CALM
    _begins: list[tuple[float, Movement]] = field(default_factory=list)
    _walk_from_s: float = -math.inf
    _is_here: bool = True

    def add(self, movement: Movement, now_s: float) -> float:
        """Begin ``movement`` now, or after those already asked for; returns when it will be over."""
        begin_s = now_s
        if self._begins:
            last_s, last = self._begins[-1]
            begin_s = max(now_s, last_s + self.tempo.courses[last].total_s + self.tempo.pause_s)
        self._begins.append((begin_s, movement))
        return begin_s + self.tempo.courses[movement].total_s

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
        courses = self.tempo.courses
        self._begins = [(begin_s, what) for begin_s, what in self._begins if begin_s + courses[what].total_s > now_s]
        return {what: courses[what].strength(now_s - begin_s) for begin_s, what in self._begins if begin_s <= now_s}


@dataclass(frozen=True, slots=True)
class Stance:
    """Where and how somebody stands."""

    scale: float = 1.0
    """Size in the picture; above 1 nearer than the usual 50 cm."""
    right_px: float = 0.0
    down_px: float = 0.0
    phase_s: float = 0.0
    """Added to the time of the sway, so that two people do not sway in step."""
    unrest: float = 1.0
    """How much the body sways and the head drifts; 0 is a statue."""


@dataclass(slots=True, eq=False)
class Layers:
    """A person drawn, not yet before anything."""

    person: Image = field(repr=False)
    matte: Image = field(repr=False)
    lit: Image | None = field(default=None, repr=False)
    """Share of the screen's light given back, where it was asked for."""


class PortraitAnimation:
    """Renders the person of a ``Portrait`` at any time. Not thread-safe; one thread renders."""

    def __init__(
        self,
        portrait: Portrait,
        seed: int = 1,
        stance: Stance | None = None,
        put_on: Callable[[Image, Points], None] | None = None,
    ) -> None:
        """``put_on`` draws what the person wears on the face, over lids and mouth."""
        self.portrait = portrait
        self._put_on = put_on
        self._at_rest = portrait.person
        if put_on is not None:
            self._at_rest = portrait.person.copy()
            put_on(self._at_rest, portrait.landmarks)
        self.stance = stance or Stance()
        height, width = portrait.matte.shape
        self._size_px = (width, height)
        relief = head_relief(portrait.landmarks, self._size_px)
        self.relief = relief
        self._pose = HeadPose(relief)
        self._lit = screen_light_share(relief, portrait.person)
        self._noise = SensorNoise(self._size_px, np.random.default_rng(seed))

    def render(self, now_s: float, strengths: dict[Movement, float], absence: float = 0.0) -> Image:
        """One BGR picture of the person at ``now_s`` doing what ``strengths`` says, in memory that zeroes itself."""
        layers = self.layers(now_s, strengths, absence)
        picture = overwritten_picture((self._size_px[1], self._size_px[0], 3))
        picture[...] = self._noise.over(blend(layers.person, layers.matte, self.portrait.wall))
        return picture

    def layers(self, now_s: float, strengths: dict[Movement, float], absence: float = 0.0, *, with_light: bool = False) -> Layers:
        """The person without wall and noise; ``with_light`` also what the screen would light."""
        person = self._with_face(strengths)
        yaw_rad, pitch_rad = self.head(now_s, strengths)
        from_x, from_y, light = self._pose.maps(self.placing(now_s, absence), yaw_rad, pitch_rad)
        person = np.asarray(cv2.remap(person, from_x, from_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)
        # Past its left and right edge the layer holds nobody; without this the matte would be smeared while walking out.
        is_aside = absence != 0.0 or self.stance.right_px != 0.0 or self.stance.scale < 1.0
        edge = cv2.BORDER_CONSTANT if is_aside else cv2.BORDER_REPLICATE
        matte = np.asarray(cv2.remap(self.portrait.matte, from_x, from_y, cv2.INTER_LINEAR, borderMode=edge), np.uint8)
        if light is not None:
            person = np.asarray(cv2.multiply(person, cv2.merge((light, light, light)), dtype=cv2.CV_8U), np.uint8)
        if not with_light:
            return Layers(person, matte)
        lit = cv2.remap(self._lit, from_x, from_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return Layers(person, matte, np.asarray(lit, np.uint8))

    def placing(self, now_s: float, absence: float = 0.0) -> NDArray[np.float64]:
        """Where the body is: nobody stands still, but sways a few pixels, half a degree, half a per cent in size.

        ``absence`` 1 is past the right edge of the picture, -1 past its left one.
        """
        width, height = self._size_px
        stance, at_s = self.stance, now_s + self.stance.phase_s
        angle = 0.6 * stance.unrest * math.sin(2 * math.pi * at_s / 5.3)
        scale = stance.scale * (1.01 + 0.006 * stance.unrest * math.sin(2 * math.pi * at_s / 7.1))
        matrix = np.asarray(cv2.getRotationMatrix2D((width / 2, float(height)), angle, scale), np.float64)
        matrix[0, 2] += stance.right_px + 2.0 * stance.unrest * math.sin(2 * math.pi * at_s / 3.7)
        matrix[0, 2] += absence * abs(absence) * width * 1.2
        matrix[1, 2] += stance.down_px + 1.2 * stance.unrest * math.sin(2 * math.pi * at_s / 2.9)
        return matrix

    def _with_face(self, strengths: dict[Movement, float]) -> Image:
        lids, mouth = strengths.get(Movement.BLINK, 0.0), strengths.get(Movement.OPEN_MOUTH, 0.0)
        if not (lids or mouth):
            return self._at_rest
        person = self.portrait.person.copy()
        if lids:
            close_eyes(person, self.portrait.landmarks, lids)
        if mouth:
            open_mouth(person, self.portrait.landmarks, mouth)
        if self._put_on is not None:
            self._put_on(person, self.portrait.landmarks)
        return person

    def head(self, now_s: float, strengths: dict[Movement, float]) -> tuple[float, float]:
        """Yaw and pitch in radians: what is asked for, and the slow drift of about a degree that no head is without."""
        at_s, drift = now_s + self.stance.phase_s, math.radians(0.9) * self.stance.unrest
        yaw = TURN_RAD * (strengths.get(Movement.TURN_LEFT, 0.0) - strengths.get(Movement.TURN_RIGHT, 0.0))
        pitch = NOD_RAD * strengths.get(Movement.NOD, 0.0)
        yaw += drift * math.sin(2 * math.pi * at_s / 4.3)
        pitch += drift * 0.7 * math.sin(2 * math.pi * at_s / 3.1 + 1.0)
        return yaw, pitch
