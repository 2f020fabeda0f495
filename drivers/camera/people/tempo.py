"""How quickly simulated people react and move."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from drivers.camera.types import Movement


@dataclass(frozen=True, slots=True)
class Course:
    """Seconds a movement takes to rise, stay and fall."""

    rise_s: float
    hold_s: float
    fall_s: float

    @property
    def total_s(self) -> float:
        """From the first to the last moment of the movement."""
        return self.rise_s + self.hold_s + self.fall_s

    def strength(self, elapsed_s: float) -> float:
        """0..1 at ``elapsed_s`` after the start."""
        rising = min(1.0, elapsed_s / self.rise_s)
        falling = min(1.0, (self.total_s - elapsed_s) / self.fall_s)
        share = max(0.0, min(rising, falling))
        return share * share * (3.0 - 2.0 * share)

    def stretched(self, factor: float) -> Course:
        """The same course, ``factor`` times as long."""
        return Course(self.rise_s * factor, self.hold_s * factor, self.fall_s * factor)


@dataclass(frozen=True, slots=True)
class Tempo:
    """One person's speed. Reaction delays are log-normal, as measured reaction times are (skewed, never negative)."""

    courses: Mapping[Movement, Course]
    pause_s: float
    """Rest between two movements asked for at once."""
    reaction_median_s: float
    reaction_spread: float = 0.22
    """Standard deviation of the delay's logarithm."""

    def reaction_s(self, source: random.Random) -> float:
        """Seconds between seeing what is asked and beginning to move."""
        return self.reaction_median_s * math.exp(source.gauss(0.0, self.reaction_spread))


def _stretched(courses: Mapping[Movement, Course], factor: float) -> Mapping[Movement, Course]:
    return MappingProxyType({movement: course.stretched(factor) for movement, course in courses.items()})


_CALM_COURSES = MappingProxyType(
    {
        Movement.BLINK: Course(0.20, 0.35, 0.25),
        Movement.OPEN_MOUTH: Course(0.35, 0.40, 0.35),
        Movement.TURN_LEFT: Course(0.40, 0.40, 0.40),
        Movement.TURN_RIGHT: Course(0.40, 0.40, 0.40),
        Movement.NOD: Course(0.35, 0.20, 0.40),
    }
)
_BRISK_COURSES = MappingProxyType(
    {
        Movement.BLINK: Course(0.08, 0.12, 0.12),
        Movement.OPEN_MOUTH: Course(0.20, 0.12, 0.20),
        Movement.TURN_LEFT: Course(0.30, 0.10, 0.30),
        Movement.TURN_RIGHT: Course(0.30, 0.10, 0.30),
        Movement.NOD: Course(0.24, 0.04, 0.26),
    }
)

CALM = Tempo(_CALM_COURSES, pause_s=0.25, reaction_median_s=0.8, reaction_spread=0.30)
"""Somebody who takes their time, as elders do; the delays are assumed."""
BRISK = Tempo(_BRISK_COURSES, pause_s=0.10, reaction_median_s=0.28)
"""An obedient person in a hurry. Simple visual reaction takes 0.2 to 0.3 s; a voluntary blink about 0.3 s, a nod 0.5 s,
a turn by 20 degrees 0.3 s one way. The figures are of the order found in textbooks, and assumed here."""
SLOW = Tempo(_stretched(_CALM_COURSES, 1.5), pause_s=0.4, reaction_median_s=1.4, reaction_spread=0.35)
"""A frail person who first reads, then moves; assumed."""

TEMPI: Mapping[str, Tempo] = MappingProxyType({"brisk": BRISK, "calm": CALM, "slow": SLOW})
"""By the names that commands take."""
