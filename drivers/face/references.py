"""What becomes of a picture on an ID card: 102x126 pixels of head and shoulders, grey, hard compressed."""

from __future__ import annotations

import cv2
import numpy as np

from drivers.face import landmarks
from drivers.face.finding import as_rgb, find_only_face
from drivers.face.library import load_library
from drivers.face.types import NoUsableFace
from drivers.types import Image

CARD_SIZE_PX = (102, 126)
"""Width and height as the vendors' libraries decode the 1,024 bytes of a card."""
_JPEG_QUALITY = 40
_EYES_PX = 26.0
"""Between the centres of the eyes: the head is about 60 of 102 pixels wide."""
_EYES_AT_Y = 0.45


def as_card_photo(image: Image) -> Image | NoUsableFace:
    """The one face of a picture (BGR or grey) as a card photo, grey."""
    rgb = as_rgb(image)
    box = find_only_face(load_library(), rgb)
    if isinstance(box, NoUsableFace):
        return box
    points = load_library().landmarks(rgb, box)
    scale = _EYES_PX / max(landmarks.eye_distance_px(points), 1.0)
    width, height = CARD_SIZE_PX[0] / scale, CARD_SIZE_PX[1] / scale
    middle = points[36:48].mean(axis=0)
    left, top = round(float(middle[0]) - width / 2), round(float(middle[1]) - height * _EYES_AT_Y)
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    piece = _cut(np.asarray(grey, np.uint8), left, top, round(width), round(height))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    _, stored = cv2.imencode(
        ".jpg", cv2.resize(piece, CARD_SIZE_PX, interpolation=method), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    )
    return np.asarray(cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE), np.uint8)


def _cut(grey: Image, left: int, top: int, width: int, height: int) -> Image:
    """A piece of a picture; past the edges the edge goes on."""
    rows = np.clip(np.arange(top, top + max(1, height)), 0, grey.shape[0] - 1)
    columns = np.clip(np.arange(left, left + max(1, width)), 0, grey.shape[1] - 1)
    return np.ascontiguousarray(grey[np.ix_(rows, columns)])
