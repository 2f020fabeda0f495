"""The page straightened: its true proportions, the way up it lay, and its content."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from drivers.camera.desk_scene import A4_MM, ID_CARD_MM, DeskScene, corners_of, draw
from drivers.camera.page_rectify import aspect_ratio, rectified
from drivers.camera.page_types import PageShape

HD = (1920, 1080)


@pytest.mark.parametrize("page_mm", [A4_MM, ID_CARD_MM, (100.0, 100.0), (297.0, 210.0), (60.0, 200.0)])
@pytest.mark.parametrize(("rotation", "tilt"), [(0.0, 0.0), (10.0, 0.0), (0.0, 20.0), (15.0, 20.0), (-30.0, 12.0), (3.0, 4.0)])
def test_the_proportions_are_measured_through_the_perspective(page_mm: tuple[float, float], rotation: float, tilt: float) -> None:
    scene = DeskScene(page_mm=page_mm, page_of_frame=0.5, rotation_degrees=rotation, tilt_degrees=tilt)
    assert aspect_ratio(corners_of(scene, HD), HD) == pytest.approx(page_mm[0] / page_mm[1], rel=0.03)


@pytest.mark.parametrize(
    ("page_mm", "shape", "ratio"),
    [
        (A4_MM, PageShape.A4, 210 / 297),
        ((297.0, 210.0), PageShape.A4, 297 / 210),
        (ID_CARD_MM, PageShape.ID_CARD, 85.6 / 53.98),
        ((54.0, 85.6), PageShape.ID_CARD, 53.98 / 85.6),
        (ID_CARD_MM, PageShape.FREE, 85.6 / 54.0),
    ],
)
def test_known_shapes_come_out_exact_and_lie_as_they_lay(page_mm: tuple[float, float], shape: PageShape, ratio: float) -> None:
    scene = DeskScene(page_mm=page_mm, page_of_frame=0.5, rotation_degrees=8.0, tilt_degrees=15.0)
    picture, corners = draw(scene, HD)
    page = rectified(picture, corners, shape)
    assert page.shape[1] / page.shape[0] == pytest.approx(ratio, rel=0.02 if shape is PageShape.FREE else 0.004)


def test_the_content_is_the_same_from_any_side() -> None:
    straight, seen = (
        DeskScene(noise=0.0, page_of_frame=0.7, rotation_degrees=rotation, tilt_degrees=tilt)
        for rotation, tilt in ((0.0, 0.0), (12.0, 18.0))
    )
    pages = []
    for scene in (straight, seen):
        picture, corners = draw(scene, HD)
        page = rectified(picture, corners, PageShape.A4)
        grey = cv2.cvtColor(cv2.resize(page, (210, 297), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        pages.append(grey.astype(np.float64) - grey.mean())
    likeness = float((pages[0] * pages[1]).sum() / np.sqrt((pages[0] ** 2).sum() * (pages[1] ** 2).sum()))
    assert likeness > 0.9


def test_pages_larger_than_a4_at_300_dpi_are_made_smaller() -> None:
    corners = np.array([[0, 0], [5999, 0], [5999, 7999], [0, 7999]], np.float32)
    page = rectified(np.zeros((8000, 6000, 3), np.uint8), corners, PageShape.FREE)
    assert max(page.shape) == 3508


@pytest.mark.parametrize("corners", [[[0, 0], [3, 0], [3, 900], [0, 900]], [[5, 5], [6, 5], [6, 6], [5, 6]]])
def test_slivers_are_no_trouble(corners: list[list[float]]) -> None:
    page = rectified(np.zeros((1000, 1000, 3), np.uint8), np.array(corners, np.float32), PageShape.FREE)
    assert min(page.shape[:2]) >= 16
