"""Faces to play with beside the packaged portrait.

Only one portrait comes with the packages of the terminal. A second one, of Rear Admiral Grace Hopper (United States Navy, public
domain), comes with matplotlib, which only the benchmarks install. Look-alikes are warped copies of one portrait and named so:
they serve to have somebody else in the picture, never to count as further people in a figure. Face engines take a look-alike for
the person it was made of (dlib: distance 0.30), so ``swap`` proves something only with a true second face.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import cv2
import numpy as np

from drivers.camera.portrait import Points, find_landmarks
from drivers.pictures import UnreadablePicture, read_picture
from drivers.types import Image


def second_portrait() -> Image | None:
    """Grace Hopper with hat and glasses, BGR; ``None`` where matplotlib is not installed."""
    found = importlib.util.find_spec("matplotlib")  # finds it without loading it
    if found is None or found.origin is None:
        return None
    picture = read_picture(Path(found.origin).parent / "mpl-data" / "sample_data" / "grace_hopper.jpg")
    return None if isinstance(picture, UnreadablePicture) else picture


def other_portrait(picture: Image) -> Image:
    """Somebody else than in ``picture``: the second portrait where there is one, otherwise a look-alike."""
    second = second_portrait()
    if second is None or (second.shape == picture.shape and np.array_equal(second, picture)):
        return look_alike(picture)
    return second


def look_alike(picture: Image) -> Image:
    """``picture`` mirrored, with a broader jaw, narrower eyes, a longer nose and other colours. Raises ``UnusablePortrait``."""
    mirrored = np.ascontiguousarray(picture[:, ::-1])
    changed = _reshaped(mirrored, find_landmarks(mirrored))
    hsv = cv2.cvtColor(changed, cv2.COLOR_BGR2HSV).astype(np.float32)
    hsv *= np.array([0.85, 1.15, 0.82], np.float32)
    return np.asarray(cv2.cvtColor(np.clip(hsv, 0, 255).astype(np.uint8), cv2.COLOR_HSV2BGR), np.uint8)


def _reshaped(picture: Image, landmarks: Points) -> Image:
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    jaw = float(landmarks[16, 0] - landmarks[0, 0])
    from_x, from_y = x.copy(), y.copy()

    def stretch(at: Points, spread: float, wider: float, taller: float) -> None:
        near = np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * (spread * jaw) ** 2))
        from_x[...] -= (x - at[0]) * near * wider
        from_y[...] -= (y - at[1]) * near * taller

    for first in (36, 42):
        stretch(landmarks[first : first + 6].mean(axis=0), 0.10, -0.25, -0.30)
    stretch(landmarks[31:36].mean(axis=0), 0.10, 0.30, 0.25)
    stretch(landmarks[48:60].mean(axis=0), 0.13, -0.20, 0.15)
    stretch(landmarks[8], 0.30, 0.22, 0.10)
    return np.asarray(cv2.remap(picture, from_x, from_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8)
