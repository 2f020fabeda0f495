"""What hinders a live face: told for the people who are hindered, and for nobody else."""

from __future__ import annotations

import functools
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from drivers.camera.people.coverings import put_on_face_mask, put_on_sunglasses
from drivers.camera.people.glasses import put_on_glasses
from drivers.camera.portrait import compose_portrait
from drivers.face.covering import Obstacles, obstacle_in, obstacle_without_face
from drivers.face.types import FaceBox, FaceMeasurement
from drivers.types import Image
from tests.helpers.vision import FACES, portrait, true_engine


@functools.cache
def _person() -> tuple[Image, FaceMeasurement]:
    """The packaged portrait before a wall, and what the engine measures of it."""
    composed = compose_portrait(portrait(), (640, 480))
    matte = composed.matte[:, :, None].astype(np.float64) / 255
    picture = np.asarray(composed.person * matte + composed.wall * (1 - matte), np.uint8)
    seen = true_engine().measure(picture)
    assert seen is not None
    return picture, seen


def _with(put_on: Callable[[Image, np.ndarray], None]) -> Image:
    picture, seen = _person()
    assert seen.points is not None
    worn = picture.copy()
    put_on(worn, seen.points)
    return worn


def _lit(share: float, wall: int | None = None) -> Image:
    """The face by so much of the light; the wall of another brightness, if wanted."""
    picture, seen = _person()
    changed = np.asarray(np.clip(picture * share, 0, 255), np.uint8)
    if wall is not None:
        box = seen.box
        outside = np.ones(picture.shape[:2], bool)
        outside[max(0, box.top - 40) :, max(0, box.left - 15) : box.right + 15] = False
        changed[outside] = wall
    return changed


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (lambda: _person()[0], ""),
        (lambda: _with(put_on_glasses), ""),
        (lambda: _with(put_on_sunglasses), "eyes_covered"),
        (lambda: _with(put_on_face_mask), "mouth_covered"),
        (lambda: _lit(0.15), "too_dark"),
        (lambda: _lit(0.3, wall=250), "back_light"),
        (lambda: _lit(8.0), "too_bright"),
    ],
)
def test_what_hinders_is_told_and_ordinary_glasses_hinder_nobody(picture: Callable[[], Image], code: str) -> None:
    _, seen = _person()
    assert obstacle_in(picture(), seen) == code


@pytest.mark.parametrize(("level", "code"), [(4, "too_dark"), (120, ""), (252, "too_bright")])
def test_without_a_face_the_light_of_the_whole_picture_is_judged(level: int, code: str) -> None:
    assert obstacle_without_face(np.full((480, 640, 3), level, np.uint8)) == code


def test_a_silhouette_before_a_window_is_back_light() -> None:
    picture = np.full((480, 640, 3), 245, np.uint8)
    picture[100:, 200:440] = 20
    assert obstacle_without_face(picture) == "back_light"


def test_nobody_on_a_photograph_is_told_to_take_anything_off() -> None:
    """Fifty-five pictures of five people, some of them with their glasses on."""
    files = sorted((FACES / "johns").glob("*/*.jpg"))
    if not files:
        pytest.skip(f"no photographs of other people in {FACES}")
    told: dict[str, str] = {}
    for file in files:
        picture = cv2.imread(str(file))
        seen = true_engine().measure(picture)
        if seen is not None:
            told[file.name] = obstacle_in(picture, seen)
    assert len(told) > 0.9 * len(files)
    assert {name: code for name, code in told.items() if code in ("eyes_covered", "mouth_covered")} == {}


def test_a_turned_head_is_not_called_covered() -> None:
    _, seen = _person()
    turned = FaceMeasurement(**{name: getattr(seen, name) for name in FaceMeasurement.__slots__ if name != "yaw"}, yaw=0.6)
    assert obstacle_in(_with(put_on_sunglasses), turned) == ""


def test_an_obstacle_must_stand_before_it_is_told_and_last_before_it_is_the_reason() -> None:
    picture, seen = _person()
    covered = _with(put_on_sunglasses)
    subject = Obstacles()
    assert [subject.see(covered, seen) for _ in range(4)] == ["", "", "", "eyes_covered"]
    assert subject.worst == "", "a moment is no reason"
    assert subject.see(picture, seen) == ""
    for _ in range(20):
        subject.see(covered, seen)
    assert subject.worst == "eyes_covered"


@given(arrays.arrays(np.uint8, (24, 32, 3)), st.integers(-40, 60), st.integers(-40, 60), st.integers(0, 80))
def test_any_picture_and_any_place_are_judged(picture: Image, left: int, top: int, side: int) -> None:
    _, seen = _person()
    assert seen.points is not None
    box = FaceBox(left, top, left + side, top + side)
    moved = FaceMeasurement(
        **{name: getattr(seen, name) for name in FaceMeasurement.__slots__ if name not in ("box", "points")},
        box=box,
        points=seen.points * 0.05 + (left, top),
    )
    assert isinstance(obstacle_in(picture, moved), str)
    assert isinstance(obstacle_without_face(picture), str)
