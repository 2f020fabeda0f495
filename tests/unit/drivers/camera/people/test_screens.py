"""A replay on a screen: its own light, its own order, hardly a reflection."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.camera.people.screens import Panel, ReplayAttack, _contrast
from drivers.camera.types import Movement
from tests.helpers.staged_people import answer_to_red, share_of, staging
from tests.helpers.vision import portrait

FACE = (135, 90, 185, 150)


def _replay(*, is_video: bool, mirrors: float = 0.0, pixels_per_inch: float = 264.0, seed: int = 1) -> ReplayAttack:
    panel = Panel(mirrors=mirrors, band_depth=0.0, pixels_per_inch=pixels_per_inch, lens_px=0.06, aperture_px=0.3)
    return ReplayAttack(portrait(), staging(seed), panel=panel, shows="video" if is_video else "still")


def test_a_matt_panel_does_not_answer_the_screen() -> None:
    assert abs(share_of(answer_to_red(lambda: _replay(is_video=False)), FACE)) < 0.01


def test_glass_mirrors_the_screen_more_where_the_picture_is_dark() -> None:
    _, answer = answer_to_red(lambda: _replay(is_video=False, mirrors=0.04))
    assert answer[195:205, 140:175].mean() > answer[100:140, 140:180].mean() > 0.5


@pytest.mark.parametrize("is_video", [True, False])
def test_what_is_asked_changes_nothing(is_video: bool) -> None:
    asked, unasked = _replay(is_video=is_video), _replay(is_video=is_video)
    for movement in Movement:
        asked.ask(movement, 10.0)
    for number in range(4):
        assert np.array_equal(asked.at(10.0 + number / 5), unasked.at(10.0 + number / 5))


def test_a_recording_moves_by_itself_and_a_still_does_not() -> None:
    video, still = _replay(is_video=True), _replay(is_video=False)
    for subject, has_moved in ((video, True), (still, False)):
        subject.at(10.0)
        first = subject._texture.copy()
        for number in range(20):
            subject.at(10.0 + number / 5)
        assert (not np.array_equal(first, subject._texture)) is has_moved


def test_the_order_recorded_depends_on_the_seed() -> None:
    pictures = [_replay(is_video=True, seed=seed) for seed in (1, 2)]
    for subject in pictures:
        subject.at(10.0)
    assert not np.array_equal(pictures[0].at(12.0), pictures[1].at(12.0))


def test_moire_is_left_of_a_coarse_panel_by_a_sharp_lens_only() -> None:
    sharp, soft = Panel(lens_px=0.06), Panel(lens_px=0.3)
    assert _contrast(3.0, sharp) > 0.02
    assert _contrast(3.0, soft) < 0.001
    assert _contrast(9.0, sharp) < _contrast(3.0, sharp)


def test_a_coarse_panel_leaves_a_pattern_on_an_even_wall() -> None:
    patterns = []
    for pixels_per_inch in (45.0, 300.0):
        subject = _replay(is_video=False, pixels_per_inch=pixels_per_inch)
        wall = subject.at(10.0)[30:60, 45:75, 1].astype(float)
        patterns.append((wall - wall.mean(axis=0).mean()).std())
    assert patterns[0] > 1.5 * patterns[1]


def test_a_puppet_does_what_is_asked_and_no_light_changes_it() -> None:
    pictures = []
    for movement in (None, Movement.OPEN_MOUTH):
        subject = ReplayAttack(portrait(), staging(), panel=Panel(mirrors=0.0, band_depth=0.0), shows="puppet")
        subject.at(10.0)
        if movement is not None:
            subject.ask(movement, 10.0)
        pictures.append([subject.at(10.0 + number / 15).astype(int) for number in range(12)])
    mouth = np.s_[130:165, 135:185]
    assert max(np.abs(one[mouth] - other[mouth]).mean() for one, other in zip(*pictures, strict=True)) > 5
    assert (
        abs(share_of(answer_to_red(lambda: ReplayAttack(portrait(), staging(), panel=Panel(mirrors=0.0), shows="puppet")), FACE))
        < 0.01
    )
