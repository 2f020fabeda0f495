"""Straightens a page: from four corners in the picture to a rectangle in the page's true proportions."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.page_types import Corners, PageShape
from drivers.overwritten import overwritten_picture
from drivers.types import Image

_RATIOS = {PageShape.A4: 297.0 / 210.0, PageShape.ID_CARD: 85.6 / 53.98}
"""Long side over short side."""
_LONGEST_SIDE_PX = 3508
"""A4 at 300 dots per inch; more is only weight on the line."""
_LEAST_SIDE_PX = 16
_WIDEST_RATIO = 6.0


def rectified(image: Image, corners: Corners, shape: PageShape) -> Image:
    """The page in ``image`` (BGR) as seen from straight above, not turned, in memory that zeroes itself."""
    width, height = _size_px(corners, shape, (image.shape[1], image.shape[0]))
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - np.float32(0.5)
    matrix = cv2.getPerspectiveTransform(corners, flat)
    page = overwritten_picture((height, width, 3))
    cv2.warpPerspective(image, matrix, (width, height), page, cv2.INTER_LINEAR, cv2.BORDER_REPLICATE)
    return page


def aspect_ratio(corners: Corners, size_px: tuple[int, int]) -> float:
    """Width over height of the rectangle that is seen as ``corners`` in a picture of ``size_px`` (width, height).

    From the vanishing points, for a lens whose axis goes through the middle of the picture and square pixels; seen nearly from
    straight above, where those are too far away, from the lengths of the sides.
    (Zhang and He, "Whiteboard scanning and image enhancement", Digital Signal Processing 17, 2007.)
    """
    plain = _plain_ratio(corners)
    centred = np.column_stack((corners.astype(np.float64) - np.array(size_px) / 2.0, np.ones(4)))
    m1, m2, m4, m3 = centred  # the paper's order: top left, top right, bottom left, bottom right
    k2 = _triple(m1, m4, m3) / _triple(m2, m4, m3)
    k3 = _triple(m1, m4, m2) / _triple(m3, m4, m2)
    across, down = k2 * m2 - m1, k3 * m3 - m1
    if abs(across[2]) < 0.02 or abs(down[2]) < 0.02:
        return _with_one_vanishing_point(across, down, size_px, plain)
    focal_squared = -(across[0] * down[0] + across[1] * down[1]) / (across[2] * down[2])
    if not _is_plausible(focal_squared, size_px):
        return _with_focal(across, down, _usual_focal_squared(size_px))
    return _with_focal(across, down, focal_squared)


def _with_one_vanishing_point(
    across: NDArray[np.float64], down: NDArray[np.float64], size_px: tuple[int, int], plain: float
) -> float:
    """One pair of sides is parallel in the picture: the focal length cannot be known from it, so a usual one is taken."""
    if abs(across[2]) < 0.02 and abs(down[2]) < 0.02:
        return plain
    return _with_focal(across, down, _usual_focal_squared(size_px))


def _usual_focal_squared(size_px: tuple[int, int]) -> float:
    return (1.05 * max(size_px)) ** 2


def _is_plausible(focal_squared: float, size_px: tuple[int, int]) -> bool:
    return (0.5 * max(size_px)) ** 2 < focal_squared < (3.0 * max(size_px)) ** 2


def _with_focal(across: NDArray[np.float64], down: NDArray[np.float64], focal_squared: float) -> float:
    scale = np.array([1.0 / focal_squared, 1.0 / focal_squared, 1.0])
    return math.sqrt(float((across * across * scale).sum()) / max(1e-12, float((down * down * scale).sum())))


def _triple(a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64]) -> float:
    return float(np.cross(a, b) @ c)


def _plain_ratio(corners: Corners) -> float:
    top, right, bottom, left = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    return float(top + bottom) / max(1e-6, float(left + right))


def _size_px(corners: Corners, shape: PageShape, picture_px: tuple[int, int]) -> tuple[int, int]:
    """Of the straightened page: no pixel of the picture is thrown away, as long as the page is not larger than A4 at 300 dpi."""
    ratio = aspect_ratio(corners, picture_px)
    true = _RATIOS.get(shape)
    if true is not None:
        ratio = true if ratio >= 1.0 else 1.0 / true
    ratio = min(max(ratio, 1.0 / _WIDEST_RATIO), _WIDEST_RATIO)
    top, right, bottom, left = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    width = max(float(max(top, bottom)), float(max(left, right)) * ratio)
    width = min(width, _LONGEST_SIDE_PX, _LONGEST_SIDE_PX * ratio)
    return max(_LEAST_SIDE_PX, round(width)), max(_LEAST_SIDE_PX, round(width / ratio))
