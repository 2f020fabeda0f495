"""The finger signature."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from math import dist

SIDE = 10_000
"""Signatures are drawn on a square of ``SIDE`` by ``SIDE``, whatever the screen's size."""

Stroke = tuple[tuple[int, int], ...]

MINIMUM_POINTS = 8
MINIMUM_LENGTH = SIDE // 10
"""Of all strokes together: a finger that rests on the glass trembles, and that is no signature."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Strokes in the order drawn, each a line of (x, y) points within 0..``SIDE``."""

    strokes: tuple[Stroke, ...] = field(repr=False)
    is_stated: bool = False
    """Confirmed in so many words in place of a drawing (以确认代替手写签名), by somebody who cannot write on glass."""

    @property
    def is_enough(self) -> bool:
        """False for a stray touch: too few points, or too short a way between them."""
        if self.is_stated:
            return True
        points = sum(len(stroke) for stroke in self.strokes)
        length = sum(dist(one, other) for stroke in self.strokes for one, other in pairwise(stroke))
        return points >= MINIMUM_POINTS and length >= MINIMUM_LENGTH
