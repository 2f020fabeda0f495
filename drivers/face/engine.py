"""The face engine: dlib finds and measures the face, an embedder turns it into numbers, a calibration says how near is near."""

from __future__ import annotations

import time
from collections.abc import Callable

import cv2

from drivers.face import landmarks, quality
from drivers.face.abstract import FaceTemplate
from drivers.face.calibration import DEFAULT_FMR, Calibration
from drivers.face.embedders import DlibEmbedder, Embedder, FoundFace, cut_out
from drivers.face.eyes import eye_darkness
from drivers.face.finding import as_rgb, find_face_near, find_live_faces, find_only_face, is_picture
from drivers.face.library import FaceLibrary, load_library
from drivers.face.templates import EmbeddingTemplate
from drivers.face.types import Comparison, FaceBox, FaceMeasurement, FaceTrouble, NoUsableFace
from drivers.types import Image

_SHARPNESS_SIDE_PX = 96


class EmbeddingEngine:
    """Detection, measurement and comparison. Thread-safe; the models load on first use or by ``warm_up``."""

    def __init__(self, embedder: Embedder, calibration: Calibration | None = None, wanted_fmr: float = DEFAULT_FMR) -> None:
        """``calibration``: the one of this embedder; without one that supports ``wanted_fmr`` this is a demonstration only."""
        self._embedder = embedder
        point = calibration.operating_point(wanted_fmr) if calibration is not None else None
        self._calibration = calibration if point is not None else None
        self._threshold = point.threshold if point is not None else embedder.customary_threshold

    @property
    def name(self) -> str:
        """Engine and version, as written to the case; known without loading the models."""
        return self._embedder.name

    @property
    def threshold(self) -> float:
        """Largest distance that counts as the same person."""
        return self._threshold

    @property
    def calibration(self) -> str:
        """Identity of the calibration in force, empty without one."""
        return self._calibration.identity if self._calibration is not None else ""

    @property
    def is_demonstration(self) -> bool:
        """True without a calibration that supports the wanted false match rate."""
        return self._calibration is None

    def warm_up(self) -> None:
        """Load the models now (about a second), so that the first resident does not wait for them."""
        load_library()
        self._embedder.warm_up()

    def template(self, image: Image) -> EmbeddingTemplate | NoUsableFace:
        """Template of the one usable face in a still picture (BGR or grey)."""
        later = self.put_off(image)
        return later if isinstance(later, NoUsableFace) else later()

    def put_off(self, image: Image) -> Callable[[], EmbeddingTemplate] | NoUsableFace:
        """As ``template``, but only finds and judges the face; calling what comes back makes the template, which takes longer."""
        if not is_picture(image):
            return NoUsableFace(FaceTrouble.UNREADABLE, "not a picture of a usable size")
        library, rgb = load_library(), as_rgb(image)
        box = find_only_face(library, rgb)
        if isinstance(box, NoUsableFace):
            return box
        points = library.landmarks(rgb, box)
        trouble = quality.trouble_of(rgb, box, points)
        if trouble is not None:
            return trouble
        face = cut_out(rgb, box, points, landmarks.eye_distance_px(points), is_still=True)
        return lambda: self._embed(face)

    def template_at(self, image: Image, box: FaceBox) -> EmbeddingTemplate:
        """Template of the face that ``measure`` found at ``box`` in the same picture."""
        library, rgb = load_library(), as_rgb(image)
        points = library.landmarks(rgb, box)
        return self._embed(cut_out(rgb, box, points, landmarks.eye_distance_px(points), is_still=False))

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
        if not isinstance(probe, EmbeddingTemplate) or not isinstance(reference, EmbeddingTemplate):
            raise TypeError("templates of another kind cannot be compared here")
        if {probe.engine, reference.engine} != {self.name}:
            raise TypeError("templates of another engine cannot be compared here")
        distance = probe.distance(reference)
        return Comparison(
            distance=distance,
            threshold=self._threshold,
            match=distance <= self._threshold,
            engine=self.name,
            elapsed_ms=(time.perf_counter() - began_s) * 1000,
            demonstration_only=self.is_demonstration,
            calibration=self.calibration,
        )

    def _embed(self, face: FoundFace) -> EmbeddingTemplate:
        return EmbeddingTemplate(self._embedder.embed(face), self.name)


class DlibFaceEngine(EmbeddingEngine):
    """The engine that needs no further file."""

    def __init__(self, calibration: Calibration | None = None, wanted_fmr: float = DEFAULT_FMR) -> None:
        super().__init__(DlibEmbedder(), calibration, wanted_fmr)


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
