"""A second camera for near infrared beside the first: a face must be in its picture too, at the same place, and lit.

Screens are dark there and most printing inks are transparent, so that neither shows a face; skin does, lit by the camera. The
two cameras look from nearly the same place; pictures are paired by the time they arrived.
"""

from __future__ import annotations

import cv2
import numpy as np

from drivers.face.abstract import FrameSource, LiveFaceEngine
from drivers.face.types import FaceBox
from drivers.types import Deadline, Frame, Image

_EVERY_S = 0.25
"""Finding a face takes a while; so often is enough."""
_MAX_SKEW_S = 0.08
_LEAST_OVERLAP = 0.25
_LEAST_BRIGHTNESS = 35.0
"""Mean of the face, 0..255: below it nothing was lit by the camera's lamps."""
_LEAST_PICTURES = 3


class InfraredWatch:
    """Looks at the infrared camera now and then. Used by one thread, for one person, once."""

    def __init__(self, engine: LiveFaceEngine, source: FrameSource) -> None:
        self._engine = engine
        self._source = source
        self._last: Frame | None = None
        self._looked_s = -_EVERY_S
        self._found: list[bool] = []

    def see(self, visible: Frame, box: FaceBox) -> None:
        """Compare with the newest infrared picture, when one of about the same moment is there. Never waits."""
        if visible.taken_at_s - self._looked_s < _EVERY_S:
            return
        newer = self._source.wait_newer(self._last, Deadline(0.0))
        if newer is None or abs(newer.taken_at_s - visible.taken_at_s) > _MAX_SKEW_S:
            return
        self._last, self._looked_s = newer, visible.taken_at_s
        scale = newer.image.shape[1] / visible.image.shape[1]
        self._found.append(_shows_face(self._engine, newer.image, box.scaled(scale)))

    def share(self) -> float | None:
        """Share of the infrared pictures that show the face; ``None`` when too few could be compared."""
        return sum(self._found) / len(self._found) if len(self._found) >= _LEAST_PICTURES else None

    def forget(self) -> None:
        """Let go of the last picture; it is the camera's."""
        self._last = None
        self._found.clear()


def _shows_face(engine: LiveFaceEngine, image: Image, expected: FaceBox) -> bool:
    bgr = image if image.ndim == 3 else np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
    seen = engine.measure(bgr)
    if seen is None or seen.box.overlap(expected) < _LEAST_OVERLAP:
        return False
    face = bgr[max(0, seen.box.top) : seen.box.bottom, max(0, seen.box.left) : seen.box.right]
    return bool(face.size) and float(face.mean()) >= _LEAST_BRIGHTNESS
