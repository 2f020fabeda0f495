"""The shape of a head, estimated from 68 landmarks: how near each pixel is, and how it faces the screen.

The proportions are those of an average adult head (breadth between the ears about 14 cm, nose about 2.2 cm, chin nearly as far
forward as the brows) and the same for everybody: a landmark detector in two dimensions knows no more. All of it is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.portrait import Points
from drivers.types import Image

Field = NDArray[np.float32]

HEAD_BREADTH_CM = 14.0
"""What the distance between the ends of the jaw line stands for."""
_SHOULDERS_BEHIND = 0.25
"""Of the head's breadth: chest and shoulders behind the plane of the ears."""


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """Depth of a head in pixels towards the camera, from the plane of the ears."""

    depth: Field = field(repr=False)
    is_head: Field = field(repr=False)
    """1 on the head, falling to 0 over the neck: what turns with it."""
    jaw_px: float
    middle_x: float
    pivot_y: float
    """Height of the joint about which the head nods, at the lobes of the ears."""


def head_relief(landmarks: Points, size_px: tuple[int, int]) -> Relief:
    """The relief of the head with these landmarks in a picture of ``size_px`` (width, height)."""
    width, height = size_px
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    jaw = float(landmarks[16, 0] - landmarks[0, 0])
    eyes_y, chin_y = float(landmarks[36:48, 1].mean()), float(landmarks[8, 1])
    middle_x = float(landmarks[[0, 16], 0].mean())
    across, along = (x - middle_x) / jaw, (y - eyes_y - jaw * 0.1) / jaw
    face = 0.58 * np.clip(1.0 - (across / 0.60) ** 2 - (along / 1.05) ** 4, 0.0, None) ** 0.65
    skull = 0.34 * np.clip(1.0 - (across / 0.85) ** 2 - (along / 1.15) ** 4, 0.0, None) ** 0.8
    depth = jaw * (face**3 + skull**3) ** (1 / 3)  # the nearer of both, without an edge

    def bump(at: NDArray[np.float32], height_of_jaw: float, spread_x: float, spread_y: float) -> Field:
        distance = ((x - at[0]) / (jaw * spread_x)) ** 2 + ((y - at[1]) / (jaw * spread_y)) ** 2
        return np.asarray(jaw * height_of_jaw * np.exp(-distance / 2), np.float32)

    for point, rise in ((28, 0.035), (29, 0.06), (30, 0.10)):
        depth += bump(landmarks[point], rise, 0.075, 0.07)
    for first in (36, 42):
        depth -= bump(landmarks[first : first + 6].mean(axis=0), 0.045, 0.09, 0.05)
    depth += bump(landmarks[48:60].mean(axis=0), 0.03, 0.14, 0.06)
    depth += bump(landmarks[8] - np.array([0.0, jaw * 0.06], np.float32), 0.05, 0.10, 0.07)
    neck = np.clip((y - chin_y + jaw * 0.02) / (jaw * 0.45), 0.0, 1.0)
    is_head = (1.0 - neck * neck * (3 - 2 * neck)).astype(np.float32)
    depth = depth * is_head - jaw * _SHOULDERS_BEHIND * (1.0 - is_head)
    depth = cv2.GaussianBlur(depth.astype(np.float32), (0, 0), jaw * 0.025)
    return Relief(np.asarray(depth, np.float32), is_head, jaw, middle_x, float(landmarks[33, 1]))


def screen_light_share(relief: Relief, person: Image, distance_cm: float = 50.0) -> Image:
    """How much of the screen's light each pixel gives back, 255 for skin that faces a screen ``distance_cm`` before the nose.

    Lambert's cosine law and the inverse square of the distance to a screen taken as a point at the height of the chin. Hair
    swallows and scatters what falls between its strands: what is darker than skin gets a third less (assumed).
    """
    px_per_cm = relief.jaw_px / HEAD_BREADTH_CM
    slope_x = cv2.Sobel(relief.depth, cv2.CV_32F, 1, 0, ksize=3) / 8.0
    slope_y = cv2.Sobel(relief.depth, cv2.CV_32F, 0, 1, ksize=3) / 8.0
    below = 0.2  # the middle of the screen is lower than the face
    cosine = np.clip((1.0 - slope_y * below) / np.sqrt(1.0 + slope_x**2 + slope_y**2) / np.hypot(1.0, below), 0.15, 1.0)
    behind_cm = (float(relief.depth.max()) - relief.depth) / px_per_cm
    falloff = (distance_cm / (distance_cm + behind_cm)) ** 2
    grey = cv2.cvtColor(person, cv2.COLOR_BGR2GRAY).astype(np.float32) / 255.0
    rough = cv2.GaussianBlur(0.66 + 0.34 * np.clip(grey / 0.45, 0.0, 1.0), (0, 0), 2.0)
    return np.asarray(np.clip(255.0 * cosine * falloff * rough, 0, 255), np.uint8)
