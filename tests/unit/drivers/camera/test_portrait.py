"""Portraits that do not show one person are refused; the card photo is what a card holds."""

from __future__ import annotations

import cv2
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


def test_a_picture_cut_close_keeps_its_surroundings_and_gets_no_tower_of_a_head() -> None:
    close = portrait()[55:200, 150:310]
    subject = compose_portrait(close, (320, 240))
    assert subject.matte[4].max() < 20
    assert subject.matte[120, 160] == 255
    assert subject.matte[120, 20] == 0
    beside = np.abs(subject.person[100:140, :30].astype(int) - subject.wall[100:140, :30].astype(int))
    assert beside.mean() < 12


def test_behind_somebody_cut_close_no_second_face_is_left() -> None:
    subject = compose_portrait(portrait()[55:200, 150:310], (320, 240))
    eyes = np.s_[int(subject.landmarks[37, 1]) - 12 : int(subject.landmarks[37, 1]) + 12, 120:200]
    detail = [
        cv2.Laplacian(cv2.cvtColor(layer[eyes], cv2.COLOR_BGR2GRAY), cv2.CV_64F).std() for layer in (subject.wall, subject.person)
    ]
    assert detail[0] < 0.2 * detail[1]
