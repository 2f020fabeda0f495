"""Presentation attack detection (ISO/IEC 30107-3): several cues on the pictures of one challenge, fused to one decision.

Each cue gives a score from 0 (attack) to 1 (bona fide), 0.5 where both are equally far; a cue that could not be measured is left
out. Scores above 0.5 speak for nobody: a clean cue does not make up for a bad one. The fused score is the product of what each
cue below 0.5 leaves, so one bad cue is enough, and several doubtful ones are too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drivers.face.edges import EdgeWatch
from drivers.face.flatness import FlatnessWatch
from drivers.face.grid import GridWatch
from drivers.face.infrared import InfraredWatch
from drivers.face.light_watch import LightWatch, graded
from drivers.face.screen_light import Light
from drivers.face.types import Action, FaceMeasurement, LivenessSummary
from drivers.types import Frame

VERSION = 1
THRESHOLD = 0.6
"""Fused score from which on a presentation counts as bona fide; set on simulated people and attacks, certified by nobody."""
# Raw measures where simulated attacks and simulated people lie, from about 40 and 60 sessions of 3 portraits in drawn conditions:
# correlation with the lights 0.95 to 1.00 live, -0.1 to 0.8 recordings; relief 0.14 to 0.47 live, mostly -0.5 to 0.10 prints,
# cards, masks and mirror images on screens, 0.19 two masks in dim light; depth 0.03 to 0.06 live; grid 1.3 to 2.5 live, up to
# 5.8 screens.
_MOIRE = (5.0, 3.0)
_FLAT = (0.005, 0.03)
_BORDER = (0.9, 0.4)
_INFRARED = (0.1, 0.6)


def fused(cues: Mapping[str, float]) -> float:
    """One score of all cues, 0 to 1; 1 without any."""
    return math.prod(min(1.0, 2.0 * score) for score in cues.values())


def weakest(cues: Mapping[str, float]) -> str:
    """Name of the cue that speaks most for an attack, empty without any."""
    return min(cues, key=lambda name: cues[name], default="")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the cues came to."""

    cues: Mapping[str, float]
    score: float
    threshold: float
    method: str
    lights: int

    @property
    def is_attack(self) -> bool:
        """True when the score stays below the threshold."""
        return self.score < self.threshold

    @property
    def cue(self) -> str:
        """The cue that decided."""
        return weakest(self.cues)

    def summary(self, actions: tuple[Action, ...]) -> LivenessSummary:
        """For the record."""
        return LivenessSummary(actions, self.lights, dict(self.cues), self.score, self.threshold, self.method)


class AttackDetector:
    """Watches one challenge picture by picture and judges at its end. Used by one thread, for one person, once."""

    def __init__(self, infrared: InfraredWatch | None = None) -> None:
        """``infrared``: the second camera, where there is one."""
        self._infrared = infrared
        self.light = LightWatch()
        self.grid = GridWatch()
        self.flatness = FlatnessWatch()
        self.edges = EdgeWatch()

    def see(self, frame: Frame, seen: FaceMeasurement) -> None:
        """One picture taken after the challenge has begun."""
        image = frame.image
        self.light.see(image, seen, frame.taken_at_s)
        self.flatness.see(seen)
        self.edges.see(image, seen.box)
        if seen.points is not None:
            self.grid.see(image, seen.points)
        if self._infrared is not None:
            self._infrared.see(frame, seen.box)

    def judge(self, actions: Sequence[Action], lights: tuple[Light, ...] = ()) -> Judgement:
        """The decision on everything seen; ``lights`` is what the screen showed."""
        cues = self.light.cues(lights)
        cues.update(self._passive())
        method = f"active{len(actions)}{'+light' if lights else ''}+passive/{VERSION}"
        return Judgement(cues, fused(cues), THRESHOLD, method, len(lights) if "light" in cues else 0)

    def _passive(self) -> dict[str, float]:
        measured = {
            "moire": (self.grid.peak(), *_MOIRE),
            "flat": (self.flatness.depth(), *_FLAT),
            "border": (self.edges.frame(), *_BORDER),
            "infrared": (self._infrared.share() if self._infrared is not None else None, *_INFRARED),
        }
        return {name: graded(value, attack, live) for name, (value, attack, live) in measured.items() if value is not None}

    def forget(self) -> None:
        """Let go of everything measured."""
        for watch in (self.light, self.grid, self.flatness, self.edges):
            watch.forget()
        if self._infrared is not None:
            self._infrared.forget()
