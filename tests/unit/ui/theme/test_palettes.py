"""Contrast, in every palette."""

from __future__ import annotations

import itertools

import pytest

from ui.theme.palettes import (
    GRAPHIC_PAIRS,
    LEAST_GRAPHIC_CONTRAST,
    LEAST_TEXT_CONTRAST,
    PALETTES,
    PLAIN,
    TEXT_PAIRS,
    Colour,
    Palette,
    contrast,
)


@pytest.mark.parametrize(("palette", "pair"), list(itertools.product(PALETTES, TEXT_PAIRS)), ids=str)
def test_text_can_be_read(palette: Palette, pair: tuple[Colour, Colour]) -> None:
    assert contrast(palette[pair[0]], palette[pair[1]]) >= LEAST_TEXT_CONTRAST[palette.name]


@pytest.mark.parametrize(("palette", "pair"), list(itertools.product(PALETTES, GRAPHIC_PAIRS)), ids=str)
def test_what_carries_meaning_reaches_three_to_one(palette: Palette, pair: tuple[Colour, Colour]) -> None:
    assert contrast(palette[pair[0]], palette[pair[1]]) >= LEAST_GRAPHIC_CONTRAST


@pytest.mark.parametrize(
    ("one", "other", "expected"), [("#000000", "#FFFFFF", 21.0), ("#777777", "#FFFFFF", 4.48), ("#123456", "#123456", 1.0)]
)
def test_contrast_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    assert contrast(one, other) == pytest.approx(expected, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


def test_a_palette_that_leaves_a_purpose_out_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks"):
        Palette("poor", {Colour.INK: PLAIN[Colour.INK]})
