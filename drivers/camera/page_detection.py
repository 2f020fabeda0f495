"""Finds the page on the desk: the largest four-cornered thing whose outline shows as an edge nearly all around.

Worked out on a small copy, then each side is fitted in the picture itself. Several views of the picture are searched, because a
light page on a light desk, a page half in the shadow and a page held by fingers each vanish in some of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.page_edges import fitted, support_of
from drivers.camera.page_types import Corners, Page
from drivers.types import Image

_WORK_PX = 480
"""Longer side of the small copy."""
_LEAST_AREA = 0.04
_MOST_AREA = 0.98
_LEAST_ANGLE_COS = 0.5
"""Corners between 60 and 120 degrees: a page on a desk, seen from above."""
_LEAST_SIDE_SUPPORT = 0.45
_LEAST_SUPPORT = 0.7
_LEAST_SUPPORT_CUT_OFF = 0.8
_MOST_SIDES_OUTSIDE = 2
_BORDER_PX = 2.0


def detect_page(image: Image) -> Page | None:
    """The page in ``image`` (BGR), ``None`` when there is none. Fast enough for every frame; about 8 ms at 1080p."""
    scale = min(1.0, _WORK_PX / max(image.shape[:2]))
    small = _reduced(image, scale)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
    best: tuple[float, Corners, float] | None = None
    for quad in _candidates(small, grey):
        support = _support(quad, grey)
        score = support**2 * math.sqrt(cv2.contourArea(quad))
        if support > 0.0 and (best is None or score > best[0]):
            best = (score, quad, support)
    small.fill(0)
    grey.fill(0)
    if best is None:
        return None
    corners = fitted(image, np.asarray((best[1] + 0.5) / scale - 0.5, np.float32), 2.5 / scale)
    return Page(_in_order(corners), _is_cut_off(corners, image), best[2])


def _support(quad: Corners, grey: Image) -> float:
    """Share of the outline that shows; 0.0 when that is too little. The less of a page is in the picture, the more must show."""
    shares, along_border = support_of(quad, grey)
    if along_border > _MOST_SIDES_OUTSIDE:
        return 0.0
    least = _LEAST_SUPPORT_CUT_OFF if along_border else _LEAST_SIDE_SUPPORT
    mean = sum(shares) / len(shares)
    return mean if min(shares) >= least and mean >= _LEAST_SUPPORT else 0.0


def _reduced(image: Image, scale: float) -> Image:
    """A small copy, the noise taken out of it."""
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    if scale <= 0.4:  # area averaging of a large picture costs more than all the rest; every second pixel is enough for it
        image = image[::2, ::2]
    return np.asarray(cv2.GaussianBlur(cv2.resize(image, size, interpolation=cv2.INTER_AREA), (3, 3), 0), np.uint8)


def _candidates(small: Image, grey: Image) -> Iterator[Corners]:
    area = float(grey.shape[0] * grey.shape[1])
    for mask in _masks(small, grey):
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:4]:
            hull = cv2.convexHull(contour)
            if not _LEAST_AREA * area < cv2.contourArea(hull) < _MOST_AREA * area:
                continue
            quad = _four_sides(hull)
            if quad is not None and _is_page_like(quad, area):
                yield quad


def _masks(small: Image, grey: Image) -> Iterator[Image]:
    """Views in which the page may stand out: bright, colourless, and as the inside of its own outline."""
    kernel = np.ones((5, 5), np.uint8)
    hsv = cv2.cvtColor(small, cv2.COLOR_BGR2HSV)
    closed = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))  # takes the print off the paper
    for channel, kind in ((closed, cv2.THRESH_BINARY), (hsv[:, :, 1], cv2.THRESH_BINARY_INV)):
        _, mask = cv2.threshold(channel, 0, 255, kind | cv2.THRESH_OTSU)
        yield np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel), np.uint8)
    for low in (12, 40):
        edges = cv2.Canny(closed, low, 3 * low, L2gradient=True)
        edges |= cv2.Canny(np.ascontiguousarray(hsv[:, :, 1]), 2 * low, 6 * low, L2gradient=True)
        yield np.asarray(cv2.dilate(edges, np.ones((3, 3), np.uint8)), np.uint8)


def _four_sides(hull: NDArray[np.int32]) -> Corners | None:
    """The hull with four corners: short sides are taken away by prolonging their neighbours."""
    points = cv2.approxPolyDP(hull, 0.01 * cv2.arcLength(hull, True), True)[:, 0, :].astype(np.float64)
    while len(points) > 4:
        shorter = _without_cheapest_side(points)
        if shorter is None:
            return None
        points = shorter
    return np.asarray(points, np.float32) if len(points) == 4 else None


def _without_cheapest_side(points: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The polygon with the side gone whose removal adds least area."""
    count, best = len(points), None
    for at in range(count):
        before, begin, end, after = (points[(at + step) % count] for step in (-1, 0, 1, 2))
        corner = _crossing(before, begin, after, end)
        if corner is None:
            continue
        added = abs(float(_cross(corner - begin, end - begin)))
        if best is None or added < best[0]:
            best = (added, at, corner)
    if best is None:
        return None
    _, at, corner = best
    kept = [points[(at + 2 + step) % count] for step in range(count - 2)]
    return np.array([corner, *kept])


def _crossing(
    a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64], d: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Where ``a``→``b`` prolonged behind ``b`` meets ``c``→``d`` prolonged behind ``d``."""
    first, second = b - a, d - c
    turn = float(_cross(first, second))
    if abs(turn) < 1e-6 * float(np.linalg.norm(first) * np.linalg.norm(second)):
        return None
    share = float(_cross(c - a, second)) / turn
    along = float(_cross(c - a, first)) / turn
    return a + share * first if share >= 1.0 and along >= 1.0 else None


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return float(a[0] * b[1] - a[1] * b[0])


def _is_page_like(quad: Corners, area: float) -> bool:
    if not cv2.isContourConvex(quad) or cv2.contourArea(quad) < _LEAST_AREA * area:
        return False
    sides = np.roll(quad, -1, axis=0) - quad
    lengths = np.linalg.norm(sides, axis=1)
    if float(lengths.min()) < 0.15 * float(lengths.max()):
        return False
    cosines = np.abs((sides * np.roll(sides, -1, axis=0)).sum(axis=1)) / (lengths * np.roll(lengths, -1))
    return float(cosines.max()) < _LEAST_ANGLE_COS


def _in_order(corners: Corners) -> Corners:
    """Clockwise, beginning so that the first side points to the right as far as any does: the page is never turned round."""
    if _cross(corners[1] - corners[0], corners[2] - corners[1]) < 0:
        corners = corners[::-1]
    sides = np.roll(corners, -1, axis=0) - corners
    rightwards = sides[:, 0] / np.linalg.norm(sides, axis=1)
    return np.ascontiguousarray(np.roll(corners, -int(np.argmax(rightwards)), axis=0))


def _is_cut_off(corners: Corners, image: Image) -> bool:
    height, width = image.shape[:2]
    margin = _BORDER_PX * max(1.0, max(width, height) / _WORK_PX)
    inside = (corners > margin) & (corners < np.array([width - 1 - margin, height - 1 - margin]))
    return not bool(inside.all())
