"""A page on a desk as a document camera sees it, drawn: for the simulated camera, the emulator and the tests."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.overwritten import overwritten_picture
from drivers.types import Image

A4_MM = (210.0, 297.0)
ID_CARD_MM = (85.6, 54.0)
_PX_PER_MM = 6.0
_FOCAL_OF_WIDTH = 1.1

Corners = NDArray[np.float32]
"""Shape (4, 2), x and y in pixels: top left, top right, bottom right, bottom left of the page as it is read."""


@dataclass(frozen=True, slots=True)
class DeskScene:
    """How a page lies before the camera, and how good the picture is."""

    page_mm: tuple[float, float] = A4_MM
    page_of_frame: float = 0.8
    """Height of the page as a share of the height of the picture."""
    rotation_degrees: float = 0.0
    tilt_degrees: float = 0.0
    """0: from straight above."""
    shift_of_frame: tuple[float, float] = (0.0, 0.0)
    desk_bgr: tuple[int, int, int] = (62, 84, 112)
    desk_grain: float = 10.0
    paper: int = 238
    blur_px: float = 0.0
    motion_px: int = 0
    noise: float = 2.5
    light: float = 1.0
    shadow: float = 0.0
    """0: none; 0.5: half of the picture gets half of the light, with a soft border across the page."""
    glare_of_page: float = 0.0
    """Size of a burnt-out spot on the page, as a share of its width."""
    fingers: int = 0
    """Fingers that hold the page at its right edge."""
    has_page: bool = True
    has_print: bool = True


def draw(scene: DeskScene, size_px: tuple[int, int], seed: int = 1) -> tuple[Image, Corners]:
    """The picture (BGR, in memory that zeroes itself) of ``size_px`` (width, height), and where the page's corners are."""
    random = np.random.default_rng(seed)
    corners = corners_of(scene, size_px)
    picture = _desk(scene, size_px, random)
    if scene.has_page:
        page = _page(scene, random)
        _lay(picture, page, corners, scene)
    picture = _lit(picture, scene)
    if scene.blur_px > 0:
        picture = cv2.GaussianBlur(picture, (0, 0), scene.blur_px)
    if scene.motion_px > 1:
        picture = cv2.blur(picture, (scene.motion_px, 1))
    picture += random.standard_normal(picture.shape, np.float32) * np.float32(scene.noise)
    kept = overwritten_picture(picture.shape)
    kept[...] = np.clip(picture, 0, 255)
    return kept, corners


def corners_of(scene: DeskScene, size_px: tuple[int, int]) -> Corners:
    """Where the page's corners are in the picture."""
    width, height = size_px
    page_h = height * scene.page_of_frame
    page_w = page_h * scene.page_mm[0] / scene.page_mm[1]
    half = np.array([[-page_w, -page_h], [page_w, -page_h], [page_w, page_h], [-page_w, page_h]], np.float64) / 2
    angle = math.radians(scene.rotation_degrees)
    turned = half @ np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    on_desk = turned + np.array([width * scene.shift_of_frame[0], height * scene.shift_of_frame[1]])
    tilt, focal_px = math.radians(scene.tilt_degrees), _FOCAL_OF_WIDTH * width
    depth = focal_px - on_desk[:, 1] * math.sin(tilt)  # the lower edge is nearer
    seen = focal_px * np.column_stack((on_desk[:, 0], on_desk[:, 1] * math.cos(tilt))) / depth[:, None]
    return np.asarray(seen + np.array([width / 2, height / 2]), np.float32)


