"""Face engine on ``face_recognition`` (dlib): HOG detector, 68 landmarks, ResNet embedding of 128 numbers."""

from __future__ import annotations

import importlib.metadata
import time
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.face import landmarks
from drivers.face.abstract import FaceTemplate
from drivers.face.eyes import eye_darkness
from drivers.face.finding import as_rgb, brightened, find_face_near, find_live_faces, find_only_face, is_picture
from drivers.face.library import FaceLibrary, load_library
from drivers.face.types import Comparison, FaceBox, FaceMeasurement, FaceTrouble, NoUsableFace
from drivers.types import Image

DEFAULT_THRESHOLD = 0.6
"""Distance up to which two faces count as one person: the operating point that dlib documents for
``dlib_face_recognition_resnet_model_v1`` (99.38 % of the 6,000 balanced LFW pairs). It is no calibration for this task."""

MIN_EYE_DISTANCE_PX = 16.0
"""Smallest face of a still picture that may be compared; a 102x126 card photo has 25 to 30 pixels between the eyes."""
_EMBEDDING_EYES_PX = 45.0
"""The embedding cuts out 150x150 pixels; smaller faces are enlarged smoothly first, which it does better than by itself."""
_SHARPNESS_SIDE_PX = 96


class DlibTemplate:
    """An embedding in memory. It cannot be serialised and shows nothing of itself."""

    __slots__ = ("_numbers",)

    def __init__(self, numbers: NDArray[np.float64]) -> None:
        self._numbers: NDArray[np.float64] | None = numbers

    def distance(self, other: DlibTemplate) -> float:
        """Euclidean distance; raises ``ValueError`` when one of the two was forgotten."""
        if self._numbers is None or other._numbers is None:
            raise ValueError("a forgotten template cannot be compared")
        return float(np.linalg.norm(self._numbers - other._numbers))

    def forget(self) -> None:
        """Overwrite the numbers with zeros; may be called twice."""
        numbers, self._numbers = self._numbers, None
        if numbers is not None:
            numbers.fill(0.0)

    def __repr__(self) -> str:
        return "DlibTemplate(…)"

    def __reduce__(self) -> str:
        raise TypeError("a face template is never serialised")


