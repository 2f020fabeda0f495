"""Distances on the globe."""

from __future__ import annotations

import pytest

from contract.kiosks import Place
from fleet.nearby import distance_m


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        ((28.0, 120.7), (28.0, 120.7), 0.0),
        ((0.0, 0.0), (0.0, 1.0), 111_195.0),
        ((28.0, 120.7), (29.0, 120.7), 111_195.0),
        ((28.0, 120.0), (28.0, 121.0), 98_179.0),
        ((0.0, -179.5), (0.0, 179.5), 111_195.0),
        ((90.0, 0.0), (-90.0, 0.0), 20_015_115.0),
    ],
)
def test_distances(one: tuple[float, float], other: tuple[float, float], metres: float) -> None:
    assert distance_m(Place(*one, ""), Place(*other, "")) == pytest.approx(metres, rel=1e-4, abs=0.01)
    assert distance_m(Place(*other, ""), Place(*one, "")) == pytest.approx(metres, rel=1e-4, abs=0.01)
