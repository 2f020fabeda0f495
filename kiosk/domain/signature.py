"""The finger signature."""

from __future__ import annotations

from dataclasses import dataclass, field

SIDE = 10_000
"""Signatures are drawn on a square of ``SIDE`` by ``SIDE``, whatever the screen's size."""

Stroke = tuple[tuple[int, int], ...]

MINIMUM_POINTS = 8


@dataclass(frozen=True, slots=True)
class Signature:
    """Strokes in the order drawn, each a line of (x, y) points within 0..``SIDE``."""

    strokes: tuple[Stroke, ...] = field(repr=False)

    @property
    def is_enough(self) -> bool:
        """False for a stray touch: fewer than eight points in all."""
        return sum(len(stroke) for stroke in self.strokes) >= MINIMUM_POINTS
