"""One person before the camera: runs the challenge on true pictures, proves whose face it was, and judges whether it lives.

Of the person only templates, numbers and one cut-out of the face at rest are kept, in memory that zeroes itself, and they are
gone after ``forget``. Templates are made when the person is busy anyway (reading what to do, coming back to rest), so that the
verdict comes at once.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from drivers.face.abstract import FaceTemplate, LiveFaceEngine, SearchingEngine
from drivers.face.attack_detection import AttackDetector, Judgement
from drivers.face.covering import Obstacles
from drivers.face.liveness import LivenessChallenge
from drivers.face.screen_light import LightShow
from drivers.face.types import FaceBox, FaceMeasurement, LivenessProgress, LivenessResult
from drivers.overwritten import overwritten_copy
from drivers.types import Frame, Image

_LEAST_OVERLAP = 0.15
"""Of the face in two pictures in a row; a head moves less than its own width in a tenth of a second."""
_MARGIN = 0.6
"""Kept around a face, as a share of its width: what the landmarks and the embedding look at."""
_AFTERGLOW_S = 0.15
"""How long after the last colour its answer may still arrive."""
_MOST_AT_REST = 2
"""Templates of the face at rest that are averaged for the match: one of the beginning, one of later."""


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

    def __init__(
        self,
        engine: LiveFaceEngine,
        challenge: LivenessChallenge,
        show: LightShow | None = None,
        detector: AttackDetector | None = None,
    ) -> None:
        """``show``: colours for the screen while the actions run, none without. ``detector``: what looks for attacks."""
        self._engine = engine
        self._challenge = challenge
        self._show = show or LightShow(())
        self._detector = detector or AttackDetector()
        self._last_box: FaceBox | None = None
        self._last_seen_s = 0.0
        self._is_stranger = False
        self._dark_since_s: float | None = None
        self._crowd_since_s: float | None = None
        self._is_crowded = False
        self._obstacles = Obstacles()
        self._best: _KeptFace | None = None
        self._at_rest: list[FaceTemplate] = []
        self._acting: list[FaceTemplate] = []
        self._result: LivenessResult | None = None
        self._judgement: Judgement | None = None

    @property
    def judgement(self) -> Judgement | None:
        """What the cues came to, at the end; of ``ATTACK`` it names the cue that decided."""
        return self._judgement

    @property
    def obstacle(self) -> str:
        """What hindered longest, of light, pose and covered faces; empty when nothing did for long."""
        return self._obstacles.worst

    @property
    def is_crowded(self) -> bool:
        """True when the verdict is that others stood there at the end."""
        return self._is_crowded

    def offer(self, frame: Frame) -> LivenessProgress | LivenessResult:
        """Take the next picture; the verdict comes with the last one.

        ``LIVE`` means: the actions were done, nothing spoke for an attack, and the face that did each of the actions is the one
        that the templates for the match were made of, and nobody else was there in the end.
        """
        if self._result is not None:
            return self._result
        now_s, had_begun, done_before = frame.taken_at_s, self._challenge.has_begun, self._challenge.done
        seen = self._same_face(self._engine.measure(frame.image))
        state = self._challenge.step(seen, now_s, self._obstacles.see(frame.image, seen))
        colour = self._show.at(now_s) if self._challenge.has_begun else None
        if seen is not None:
            self._last_seen_s = now_s
            if had_begun and not seen.other_faces:
                self._detector.see(frame, seen)
            self._keep(frame.image, seen)
            if self._challenge.done > done_before:
                self._acting.append(self._engine.template_at(frame.image, seen.box))
            elif self._challenge.has_begun and not had_begun:
                self._embed_best()
        if isinstance(state, LivenessProgress):
            return dataclasses.replace(state, light=colour)
        self._result = self._verdict(state) if state is not LivenessResult.LIVE else self._after_actions(seen, frame)
        return self._result or self._waiting(seen, colour)

    def take_templates(self) -> list[FaceTemplate]:
        """Templates of the face at rest after ``LIVE``, otherwise none; they are the caller's now, to ``forget``."""
        if self._result is not LivenessResult.LIVE:
            return []
        templates, self._at_rest = self._at_rest, []
        return templates

    def forget(self) -> None:
        """Overwrite everything kept of the person; may be called twice."""
        if self._best is not None:
            self._best.forget()
        for template in (*self._at_rest, *self._acting):
            template.forget()
        self._best = None
        self._at_rest.clear()
        self._acting.clear()
        self._detector.forget()

    def _same_face(self, seen: FaceMeasurement | None) -> FaceMeasurement | None:
        """The measurement, unless the face jumped to another place: then it is another face, and ours is not seen."""
        self._is_stranger = False
        if seen is None or seen.other_faces:
            return seen  # of two faces either may come first: nothing is asked or judged until one is alone again
        if self._challenge.has_begun and self._last_box is not None and self._last_box.overlap(seen.box) < _LEAST_OVERLAP:
            self._is_stranger = True
            return None
        self._last_box = seen.box
        return seen

    def _keep(self, image: Image, seen: FaceMeasurement) -> None:
        if len(self._at_rest) < _MOST_AT_REST and not seen.other_faces and self._challenge.is_at_rest(seen):
            quality = seen.sharpness * (1.0 - min(1.0, abs(seen.yaw)))
            if self._best is None or quality > self._best.quality:
                if self._best is not None:
                    self._best.forget()
                self._best = _cut_out(image, seen.box, quality)

    def _embed_best(self) -> None:
        """Make a template of the best face at rest since the last one, and let its picture go."""
        best, self._best = self._best, None
        if best is not None:
            self._at_rest.append(self._engine.template_at(best.picture, best.box))
            best.forget()

    def _waiting(self, seen: FaceMeasurement | None, colour: tuple[int, int, int] | None) -> LivenessProgress:
        """All is done but the colours are not all shown yet."""
        total = len(self._challenge.actions)
        hint = "hold_still" if seen is not None else "no_face"
        if self._crowd_since_s is not None:
            hint = "many_faces"
        return LivenessProgress(None, total, total, face_visible=seen is not None, hint=hint, light=colour)

    def _after_actions(self, seen: FaceMeasurement | None, frame: Frame) -> LivenessResult | None:
        now_s = frame.taken_at_s
        if seen is None and now_s - self._last_seen_s > self._challenge.settings.lost_after_s:
            return self._verdict(LivenessResult.FACE_LOST)
        if not self._show.is_over:
            self._embed_best()
            return None
        if self._dark_since_s is None:
            self._dark_since_s = now_s
        if self._show.count and now_s - self._dark_since_s < _AFTERGLOW_S:
            return None
        return self._unless_crowded(frame)

    def _unless_crowded(self, frame: Frame) -> LivenessResult | None:
        """``LIVE`` needs one person alone in the last picture, all of it: who comes in late may be who speaks for them.

        An engine that follows a face counts others only now and then, so it is made to search here.
        """
        search = self._engine.measure_fully if isinstance(self._engine, SearchingEngine) else self._engine.measure
        seen = search(frame.image)
        if seen is None or not seen.other_faces:
            self._crowd_since_s = None
            return self._verdict(LivenessResult.LIVE)
        if self._crowd_since_s is None:
            self._crowd_since_s = frame.taken_at_s
        if frame.taken_at_s - self._crowd_since_s <= self._challenge.settings.crowd_after_s:
            return None
        self._is_crowded = True
        return self._verdict(LivenessResult.TIMED_OUT)

    def _verdict(self, result: LivenessResult) -> LivenessResult:
        if result is LivenessResult.FACE_LOST and self._is_stranger:
            return LivenessResult.FACE_CHANGED
        if result is not LivenessResult.LIVE:
            return self._unless_attack(result)
        self._embed_best()
        if not self._is_one_face():
            return LivenessResult.FACE_CHANGED
        self._judgement = self._detector.judge(self._challenge.actions, self._show.lights())
        return LivenessResult.ATTACK if self._judgement.is_attack else LivenessResult.LIVE

    def _unless_attack(self, result: LivenessResult) -> LivenessResult:
        """What did not follow the challenge and is seen to be an attack is called one: "try again" would be the wrong advice."""
        if result not in (LivenessResult.TIMED_OUT, LivenessResult.WRONG_ACTION):
            return result
        self._judgement = self._detector.judge(self._challenge.actions, self._show.lights())
        return LivenessResult.ATTACK if self._judgement.is_attack else result

    def _is_one_face(self) -> bool:
        """Whoever moves must be whoever is matched: else one could act and hold up another's photograph in between."""
        if not self._at_rest:
            return False
        first, *others = self._at_rest
        return all(self._engine.compare(one, first).match for one in (*others, *self._acting)) and all(
            self._engine.compare(acting, rest).match for acting in self._acting for rest in others
        )


def _cut_out(image: Image, box: FaceBox, quality: float = 0.0) -> _KeptFace:
    margin = round((box.right - box.left) * _MARGIN)
    left, top = max(0, box.left - margin), max(0, box.top - margin)
    piece = image[top : box.bottom + margin, left : box.right + margin]
    moved = FaceBox(box.left - left, box.top - top, box.right - left, box.bottom - top)
    return _KeptFace(overwritten_copy(np.asarray(piece)), moved, quality)
