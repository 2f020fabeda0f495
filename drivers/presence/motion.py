"""Somebody moves: told by two mosaics, a camera picture each, so coarse that nobody could be recognised in them.

No face is looked for and nothing is measured of one: a picture is reduced to 32 x 24 grey tiles, in which a face at arm's length
is about eight tiles wide, compared with the one before, and overwritten. People never stand as still as furniture does.
"""

from __future__ import annotations

from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.types import Deadline, Frame, Image

PICTURES_PER_S = 2.0
_TILES = (32, 24)
_LEAST_CHANGE = 3.0
"""Grey levels of one tile; by day sensor noise, averaged over its pixels, stays below 1."""
_ABOVE_NOISE = 6.0
"""Times what half of the tiles stay below: in poor light there is more noise, and it is the same everywhere."""
_LEAST_TILES = 3
_DARK_BELOW = 12.0
_MOST_TILES = 0.9
"""More than this share of all at once is the light, not a person."""

Mosaic = NDArray[np.float32]


class Frames(Protocol):
    """The part of a camera that is needed."""

    def start(self) -> None:
        """Open it, in the background."""
        ...

    def pace(self, pictures_per_s: float) -> None:
        """Deliver no more pictures than this; 0: as many as there are."""
        ...

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        """The next picture, or ``None``."""
        ...

    def stop(self) -> None:
        """Close it, and overwrite what it holds."""
        ...


def mosaic_of(picture: Image) -> Mosaic:
    """Tiles of one channel."""
    grey = picture if picture.ndim == 2 else picture[:, :, 1]
    return np.asarray(cv2.resize(grey, _TILES, interpolation=cv2.INTER_AREA), np.float32)


def has_moved(before: Mosaic, now: Mosaic) -> bool | None:
    """True when some tiles changed more than light and noise can; ``None`` when too dark, or all changed at once.

    Brightness is evened out first: lamps flicker, and cameras follow the light.
    """
    level = float(now.mean())
    if min(level, float(before.mean())) < _DARK_BELOW:
        return None
    change = np.abs(now * (float(before.mean()) / level) - before)
    tiles = int(np.count_nonzero(change >= max(_LEAST_CHANGE, _ABOVE_NOISE * float(np.median(change)))))
    if tiles > _MOST_TILES * change.size:
        return None
    return tiles >= _LEAST_TILES


class MotionSensor:
    """``PresenceSensor`` over a camera that is not used for anything else meanwhile."""

    def __init__(self, camera: Frames, pictures_per_s: float = PICTURES_PER_S) -> None:
        self._camera = camera
        self._pictures_per_s = pictures_per_s
        self._before: Mosaic | None = None
        self._last: Frame | None = None

    def start(self) -> None:
        """Open the camera, slowly: most of its pictures are not even decoded."""
        self._camera.pace(self._pictures_per_s)
        self._camera.start()

    def look(self, deadline: Deadline) -> bool | None:
        """Compare the next picture with the one before."""
        frame = self._camera.wait_newer(self._last, deadline)
        if frame is None:
            return None
        now = mosaic_of(frame.image)
        self._last = Frame(_NOTHING, frame.taken_at_s, frame.sequence)
        before, self._before = self._before, now
        if before is None:
            return None
        moved = has_moved(before, now)
        before.fill(0.0)
        return moved

    def stop(self) -> None:
        """Close the camera and give it back as it was."""
        self._camera.stop()
        self._camera.pace(0.0)
        self._last = None
        if self._before is not None:
            self._before.fill(0.0)
            self._before = None


_NOTHING = np.zeros((1, 1), np.uint8)
"""In place of the picture, of which only the number is kept."""
