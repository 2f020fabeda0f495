"""Blurred, dark and burnt-out pages are refused, whatever is printed on them and whatever camera took them."""

from __future__ import annotations

import pytest

from drivers.camera.desk_scene import ID_CARD_MM, DeskScene, draw
from drivers.camera.page_quality import quality_of, trouble_of
from drivers.camera.page_rectify import rectified
from drivers.camera.page_types import CaptureTrouble, PageQuality, PageShape

HD, FIVE_MEGAPIXELS = (1920, 1080), (2592, 1944)


def _quality(size_px: tuple[int, int] = HD, shape: PageShape = PageShape.A4, **changes: object) -> PageQuality:
    scene = DeskScene(**({"page_of_frame": 0.8, "rotation_degrees": 3.0, "tilt_degrees": 8.0} | changes))  # type: ignore[arg-type]
    picture, corners = draw(scene, size_px)
    return quality_of(picture, corners, rectified(picture, corners, shape), shape)


@pytest.mark.parametrize("size_px", [HD, FIVE_MEGAPIXELS])
@pytest.mark.parametrize(
    "changes",
    [{}, {"blur_px": 0.7}, {"noise": 8.0}, {"light": 0.5, "noise": 4.0}, {"light": 1.15}, {"shadow": 0.5}, {"motion_px": 2}],
    ids=str,
)
def test_pages_that_can_be_read_are_taken(size_px: tuple[int, int], changes: dict[str, object]) -> None:
    assert trouble_of(_quality(size_px, **changes)) is None


@pytest.mark.parametrize("size_px", [HD, FIVE_MEGAPIXELS])
@pytest.mark.parametrize(
    ("changes", "trouble"),
    [
        ({"blur_px": 4.0}, CaptureTrouble.TOO_BLURRED),
        ({"blur_px": 4.0, "noise": 6.0}, CaptureTrouble.TOO_BLURRED),
        ({"blur_px": 9.0}, CaptureTrouble.TOO_BLURRED),
        ({"motion_px": 21}, CaptureTrouble.TOO_BLURRED),
        ({"light": 0.25}, CaptureTrouble.TOO_DARK),
        ({"glare_of_page": 0.12}, CaptureTrouble.GLARE),
        ({"glare_of_page": 0.4}, CaptureTrouble.GLARE),
    ],
    ids=str,
)
def test_pages_that_cannot_be_read_are_refused(
    size_px: tuple[int, int], changes: dict[str, object], trouble: CaptureTrouble
) -> None:
    assert trouble_of(_quality(size_px, **changes)) is trouble


def test_sharpness_depends_on_the_blur_of_the_page_and_not_on_the_camera() -> None:
    """The same blur, as a share of the page, in two sizes of picture."""
    small, large = _quality(HD, blur_px=2.0).sharpness, _quality(FIVE_MEGAPIXELS, blur_px=2.0 * 1.8).sharpness
    assert 0.8 < small / large < 1.25


def test_sharpness_falls_steadily_with_blur() -> None:
    measured = [_quality(blur_px=blur).sharpness for blur in (0.0, 1.0, 1.5, 2.0, 3.0, 4.0)]
    assert measured == sorted(measured, reverse=True)


def test_cards_are_judged_by_their_own_size() -> None:
    """An ID card of 430 pixels shows its print as well as an A4 page of 1500."""
    changes = {"page_mm": ID_CARD_MM, "page_of_frame": 0.28}
    assert trouble_of(_quality(shape=PageShape.ID_CARD, **changes)) is None
    assert trouble_of(_quality(shape=PageShape.FREE, **changes)) is CaptureTrouble.TOO_BLURRED


@pytest.mark.parametrize(("blur_px", "is_sharp"), [(0.5, True), (8.0, False)])
def test_an_empty_page_is_judged_by_its_edge(blur_px: float, is_sharp: bool) -> None:
    quality = _quality(blur_px=blur_px, has_print=False)
    assert (trouble_of(quality) is None) is is_sharp


def test_white_paper_that_is_all_burnt_out_is_taken_while_its_print_is_dark() -> None:
    assert trouble_of(_quality(light=1.4)) is None
    assert trouble_of(_quality(light=4.5)) is CaptureTrouble.GLARE