class DlibFaceEngine:
    """Detection, measurement and comparison. Thread-safe; the models load on first use or by ``warm_up``."""

    def __init__(self, threshold: float = DEFAULT_THRESHOLD) -> None:
        self._threshold = threshold

    @property
    def name(self) -> str:
        """Engine and version, as written to the case; known without loading the models."""
        versions = (importlib.metadata.version("face-recognition-ng"), importlib.metadata.version("dlib-bin"))
        return f"face_recognition-ng {versions[0]} / dlib {versions[1]}"

    @property
    def threshold(self) -> float:
        """Largest distance that counts as the same person."""
        return self._threshold

    def warm_up(self) -> None:
        """Load the models now (about a second), so that the first resident does not wait for them."""
        load_library()

    def template(self, image: Image) -> DlibTemplate | NoUsableFace:
        """Template of the one usable face in a still picture (BGR or grey)."""
        later = self.put_off(image)
        return later if isinstance(later, NoUsableFace) else later()

    def put_off(self, image: Image) -> Callable[[], DlibTemplate] | NoUsableFace:
        """As ``template``, but only finds and judges the face; calling what comes back makes the template, which takes longer."""
        if not is_picture(image):
            return NoUsableFace(FaceTrouble.UNREADABLE, "not a picture of a usable size")
        library, rgb = load_library(), as_rgb(image)
        box = find_only_face(library, rgb)
        if isinstance(box, NoUsableFace):
            return box
        eyes_px = landmarks.eye_distance_px(library.landmarks(rgb, box))
        if eyes_px < MIN_EYE_DISTANCE_PX:
            return NoUsableFace(
                FaceTrouble.TOO_SMALL, f"{eyes_px:.0f} pixels between the eyes, {MIN_EYE_DISTANCE_PX:.0f} are needed"
            )
        return lambda: self._embed(library, rgb, box, eyes_px)

    def template_at(self, image: Image, box: FaceBox) -> DlibTemplate:
        """Template of the face that ``measure`` found at ``box`` in the same picture."""
        library, rgb = load_library(), as_rgb(image)
        return self._embed(library, rgb, box, _EMBEDDING_EYES_PX)

    def measure(self, image: Image) -> FaceMeasurement | None:
        """The largest face of a camera picture (BGR), ``None`` when there is none."""
        library, rgb = load_library(), as_rgb(image)
        boxes = find_live_faces(library, rgb)
        return _measured(library, rgb, boxes[0], len(boxes) - 1) if boxes else None

    def measure_near(self, image: Image, expected: FaceBox) -> FaceMeasurement | None:
        """The face that was at ``expected`` a moment ago, ``None`` when it is gone; about half the work of ``measure``.

        Looks nowhere else, so it tells nothing of other faces.
        """
        library, rgb = load_library(), as_rgb(image)
        box = find_face_near(library, rgb, expected)
        return _measured(library, rgb, box, 0) if box is not None else None

    def compare(self, probe: FaceTemplate, reference: FaceTemplate) -> Comparison:
        """Distance of two templates of this engine against the threshold; ``elapsed_ms`` is that of the comparison alone."""
        began_s = time.perf_counter()
        if not isinstance(probe, DlibTemplate) or not isinstance(reference, DlibTemplate):
            raise TypeError("templates of another engine cannot be compared here")
        distance = probe.distance(reference)
        return Comparison(
            distance=distance,
            threshold=self._threshold,
            match=distance <= self._threshold,
            engine=self.name,
            elapsed_ms=(time.perf_counter() - began_s) * 1000,
        )

    def _embed(self, library: FaceLibrary, rgb: Image, box: FaceBox, eyes_px: float) -> DlibTemplate:
        """Mean of the embeddings of the face and of its mirror image; a dim face is lifted first.

        Measured on 1,485 pairs against card photos: the mirror image more than halves the false non-matches of blurred
        probes, the lifting ends those of dim ones, and neither brings a false match.
        """
        face = _cut(rgb, box)
        rgb = brightened(rgb, float(np.percentile(face, 95)) if face.size else 255.0)
        factor = max(1.0, _EMBEDDING_EYES_PX / eyes_px)
        if factor > 1.0:
            rgb = np.asarray(cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8)
            box = box.scaled(factor)
        numbers = library.embedding(rgb, box)
        width = rgb.shape[1]
        mirrored = FaceBox(width - box.right, box.top, width - box.left, box.bottom)
        numbers += library.embedding(np.ascontiguousarray(rgb[:, ::-1]), mirrored)
        numbers /= 2
        return DlibTemplate(numbers)


def _measured(library: FaceLibrary, rgb: Image, box: FaceBox, other_faces: int) -> FaceMeasurement:
    points = library.landmarks(rgb, box)
    return FaceMeasurement(
        box=box,
        other_faces=other_faces,
        eye_openness=landmarks.eye_openness(points),
        mouth_openness=landmarks.mouth_openness(points),
        eye_height=landmarks.eye_height(points),
        mouth_height=landmarks.mouth_height(points),
        yaw=landmarks.yaw_ratio(points),
        roll_degrees=landmarks.roll_degrees(points),
        eye_distance_px=landmarks.eye_distance_px(points),
        sharpness=_sharpness(rgb, box),
        pitch=landmarks.pitch_ratio(points),
        eye_darkness=eye_darkness(rgb, points),
        points=points,
    )


def _cut(rgb: Image, box: FaceBox) -> Image:
    height, width = rgb.shape[:2]
    return rgb[max(0, box.top) : min(height, box.bottom), max(0, box.left) : min(width, box.right)]


def _sharpness(rgb: Image, box: FaceBox) -> float:
    face = _cut(rgb, box)
    if min(face.shape[:2]) < 8:
        return 0.0
    side = (_SHARPNESS_SIDE_PX, _SHARPNESS_SIDE_PX)
    grey = cv2.resize(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), side, interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())
