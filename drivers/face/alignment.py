"""Turns a face upright and to size, as a recognition model was trained to see it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.face.landmarks import Points
from drivers.types import Image

CHIP_PX = 112
ARCFACE_TEMPLATE: Points = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float64
)
"""Where ArcFace-style models of 112x112 pixels have the eyes, the tip of the nose and the corners of the mouth (InsightFace)."""
_MUCH_SMALLER = 0.6
"""Below this scale a picture is smoothed before it is made smaller, or it would alias."""


def five_points(points: Points) -> Points:
    """Middle of each eye, tip of the nose and corners of the mouth from the 68 landmarks; left is left in the picture."""
    return np.array([points[36:42].mean(axis=0), points[42:48].mean(axis=0), points[30], points[48], points[54]], np.float64)


def similarity(source: Points, target: Points) -> NDArray[np.float64]:
    """Rotation, scale and shift (2x3) that bring ``source`` nearest to ``target`` by least squares (Umeyama 1991)."""
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    centred, wanted = source - source_mean, target - target_mean
    left, strengths, right = np.linalg.svd(wanted.T @ centred)
    signs = np.array([1.0, np.sign(np.linalg.det(left) * np.linalg.det(right)) or 1.0])
    rotation = left @ np.diag(signs) @ right
    scale = float((strengths * signs).sum() / max(float((centred**2).sum()), 1e-9))
    return np.hstack([scale * rotation, (target_mean - scale * rotation @ source_mean)[:, None]])


def aligned_chip(rgb: Image, points: Points, template: Points = ARCFACE_TEMPLATE) -> Image:
    """The face as a chip of 112x112 pixels, its five points as near to ``template`` as turning and sizing can bring them."""
    matrix = similarity(five_points(points), template)
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if 0.0 < scale < _MUCH_SMALLER:
        rgb = np.asarray(cv2.GaussianBlur(rgb, (0, 0), 0.35 / scale), np.uint8)
    chip = cv2.warpAffine(rgb, matrix, (CHIP_PX, CHIP_PX), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(chip, np.uint8)
