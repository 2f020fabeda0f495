"""How face and surround answer the colours of the screen: collects numbers picture by picture, gives cues at the end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from drivers.face.screen_light import Light, answer, gains_at
from drivers.face.skin import FaceColours, read_colours
from drivers.face.types import FaceMeasurement
from drivers.types import Image

_TOO_BRIGHT = 0.5
"""Share of clipped skin from which on no coloured light can be measured."""
_LEAST_FRAMES = 10
_LEAST_LIGHTS = 4
"""Fewer colours can be met by chance."""
_MOST_BROW = 0.1
_CLEAR = 5.0
"""A strength this many standard errors above nothing can be compared with another one."""


def graded(value: float, attack: float, bona_fide: float) -> float:
    """Score of a raw measure: 0.12 where attacks lie, 0.88 where bona fide presentations do, a smooth step between."""
    middle, half = (attack + bona_fide) / 2, (bona_fide - attack) / 2
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, 2.0 * (value - middle) / half))))


@dataclass(frozen=True, slots=True)
class LightMeasures:
    """Raw measures behind the cues of the screen-light challenge."""

    correlation: float
    rank: float
    lag_s: float
    gain: float
    gains: dict[str, tuple[float, float]]
    """Strength of the answer and its standard error of each part (``skin.FaceColours``) that could be measured."""

    @property
    def relief(self) -> float | None:
        """Logarithm of centre and forehead by sides: 0 for a plane, about 0.2 for a head, whose sides look past the screen.

        Lambert's law; the forehead counts within limits, since hair and hats cover it. ``None``: the answer is too weak to tell.
        """
        depth, brow = self._ratio("centre", "sides"), self._ratio("forehead", "centre")
        if depth is None:
            return None
        return depth + max(-_MOST_BROW, min(_MOST_BROW, brow or 0.0)) / 2

    @property
    def chin(self) -> float | None:
        """Logarithm of chin by centre: paper over a part of a face gives back more light than the skin in its shadow.

        A chin that answers nothing clear counts with the most it could answer. ``None``: the centre itself is too weak to tell.
        """
        (centre, error), (chin, chin_error) = self.gains.get("centre", (0.0, 1.0)), self.gains.get("chin", (0.0, 1.0))
        if centre < _CLEAR * error or "chin" not in self.gains:
            return None
        return math.log(max(chin + 2 * chin_error, centre / 100) / centre)

    def _ratio(self, one: str, other: str) -> float | None:
        strengths = [self.gains.get(name, (0.0, 1.0)) for name in (one, other)]
        if any(gain < _CLEAR * error for gain, error in strengths):
            return None
        return math.log(strengths[0][0] / strengths[1][0])


@dataclass(slots=True)
class LightWatch:
    """Keeps numbers only, no picture. For one challenge."""

    _times_s: list[float] = field(default_factory=list)
    _colours: list[FaceColours] = field(default_factory=list, repr=False)

    def see(self, image: Image, seen: FaceMeasurement, now_s: float) -> None:
        """Read one picture."""
        if seen.points is None:
            return
        colours = read_colours(image, seen.box, seen.points)
        if colours is not None:
            self._times_s.append(now_s)
            self._colours.append(colours)

    def forget(self) -> None:
        """Let go of the numbers."""
        self._times_s.clear()
        self._colours.clear()

    def cues(self, lights: Sequence[Light]) -> dict[str, float]:
        """``light``: in step with the sequence; ``relief``: lit as a head is, not as a plane; ``patch``:
        no part of the face answers as another material does.

        Empty when nothing can be measured: too few lights so far, or skin too bright.
        """
        found = self.measured(lights) if len(lights) >= _LEAST_LIGHTS else None
        if found is None or self.is_too_bright:
            return {}
        in_step = graded(found.correlation, attack=0.70, bona_fide=0.93)
        cues = {"light": in_step if found.rank >= 0.95 else in_step * found.rank * 0.5}
        if found.relief is not None:
            cues["relief"] = graded(found.relief, attack=0.075, bona_fide=0.175)
        if found.chin is not None:
            cues["patch"] = graded(found.chin, attack=-0.7, bona_fide=-0.35)
        return cues

    @property
    def is_too_bright(self) -> bool:
        """True when the skin is so bright that it cannot answer."""
        return bool(self._colours) and float(np.median([one.clipped for one in self._colours])) > _TOO_BRIGHT

    def measured(self, lights: Sequence[Light]) -> LightMeasures | None:
        """The raw measures, ``None`` when there is too little to tell."""
        if len(self._times_s) < _LEAST_FRAMES:
            return None
        told = answer(np.array(self._times_s), np.array([one.face for one in self._colours]), lights)
        if told is None:
            return None
        gains: dict[str, tuple[float, float]] = {}
        for name in {name for one in self._colours for name in one.parts}:
            seen = zip(self._times_s, self._colours, strict=True)
            rows = [(at_s, one.parts[name]) for at_s, one in seen if name in one.parts]
            if len(rows) >= _LEAST_FRAMES:
                times_s, rgb = np.array([at_s for at_s, _ in rows]), np.array([rgb for _, rgb in rows])
                gains[name] = gains_at(times_s, rgb, lights, told.lag_s)
        return LightMeasures(told.correlation, told.rank, told.lag_s, told.gain, gains)
