"""Which still pictures are refused before they are compared."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from drivers.camera.portrait import compose_card_photo, packaged_portrait
from drivers.face.engine import DlibFaceEngine
from drivers.face.finding import as_rgb
from drivers.face.quality import trouble_of
from drivers.face.types import FaceBox, FaceTrouble, NoUsableFace
from drivers.types import Image


@pytest.fixture(scope="module")
def portrait() -> tuple[Image, FaceBox, np.ndarray]:
    picture = packaged_portrait()
    seen = DlibFaceEngine().measure(picture)
    assert seen is not None
    assert seen.points is not None
    return as_rgb(picture), seen.box, seen.points


def _trouble(rgb: Image, box: FaceBox, points: np.ndarray) -> FaceTrouble | None:
    found = trouble_of(rgb, box, points)
    return None if found is None else found.trouble


def test_a_portrait_is_fine(portrait: tuple[Image, FaceBox, np.ndarray]) -> None:
    assert _trouble(*portrait) is None


@pytest.mark.parametrize(
    ("spoil", "trouble"),
    [
        (lambda rgb: (rgb * 0.02).astype(np.uint8), FaceTrouble.TOO_DARK),
        (lambda rgb: np.clip(rgb.astype(float) * 3 + 200, 0, 255).astype(np.uint8), FaceTrouble.TOO_BRIGHT),
        (lambda rgb: cv2.GaussianBlur(rgb, (0, 0), 11), FaceTrouble.BLURRED),
        (lambda rgb: np.full_like(rgb, 120), FaceTrouble.BLURRED),
        (lambda rgb: cv2.GaussianBlur(rgb, (0, 0), 2), None),
        (lambda rgb: (rgb * 0.2).astype(np.uint8), None),
    ],
    ids=["black", "burnt", "a blur", "no face left", "slightly out of focus", "dim"],
)
def test_what_cannot_be_seen_is_not_guessed_at(
    portrait: tuple[Image, FaceBox, np.ndarray], spoil: Callable[[Image], Image], trouble: FaceTrouble | None
) -> None:
    rgb, box, points = portrait
    assert _trouble(np.asarray(spoil(rgb), np.uint8), box, points) is trouble


def test_a_face_turned_away_or_lying_is_not_compared(portrait: tuple[Image, FaceBox, np.ndarray]) -> None:
    rgb, box, points = portrait
    profile = points.copy()
    profile[30] = points[1:4].mean(axis=0)
    assert _trouble(rgb, box, profile) is FaceTrouble.TURNED_AWAY
    lying = points[:, ::-1].copy()
    assert _trouble(rgb, box, lying) is FaceTrouble.TURNED_AWAY


def test_a_card_photo_passes_and_a_stamp_does_not() -> None:
    card = compose_card_photo(packaged_portrait())
    engine = DlibFaceEngine()
    assert not isinstance(engine.template(card), NoUsableFace)
    stamp = cv2.resize(packaged_portrait(), None, fx=0.12, fy=0.12, interpolation=cv2.INTER_AREA)
    outcome = engine.template(np.asarray(stamp, np.uint8))
    assert isinstance(outcome, NoUsableFace)
    assert outcome.trouble in (FaceTrouble.TOO_SMALL, FaceTrouble.NO_FACE)