def _desk(scene: DeskScene, size_px: tuple[int, int], random: np.random.Generator) -> NDArray[np.float32]:
    """Wood: grain along the desk, in streaks of several widths."""
    width, height = size_px
    grain = np.zeros((height, width), np.float32)
    for rows, columns in ((height // 3, 6), (height // 12, 10), (height // 40, 4)):
        coarse = random.standard_normal((max(2, rows), columns)).astype(np.float32)
        grain += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    desk = np.empty((height, width, 3), np.float32)
    desk[...] = np.array(scene.desk_bgr, np.float32)
    return np.asarray(desk + (grain * (scene.desk_grain / 1.7))[..., None], np.float32)


def _page(scene: DeskScene, random: np.random.Generator) -> NDArray[np.float32]:
    """A letter: a heading, paragraphs of strokes as dense as Chinese print, and a stamp."""
    width, height = (round(side * _PX_PER_MM) for side in scene.page_mm)
    page = np.full((height, width, 3), scene.paper, np.uint8)
    if not scene.has_print:
        return page.astype(np.float32)
    unit = min(width, height) / 210.0
    margin, line_h = int(18 * unit), max(6, int(7.5 * unit))
    y, line = margin, 0
    while y + line_h < height - margin:
        glyph = line_h * 2 // 3 if line else int(line_h * 1.1)
        last = width - margin if line % 6 else int(width * 0.6)
        for x in range(margin, last - glyph, int(glyph * 1.25)):
            _character(page, x, y, glyph, random)
        y += int(line_h * (1.35 if line else 2.2))
        line += 1
    centre = (int(width * 0.72), int(height * 0.8))
    cv2.circle(page, centre, int(16 * unit), (60, 50, 200), max(1, int(1.2 * unit)), cv2.LINE_AA)
    return page.astype(np.float32)


def _character(page: Image, x: int, y: int, size: int, random: np.random.Generator) -> None:
    for _ in range(5):
        begin = (x + int(random.integers(0, size)), y + int(random.integers(0, size)))
        is_level = bool(random.integers(0, 2))
        end = (x + int(random.integers(0, size)), begin[1]) if is_level else (begin[0], y + int(random.integers(0, size)))
        cv2.line(page, begin, end, (45, 45, 45), max(1, size // 12), cv2.LINE_AA)


def _lay(picture: NDArray[np.float32], page: NDArray[np.float32], corners: Corners, scene: DeskScene) -> None:
    page_h, page_w = page.shape[:2]
    if scene.glare_of_page > 0:
        spot = np.zeros((page_h, page_w), np.float32)
        cv2.circle(spot, (page_w // 2, page_h // 3), int(page_w * scene.glare_of_page / 2), 1.0, -1)
        page = page + cv2.GaussianBlur(spot, (0, 0), page_w * 0.01)[..., None] * 600.0
    flat = np.array([[0, 0], [page_w, 0], [page_w, page_h], [0, page_h]], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(flat, corners)
    size = (picture.shape[1], picture.shape[0])
    warped = cv2.warpPerspective(page, matrix, size, flags=cv2.INTER_AREA)
    matte = cv2.warpPerspective(np.ones((page_h, page_w), np.float32), matrix, size)
    shade = cv2.GaussianBlur(matte, (0, 0), max(1.0, size[1] / 250)) * 0.15  # a page lies a little above the desk
    picture *= (1.0 - shade * (1.0 - matte))[..., None]
    picture *= (1.0 - matte)[..., None]
    picture += warped * matte[..., None]
    for finger in range(scene.fingers):
        share = 0.35 + 0.14 * finger
        edge = corners[1] * (1 - share) + corners[2] * share
        outwards = (corners[1] - corners[0]) / max(1.0, float(np.linalg.norm(corners[1] - corners[0])))
        inside, outside = edge - outwards * size[1] * 0.05, edge + outwards * size[1] * 0.4
        cv2.line(picture, _whole(inside), _whole(outside), (120, 150, 205), int(size[1] * 0.04), cv2.LINE_AA)


def _lit(picture: NDArray[np.float32], scene: DeskScene) -> NDArray[np.float32]:
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    light = 1.0 - 0.18 * (((x - width / 2) / width) ** 2 + ((y - height / 2) / height) ** 2)
    if scene.shadow > 0:
        across = (x - width * 0.5 + (y - height * 0.5) * 0.4) / (width * 0.03)
        light = light * (1.0 - scene.shadow / (1.0 + np.exp(-np.clip(across, -30, 30))))
    return np.asarray(picture * (light * scene.light)[..., None], np.float32)


def _whole(point: NDArray[np.float32]) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))
