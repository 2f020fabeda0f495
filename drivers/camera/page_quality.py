"""Can the straightened page be read? Judged on a copy of one size, so that the figures do not depend on the camera.

Sharpness is the steepness of strokes: the slope at an edge over the height of that edge. It depends neither on how much is
printed nor on how dark, as the variance of a Laplacian would. Level and upright strokes are judged apart and the worse one
counts, because a page in motion is blurred one way only.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.page_rectify import rectified
from drivers.camera.page_types import CaptureTrouble, Corners, PageQuality, PageShape
from drivers.types import Image

_JUDGED_PX = {PageShape.A4: 1000, PageShape.FREE: 1000, PageShape.ID_CARD: 430}
"""Longer side of the copy: about 3.4 pixels a millimetre for pages, 5 for cards, whose print is smaller."""
_MARGIN = 0.015
"""Of the page at each side: its own edge is no print."""
_AROUND = 0.04
_REACH_PX = 9
"""An edge is looked at over this length; blur wider than that is beyond all reading."""
_LEAST_EDGE = 10.0
"""Grey levels of an edge worth judging; more where there is much noise."""
_STRONG_EDGE_OF_CONTRAST = 0.4
"""Fainter strokes are measured against this: motion leaves thin strokes faint and steep."""
_LEAST_EDGE_SHARE = 0.0005
_BURNT_OUT = 251
_SPOT_OF_PAGE = 0.012

LEAST_SHARPNESS = 0.5
"""A blur of about two pixels (standard deviation) of the copy, 0.6 mm on A4: print of 10 points is at the edge of legible."""
LEAST_BRIGHTNESS = 75.0
MOST_GLARE = 0.006
_BRIGHT_PAPER = 243.0
"""Paper as bright as this around a spot burns out here and there by itself, as white paper does in many cameras. That does no
harm while the print stays dark; a burnt-out spot can then not be told from paper."""
_MOST_OF_A_SPOT = 0.6
_PALEST_INK = 110.0


def quality_of(image: Image, corners: Corners, page: Image, shape: PageShape) -> PageQuality:
    """Measure ``page``, straightened from ``image`` (both BGR). The sharpness of an empty page is that of its edge."""
    copy = _copy(page, shape)
    y, x = (max(1, round(side * _MARGIN)) for side in copy.shape[:2])
    inner = np.ascontiguousarray(copy[y:-y, x:-x])
    grey = np.asarray(cv2.cvtColor(inner, cv2.COLOR_BGR2GRAY), np.uint8)
    steepness = _steepness(grey)
    if steepness is None:
        steepness = _steepness_of_edge(image, corners, shape)
    fineness = min(1.0, max(page.shape[:2]) / _JUDGED_PX[shape])  # a page of few pixels is no better than a blurred one
    found = PageQuality(steepness * fineness, float(np.percentile(grey[::4, ::4], 80)), _burnt_out(inner))
    for held in (copy, inner, grey):
        held.fill(0)
    return found


def trouble_of(quality: PageQuality) -> CaptureTrouble | None:
    """What stands in the way of reading, ``None`` when nothing does."""
    if quality.brightness < LEAST_BRIGHTNESS:
        return CaptureTrouble.TOO_DARK
    if quality.glare > MOST_GLARE:
        return CaptureTrouble.GLARE
    if quality.sharpness < LEAST_SHARPNESS:
        return CaptureTrouble.TOO_BLURRED
    return None


def _copy(page: Image, shape: PageShape) -> Image:
    scale = min(1.0, _JUDGED_PX[shape] / max(page.shape[:2]))
    size = (max(16, round(page.shape[1] * scale)), max(16, round(page.shape[0] * scale)))
    return np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.uint8)


def _steepness_of_edge(image: Image, corners: Corners, shape: PageShape) -> float:
    middle = corners.mean(axis=0)
    around = np.asarray(middle + (corners - middle) * (1.0 + 2 * _AROUND), np.float32)
    return (
        _steepness(np.asarray(cv2.cvtColor(_copy(rectified(image, around, shape), shape), cv2.COLOR_BGR2GRAY), np.uint8)) or 0.0
    )


def _steepness(grey: Image) -> float | None:
    """Of the steeper tenth of all strokes, the lesser of level and upright ones. ``None`` without a stroke to judge."""
    smooth = cv2.GaussianBlur(grey, (3, 3), 0.6)
    paper, ink = np.percentile(smooth[::2, ::2], (80, 0.5))
    noise = float(np.median(np.abs(np.asarray(cv2.Laplacian(smooth[::3, ::3].copy(), cv2.CV_32F)))))
    least, strong = max(_LEAST_EDGE, 4.0 * noise), _STRONG_EDGE_OF_CONTRAST * float(paper - ink)
    both = []
    for dx, dy, kernel in ((1, 0, (_REACH_PX, 1)), (0, 1, (1, _REACH_PX))):
        slope = np.abs(np.asarray(cv2.Sobel(smooth, cv2.CV_32F, dx, dy, ksize=1, scale=0.5), np.float32))
        element = cv2.getStructuringElement(cv2.MORPH_RECT, kernel)
        height = cv2.subtract(cv2.dilate(smooth, element), cv2.erode(smooth, element))
        is_edge = (slope >= np.asarray(cv2.dilate(slope, element), np.float32)) & (height > least)
        if float(is_edge.mean()) > _LEAST_EDGE_SHARE:
            both.append(_steep_tenth(slope[is_edge] / np.maximum(height[is_edge], strong)))
    return min(both) if both else None


def _steep_tenth(steepness: NDArray[np.float32]) -> float:
    return float(np.percentile(steepness, 90)) * 2.0


def _burnt_out(page: Image) -> float:
    """Share of the page in burnt-out spots; single pixels, thin lines and evenly bright paper do not count."""
    darkest = np.asarray(cv2.blur(page, (3, 3)).min(axis=2), np.uint8)
    burnt = np.asarray(darkest >= _BURNT_OUT, np.uint8)
    spot = max(3, round(max(page.shape[:2]) * _SPOT_OF_PAGE))
    spots = np.asarray(cv2.morphologyEx(burnt, cv2.MORPH_OPEN, np.ones((spot, spot), np.uint8)), np.uint8)
    if not spots.any():
        return 0.0
    near, far = (cv2.dilate(spots, np.ones((wide, wide), np.uint8)) for wide in (3 * spot, 7 * spot))
    around = darkest[(far > near) & (burnt == 0)]
    if float(spots.mean()) < _MOST_OF_A_SPOT and around.size and float(np.percentile(around, 80)) < _BRIGHT_PAPER:
        return float(spots.mean())
    return float(burnt.mean()) if float(np.percentile(darkest, 0.5)) > _PALEST_INK else 0.0
