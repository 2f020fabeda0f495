"""``face_recognition`` (dlib) with types: detector with scores, landmarks in order, embedding."""

from __future__ import annotations

import functools
import threading
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from drivers.face.landmarks import Points
from drivers.face.types import FaceBox
from drivers.face_models import MODELS_TURN, landmarks_in_order, load_face_recognition
from drivers.types import Image

_ONE_LIBRARY = threading.Lock()


class Detection(NamedTuple):
    """A face found, with the detector's own confidence: 0 is its operating point, clear faces have 1 to 3."""

    box: FaceBox
    score: float


class FaceLibrary:
    """Detector, landmarks and embedding. Thread-safe, because calls take turns.

    Detection releases the interpreter lock; the embedding holds it for about 65 ms on one slow core.
    """

    def __init__(self, module: Any) -> None:  # noqa: ANN401 - the library carries no types
        self._module = module

    def detect(self, rgb: Image, least_score: float) -> list[Detection]:
        """Faces of at least 80 pixels, best first, by HOG and a linear classifier."""
        with MODELS_TURN:
            # face_locations() of the library gives no scores, which are needed to tell a second face from a false alarm.
            rectangles, scores, _ = self._module.api.face_detector.run(rgb, 0, least_score)
        boxes = [FaceBox(r.left(), r.top(), r.right(), r.bottom()) for r in rectangles]
        return [Detection(box, float(score)) for box, score in zip(boxes, scores, strict=True)]

    def landmarks(self, rgb: Image, box: FaceBox) -> Points:
        """The 68 landmarks of the face in ``box``, in the order of the iBUG 300-W annotation."""
        with MODELS_TURN:
            parts = self._module.face_landmarks(rgb, [(box.top, box.right, box.bottom, box.left)])[0]
        return landmarks_in_order(parts)

    def embedding(self, rgb: Image, box: FaceBox) -> NDArray[np.float64]:
        """128 numbers that describe the face in ``box``; alike faces lie near each other."""
        with MODELS_TURN:
            encodings = self._module.face_encodings(rgb, [(box.top, box.right, box.bottom, box.left)])
        return cast("NDArray[np.float64]", np.array(encodings[0], np.float64))


@functools.cache
def _library() -> FaceLibrary:
    return FaceLibrary(load_face_recognition())


def load_library() -> FaceLibrary:
    """The one library of the process; loads the models on the first call."""
    with _ONE_LIBRARY:
        return _library()
