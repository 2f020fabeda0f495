"""One person before the camera: runs the challenge on true pictures and keeps the few that prove whose face it was.

Only cut-outs of the face are kept, in memory that zeroes itself, and they are gone after ``forget``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from drivers.face.abstract import FaceTemplate, LiveFaceEngine
from drivers.face.liveness import LivenessChallenge
from drivers.face.types import FaceBox, FaceMeasurement, LivenessProgress, LivenessResult
from drivers.overwritten import overwritten_copy
from drivers.types import Frame, Image

_LEAST_OVERLAP = 0.15
"""Of the face in two pictures in a row; a head moves less than its own width in a tenth of a second."""
_MARGIN = 0.6
"""Kept around a face, as a share of its width: what the landmarks and the embedding look at."""


@dataclass(slots=True, eq=False, repr=False)
class _KeptFace:
    """A cut-out of a face and where the face is in it."""

    picture: Image
    box: FaceBox
    quality: float = 0.0

    def forget(self) -> None:
        self.picture.fill(0)


class LivenessSession:
    """Used by one thread, for one person, once."""

    def __init__(self, engine: LiveFaceEngine, challenge: LivenessChallenge) -> None:
        self._engine = engine
        self._challenge = challenge
        self._last_box: FaceBox | None = None
        self._is_stranger = False
        self._best: _KeptFace | None = None
        self._acting: list[_KeptFace] = []
        self._template: FaceTemplate | None = None
        self._result: LivenessResult | None = None

    def offer(self, frame: Frame) -> LivenessProgress | LivenessResult:
        """Take the next picture. The verdict comes with the last one and then takes about half a second, once.

        ``LIVE`` means: the actions were done, and the face that did each of them is the one in the picture kept for matching.
        """
        if self._result is not None:
            return self._result
        done_before = self._challenge.done
        seen = self._same_face(self._engine.measure(frame.image))
        state = self._challenge.step(seen, frame.taken_at_s)
        if seen is not None:
            self._keep(frame.image, seen, has_acted=self._challenge.done > done_before)
        if isinstance(state, LivenessProgress):
            return state
        self._result = self._verdict(state)
        return self._result

    def take_template(self) -> FaceTemplate | None:
        """Template of the best picture after ``LIVE``, otherwise ``None``; it is the caller's now, to ``forget``."""
        template, self._template = self._template, None
        return template

    def forget(self) -> None:
        """Overwrite everything kept of the person; may be called twice."""
        for kept in (self._best, *self._acting):
            if kept is not None:
                kept.forget()
        self._best = None
        self._acting.clear()
        if self._template is not None:
            self._template.forget()
            self._template = None

    def _same_face(self, seen: FaceMeasurement | None) -> FaceMeasurement | None:
        """The measurement, unless the face jumped to another place: then it is another face, and ours is not seen."""
        self._is_stranger = False
        if seen is None:
            return None
        if self._challenge.has_begun and self._last_box is not None and self._last_box.overlap(seen.box) < _LEAST_OVERLAP:
            self._is_stranger = True
            return None
        self._last_box = seen.box
        return seen

    def _keep(self, image: Image, seen: FaceMeasurement, *, has_acted: bool) -> None:
        if has_acted:
            self._acting.append(_cut_out(image, seen.box))
        if self._challenge.is_at_rest(seen):
            quality = seen.sharpness * (1.0 - min(1.0, abs(seen.yaw)))
            if self._best is None or quality > self._best.quality:
                if self._best is not None:
                    self._best.forget()
                self._best = _cut_out(image, seen.box, quality)

    def _verdict(self, result: LivenessResult) -> LivenessResult:
        if result is LivenessResult.FACE_LOST and self._is_stranger:
            return LivenessResult.FACE_CHANGED
        if result is not LivenessResult.LIVE or self._best is None:
            return result
        best = self._engine.template_at(self._best.picture, self._best.box)
        if not all(self._is_same(best, acting) for acting in self._acting):
            best.forget()
            return LivenessResult.FACE_CHANGED
        self._template = best
        return LivenessResult.LIVE

    def _is_same(self, best: FaceTemplate, acting: _KeptFace) -> bool:
        """Whoever moves must be whoever is matched: else one could act and hold up another's photograph in between."""
        template = self._engine.template_at(acting.picture, acting.box)
        try:
            return self._engine.compare(template, best).match
        finally:
            template.forget()


def _cut_out(image: Image, box: FaceBox, quality: float = 0.0) -> _KeptFace:
    margin = round((box.right - box.left) * _MARGIN)
    left, top = max(0, box.left - margin), max(0, box.top - margin)
    piece = image[top : box.bottom + margin, left : box.right + margin]
    moved = FaceBox(box.left - left, box.top - top, box.right - left, box.bottom - top)
    return _KeptFace(overwritten_copy(np.asarray(piece)), moved, quality)
