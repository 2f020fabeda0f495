"""Loads ``face_recognition`` and its models, for the face engine and for the simulated camera, which may not know each other."""

from __future__ import annotations

import functools
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LOADING = threading.Lock()

MODELS_TURN = threading.Lock()
"""To be held around every call of the models: they are one set for the process, and not thread-safe. Two callers at once
(the simulated camera preparing its portrait, the engine looking at a card photo) made each other miss a face, report hundreds,
or crash: dlib lets other Python threads run while it detects."""


def load_face_recognition() -> Any:  # noqa: ANN401 - the library carries no types
    """The module, loaded once for the process, which takes about a second. Any thread may ask."""
    with _LOADING:
        return _load()


def landmarks_in_order(parts: dict[str, list[tuple[int, int]]]) -> NDArray[np.float64]:
    """The 68 points of ``face_landmarks`` as an array (68, 2) in the order of the iBUG 300-W annotation.

    The library groups them by name and lists each lip as a closed outline of 12 points.
    """
    names = ("chin", "left_eyebrow", "right_eyebrow", "nose_bridge", "nose_tip", "left_eye", "right_eye")
    points = [point for name in names for point in parts[name]]
    top, bottom = parts["top_lip"], parts["bottom_lip"]
    points += top[:7] + bottom[1:6] + top[11:6:-1] + bottom[10:7:-1]
    return np.asarray(points, np.float64)


@functools.cache
def _load() -> Any:  # noqa: ANN401
    from PIL import ImageFile

    accepts_truncated = ImageFile.LOAD_TRUNCATED_IMAGES
    import face_recognition

    # WORKAROUND: the library makes Pillow accept truncated pictures in the whole process; half a picture is no evidence.
    ImageFile.LOAD_TRUNCATED_IMAGES = accepts_truncated
    return face_recognition
