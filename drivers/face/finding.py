"""Finding the face to use: patiently in a still picture, quickly in a camera picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from drivers.face.library import Detection, FaceLibrary
from drivers.face.types import FaceBox, FaceTrouble, NoUsableFace
from drivers.types import Image

CLEAR_SCORE = 0.3
"""Score from which a detection is a face for certain; false alarms of the detector stay well below."""
PASSER_BY_AREA = 0.25
"""A further face smaller than this share of the main one stands farther off and is nobody's rival in front of a camera."""
_LONGEST_SIDE_PX = 1280
_LARGEST_ENLARGEMENT = 5.0
_LIVE_SHORT_SIDE_PX = 360
"""At 480x360 the detector's smallest face (80 pixels) is a face at about 0.9 m from a usual wide lens, and takes 10 ms."""
_NEAR_MARGIN = 0.35
"""Of the width of a face on each side: how far it may go from one picture to the next, and the detector sees around it."""
_NEAR_OVERLAP = 0.3
_LEAST_PART_PX = 80
_BRIGHT_ENOUGH = 140.0
_BRIGHT_TARGET = 200.0
_MAX_PIXELS = 50_000_000


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One way to look: the short side scaled to this, brightness evened out or not, from this score on."""

    short_side_px: int
    is_equalised: bool
    least_score: float


# In this order; measured on small, blurred, dim and card-like pictures. Later attempts are for pictures in which the earlier
# ones saw nothing at all, so a lower score is no invitation to false alarms.
_ATTEMPTS = (
    _Attempt(500, False, 0.0),
    _Attempt(300, False, 0.0),
    _Attempt(500, True, 0.0),
    _Attempt(300, True, -0.1),
    _Attempt(200, True, 0.0),
    _Attempt(720, False, 0.0),
    _Attempt(500, True, -0.2),
)


def is_picture(image: Image) -> bool:
    """True for what the drivers call a picture (``drivers.types.Image``), of a size worth looking at."""
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] != 3):
        return False
    height, width = image.shape[:2]
    return bool(min(height, width) >= 16 and height * width <= _MAX_PIXELS)


def as_rgb(image: Image) -> Image:
    """A BGR or grey picture as the library wants it."""
    code = cv2.COLOR_GRAY2RGB if image.ndim == 2 else cv2.COLOR_BGR2RGB
    return np.asarray(cv2.cvtColor(image, code), np.uint8)


def find_only_face(library: FaceLibrary, rgb: Image) -> FaceBox | NoUsableFace:
    """The one face of a still picture; a second one of any size makes the picture useless."""
    for attempt in _ATTEMPTS:
        scale = _scale(rgb, attempt.short_side_px)
        scaled = _scaled(rgb, scale)
        found = library.detect(equalised(scaled) if attempt.is_equalised else scaled, attempt.least_score)
        if found:
            best = found[0]
            # A weak second detection beside a strong one is one of the detector's false alarms (a helmet, a badge).
            rivals = [one for one in found[1:] if one.score >= min(CLEAR_SCORE, best.score / 2) and not _is_inside(one, best)]
            if rivals:
                return NoUsableFace(FaceTrouble.MANY_FACES, f"{1 + len(rivals)} faces")
            return best.box.scaled(1 / scale)
    return NoUsableFace(FaceTrouble.NO_FACE)


def find_live_faces(library: FaceLibrary, rgb: Image) -> list[FaceBox]:
    """Faces of a camera picture that count: the one in front first, then those at least a quarter as large."""
    scale = min(1.0, _LIVE_SHORT_SIDE_PX / min(rgb.shape[:2]))
    scaled = _scaled(rgb, scale)
    found = library.detect(scaled, 0.0) or library.detect(equalised(scaled), 0.0)
    if not found:
        return []
    clear = [one for one in found if one.score >= CLEAR_SCORE]
    front = max(clear or found[:1], key=lambda one: one.box.area)
    rivals = [one for one in clear if one is not front and one.box.area >= PASSER_BY_AREA * front.box.area]
    return [one.box.scaled(1 / scale) for one in (front, *(one for one in rivals if not _is_inside(one, front)))]


def find_face_near(library: FaceLibrary, rgb: Image, expected: FaceBox) -> FaceBox | None:
    """The face in front that was at ``expected`` a moment ago; only there is looked, as closely as ``find_live_faces`` does."""
    margin = round((expected.right - expected.left) * _NEAR_MARGIN)
    left, top = max(0, expected.left - margin), max(0, expected.top - margin)
    part = rgb[top : max(0, expected.bottom + margin), left : max(0, expected.right + margin)]
    if min(part.shape[:2]) < _LEAST_PART_PX:
        return None
    scale = min(1.0, _LIVE_SHORT_SIDE_PX / min(rgb.shape[:2]))
    found = library.detect(_scaled(np.ascontiguousarray(part), scale), 0.0)
    boxes = [one.box.scaled(1 / scale).moved(left, top) for one in found]
    return next((box for box in boxes if box.overlap(expected) >= _NEAR_OVERLAP), None)


def equalised(rgb: Image) -> Image:
    """Brightness stretched and local contrast evened out, so that a dim or back-lit face is seen."""
    luma = cv2.cvtColor(brightened(rgb, float(np.percentile(rgb, 99))), cv2.COLOR_RGB2YCrCb)
    luma[:, :, 0] = cv2.createCLAHE(3.0, (4, 4)).apply(luma[:, :, 0])
    return np.asarray(cv2.cvtColor(luma, cv2.COLOR_YCrCb2RGB), np.uint8)


def brightened(rgb: Image, brightest: float) -> Image:
    """A dim picture with ``brightest`` lifted to a usual level; a picture that is bright enough comes back as it is."""
    if brightest >= _BRIGHT_ENOUGH:
        return rgb
    return np.asarray(cv2.convertScaleAbs(rgb, alpha=_BRIGHT_TARGET / max(brightest, 4.0)), np.uint8)


def _scale(rgb: Image, short_side_px: int) -> float:
    height, width = rgb.shape[:2]
    return float(min(short_side_px / min(height, width), _LONGEST_SIDE_PX / max(height, width), _LARGEST_ENLARGEMENT))


def _scaled(rgb: Image, scale: float) -> Image:
    if scale == 1.0:
        return rgb
    size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC), np.uint8)


def _is_inside(one: Detection, other: Detection) -> bool:
    """True when the middle of ``one`` lies in ``other``: the same face found twice."""
    x, y = (one.box.left + one.box.right) / 2, (one.box.top + one.box.bottom) / 2
    return other.box.left <= x <= other.box.right and other.box.top <= y <= other.box.bottom
