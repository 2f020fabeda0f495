"""Portraits that do not show one person are refused; the card photo is what a card holds."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.camera.portrait import UnusablePortrait, compose_card_photo, compose_portrait
from tests.helpers.vision import card_photo, plain_picture, portrait


def test_the_card_photo_is_small_and_grey() -> None:
    assert card_photo().shape == (126, 102)
    assert card_photo().dtype == np.uint8
    assert card_photo()[2, 2] > 200
    assert card_photo().std() > 40


@pytest.mark.parametrize("picture", [plain_picture(128, (300, 300)), np.hstack((portrait()[:, 100:350], portrait()[:, 100:350]))])
def test_a_portrait_needs_exactly_one_face(picture: np.ndarray) -> None:
    with pytest.raises(UnusablePortrait):
        compose_card_photo(picture)


@pytest.mark.parametrize("size_px", [(640, 480), (720, 960)])
def test_the_person_stands_in_the_middle_before_an_even_wall(size_px: tuple[int, int]) -> None:
    subject = compose_portrait(portrait(), size_px)
    width, height = size_px
    assert subject.person.shape == (height, width, 3)
    assert subject.matte[int(height * 0.6), width // 2] == 255
    assert subject.matte[5, 5] == 0
    assert abs(subject.landmarks[30, 0] - width / 2) < width * 0.05
    assert subject.wall.std() < 15
