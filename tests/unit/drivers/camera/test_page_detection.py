"""Pages on desks, drawn: found where they lie, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.camera.desk_scene import A4_MM, ID_CARD_MM, DeskScene, draw
from drivers.camera.page_detection import detect_page
from tests.helpers.vision import animation

HD = (1920, 1080)
PLAIN = DeskScene(page_of_frame=0.7)


def _error_px(scene: DeskScene, size_px: tuple[int, int] = HD, seed: int = 1) -> float:
    """Of the worst corner."""
    picture, corners = draw(scene, size_px, seed)
    page = detect_page(picture)
    assert page is not None, scene
    assert not page.is_cut_off
    return float(np.linalg.norm(page.corners - corners, axis=1).max())


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"rotation_degrees": 38.0},
        {"rotation_degrees": -38.0},
        {"tilt_degrees": 22.0, "rotation_degrees": 10.0},
        {"desk_bgr": (35, 35, 38), "desk_grain": 4.0},
        {"desk_bgr": (200, 203, 205), "desk_grain": 3.0},
        {"desk_bgr": (226, 228, 228), "desk_grain": 2.0, "paper": 245},
        {"desk_bgr": (40, 130, 60), "desk_grain": 8.0},
        {"shadow": 0.6},
        {"shadow": 0.4, "desk_bgr": (170, 180, 190), "desk_grain": 6.0, "fingers": 2, "noise": 5.0},
        {"fingers": 3},
        {"blur_px": 4.0},
        {"noise": 8.0},
        {"light": 0.3},
        {"light": 1.3},
        {"glare_of_page": 0.3},
        {"page_mm": ID_CARD_MM, "page_of_frame": 0.3},
        {"page_mm": (A4_MM[1], A4_MM[0]), "page_of_frame": 0.6},
        {"page_mm": (80.0, 250.0), "page_of_frame": 0.75},
    ],
    ids=str,
)
def test_the_corners_are_found_to_the_pixel(changes: dict[str, object]) -> None:
    assert _error_px(DeskScene(**({"page_of_frame": 0.7} | changes))) < 1.5  # type: ignore[arg-type]


@pytest.mark.parametrize("size_px", [(640, 480), (1280, 720), (2592, 1944)])
def test_the_size_of_the_picture_does_not_matter(size_px: tuple[int, int]) -> None:
    assert _error_px(DeskScene(page_of_frame=0.7, rotation_degrees=7.0, tilt_degrees=12.0), size_px) < 1.5


def test_many_random_scenes() -> None:
    random = np.random.default_rng(7)
    errors = []
    for seed in range(40):
        scene = DeskScene(
            page_of_frame=float(random.uniform(0.45, 0.65)),
            rotation_degrees=float(random.uniform(-40, 40)),
            tilt_degrees=float(random.uniform(0, 22)),
            shift_of_frame=(float(random.uniform(-0.12, 0.12)), float(random.uniform(-0.04, 0.04))),
            desk_bgr=tuple(int(level) for level in random.integers(20, 200, 3)),  # type: ignore[arg-type]
            desk_grain=float(random.uniform(0, 12)),
            shadow=float(random.choice([0.0, 0.5])),
            fingers=int(random.integers(0, 3)),
            noise=float(random.uniform(1, 6)),
        )
        errors.append(_error_px(scene, (1280, 720), seed))
    assert np.median(errors) < 0.6
    assert max(errors) < 2.5


@pytest.mark.parametrize("angle", [-44.0, -20.0, 0.0, 20.0, 44.0])
def test_the_page_is_never_turned_round(angle: float) -> None:
    """Corners come in the order of the page as the camera sees it: the first side is the one at its top."""
    picture, corners = draw(DeskScene(page_of_frame=0.55, rotation_degrees=angle), HD)
    page = detect_page(picture)
    assert page is not None
    assert np.abs(page.corners - corners).max() < 2.0


@pytest.mark.parametrize("shift", [(0.0, 0.3), (0.38, 0.0), (0.0, -0.35), (0.35, 0.25)])
def test_a_page_at_the_edge_of_the_picture_is_cut_off(shift: tuple[float, float]) -> None:
    page = detect_page(draw(DeskScene(shift_of_frame=shift), HD)[0])
    assert page is not None
    assert page.is_cut_off


def test_on_an_empty_desk_there_is_no_page() -> None:
    random = np.random.default_rng(3)
    for seed in range(30):
        scene = DeskScene(
            has_page=False,
            desk_bgr=tuple(int(level) for level in random.integers(20, 230, 3)),  # type: ignore[arg-type]
            desk_grain=float(random.uniform(0, 25)),
            noise=float(random.uniform(0, 8)),
            shadow=float(random.choice([0.0, 0.3, 0.6])),
        )
        assert detect_page(draw(scene, (1280, 720), seed)[0]) is None, scene


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_even_picture_shows_no_page(level: int) -> None:
    assert detect_page(np.full((480, 640, 3), level, np.uint8)) is None


def test_a_person_is_no_page() -> None:
    assert detect_page(animation().render(1.0, {})) is None


def test_noise_is_no_page() -> None:
    assert detect_page(np.random.default_rng(1).integers(0, 255, (480, 640, 3), dtype=np.uint8)) is None


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 900, 3), (7, 5, 3), (40, 60, 3)])
def test_tiny_pictures_are_no_trouble(shape: tuple[int, int, int]) -> None:
    assert detect_page(np.zeros(shape, np.uint8)) is None
