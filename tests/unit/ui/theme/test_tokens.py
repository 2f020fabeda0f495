"""Contrast, sizes and metrics."""

from __future__ import annotations

import re

import pytest

from ui.theme import tokens
from ui.theme.palettes import PALETTES, Palette
from ui.theme.stylesheet import stylesheet
from ui.theme.tokens import SPACE, Metrics, Type

PITCHES = (0.248, 0.311, 0.369, 0.496)


def test_targets_gaps_and_capitals_are_as_large_as_promised() -> None:
    assert min(SPACE.target, SPACE.main_target, SPACE.key, SPACE.field) >= tokens.MIN_TARGET_MM
    assert SPACE.gap >= tokens.MIN_GAP_MM
    assert min(size.value for size in Type) >= tokens.MIN_CAPITAL_MM


@pytest.mark.parametrize("pitch", PITCHES)
def test_a_capital_is_never_lower_than_its_millimetres(pitch: float) -> None:
    metrics = Metrics.of_pitch(pitch)
    for size in Type:
        capital_mm = metrics.type_px(size) * tokens.CAP_HEIGHT_PER_EM * pitch
        assert size.value <= capital_mm < size.value + 2 * pitch


@pytest.mark.parametrize("pitch", [0.0, -1.0, 0.01, 5.0, float("nan")])
def test_a_pitch_no_screen_has_is_refused(pitch: float) -> None:
    with pytest.raises(ValueError, match="pixel pitch"):
        Metrics.of_pitch(pitch)


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
@pytest.mark.parametrize("pitch", PITCHES)
def test_the_style_sheet_uses_only_colours_of_the_palette(pitch: float, palette: Palette) -> None:
    sheet = stylesheet(Metrics.of_pitch(pitch), palette)
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", sheet)) <= palette.values
    assert "gradient" not in sheet
    assert sheet.count("{") == sheet.count("}")
