"""The one place that loads ``face_recognition`` (dlib). Loading takes about a second, so it happens on first use."""

from __future__ import annotations

import functools
import threading
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from drivers.face.landmarks import Points
from drivers.face.types import FaceBox
from drivers.types import Image

_LOADING = threading.Lock()


class Detection(NamedTuple):
    """A face found, with the detector's own confidence: 0 is its operating point, clear faces have 1 to 3."""

    box: FaceBox
    score: float


class FaceLibrary:
    """Detector, landmarks and embedding. The models are not thread-safe, so calls take turns.

    Detection releases the interpreter lock; the embedding holds it for about 65 ms on one slow core.
    """

    def __init__(self, module: Any) -> None:  # noqa: ANN401 - the library carries no types
        self._module = module
        self._turn = threading.Lock()

    @property
    def version(self) -> str:
        """Versions of the library and of dlib, as written to the case."""
        import dlib

        return f"face_recognition {self._module.__version__} / dlib {dlib.__version__}"

    def detect(self, rgb: Image, least_score: float) -> list[Detection]:
        """Faces of at least 80 pixels, best first, by HOG and a linear classifier."""
        with self._turn:
            # face_locations() of the library gives no scores, which are needed to tell a second face from a false alarm.
            rectangles, scores, _ = self._module.api.face_detector.run(rgb, 0, least_score)
        boxes = [FaceBox(r.left(), r.top(), r.right(), r.bottom()) for r in rectangles]
        return [Detection(box, float(score)) for box, score in zip(boxes, scores, strict=True)]

    def landmarks(self, rgb: Image, box: FaceBox) -> Points:
        """The 68 landmarks of the face in ``box``, in the order of the iBUG 300-W annotation."""
        with self._turn:
            parts = self._module.face_landmarks(rgb, [(box.top, box.right, box.bottom, box.left)])[0]
        return _in_order(parts)

    def embedding(self, rgb: Image, box: FaceBox) -> NDArray[np.float64]:
        """128 numbers that describe the face in ``box``; alike faces lie near each other."""
        with self._turn:
            encodings = self._module.face_encodings(rgb, [(box.top, box.right, box.bottom, box.left)])
        return cast("NDArray[np.float64]", np.array(encodings[0], np.float64))


def load_library() -> FaceLibrary:
    """The library, loaded once for the process, by whichever thread asks first."""
    with _LOADING:
        return _load()


@functools.cache
def _load() -> FaceLibrary:
    from PIL import ImageFile

    accepts_truncated = ImageFile.LOAD_TRUNCATED_IMAGES
    import face_recognition

    # WORKAROUND: the library makes Pillow accept truncated pictures in the whole process; half a picture is no evidence.
    ImageFile.LOAD_TRUNCATED_IMAGES = accepts_truncated
    return FaceLibrary(face_recognition)


def _in_order(parts: dict[str, list[tuple[int, int]]]) -> Points:
    """Undo the grouping of ``face_landmarks``, which lists each lip as a closed outline of 12 points."""
    names = ("chin", "left_eyebrow", "right_eyebrow", "nose_bridge", "nose_tip", "left_eye", "right_eye")
    points = [point for name in names for point in parts[name]]
    top, bottom = parts["top_lip"], parts["bottom_lip"]
    points += top[:7] + bottom[1:6] + top[11:6:-1] + bottom[10:7:-1]
    return np.asarray(points, np.float64)
