"""Which numbers of two faces are compared."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.face.templates import Embedding, EmbeddingTemplate, unit


def _template(mixed: float, colour: float | None = None) -> EmbeddingTemplate:
    return EmbeddingTemplate(Embedding(np.array([mixed, 0.0]), None if colour is None else np.array([colour, 0.0])), "engine")


def test_two_pictures_in_colour_are_compared_in_colour() -> None:
    assert _template(0.0, 1.0).distance(_template(5.0, 4.0)) == pytest.approx(3.0)


@pytest.mark.parametrize(("one", "other"), [((0.0, 1.0), (5.0, None)), ((0.0, None), (5.0, 4.0)), ((0.0, None), (5.0, None))])
def test_one_without_colour_is_compared_with_what_takes_no_heed_of_it(
    one: tuple[float, float | None], other: tuple[float, float | None]
) -> None:
    assert _template(*one).distance(_template(*other)) == pytest.approx(5.0)


def test_a_vector_of_zeros_has_no_direction_and_breaks_nothing() -> None:
    assert not unit(np.zeros(3)).any()
    assert np.linalg.norm(unit(np.array([3.0, 4.0]))) == pytest.approx(1.0)
