"""A recorded session judged afterwards: the same challenge, cues and fusion as before the camera, on pictures of a file.

For evaluation and for technicians. What is missing in a recording is missing in the verdict: without the actions asked for only
the passive cues decide, without the colours shown there is no light cue.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from drivers.face.abstract import LiveFaceEngine
from drivers.face.attack_detection import AttackDetector, Judgement
from drivers.face.liveness import LivenessChallenge, LivenessSettings
from drivers.face.screen_light import Light
from drivers.face.types import Action, FaceMeasurement, LivenessResult
from drivers.types import Frame

_EARLY_S = 0.05
"""A movement seen by so much before it was asked for is still one that was asked for: times in files are rounded."""


@dataclass(frozen=True, slots=True)
class AskedAction:
    """One action and when it was asked for, seconds after the first picture; ``None``: as soon as the one before was done."""

    action: Action
    asked_s: float | None = None


@dataclass(frozen=True, slots=True)
class RecordedChallenge:
    """What was asked of the person and shown to them while the pictures were taken."""

    actions: tuple[AskedAction, ...] = ()
    lights: tuple[Light, ...] = ()
    """Times in seconds after the first picture."""


@dataclass(frozen=True, slots=True)
class RecordedVerdict:
    """What a recording came to."""

    result: LivenessResult
    judgement: Judgement
    done: int
    """Actions recognised."""
    frames: int

    @property
    def is_live(self) -> bool:
        """True for a bona fide presentation."""
        return self.result is LivenessResult.LIVE

    @property
    def cue(self) -> str:
        """The cue that decided, of an attack."""
        return self.judgement.cue if self.result is LivenessResult.ATTACK else ""


def judge_recording(
    frames: Iterable[Frame],
    asked: RecordedChallenge,
    engine: LiveFaceEngine,
    settings: LivenessSettings | None = None,
) -> RecordedVerdict:
    """Judge pictures whose times count from 0.0. A recording that ends in the middle of its challenge timed out."""
    replay = _Replay(asked, settings or LivenessSettings())
    detector = AttackDetector()
    count = 0
    for frame in frames:
        count += 1
        seen = engine.measure(frame.image)
        if seen is not None and not seen.other_faces:
            detector.see(frame, seen)
        replay.step(seen, frame.taken_at_s)
    judgement = detector.judge([one.action for one in asked.actions], asked.lights)
    detector.forget()
    result = replay.result(has_face=bool(judgement.cues))
    if judgement.is_attack and result is not LivenessResult.FACE_LOST:
        result = LivenessResult.ATTACK
    return RecordedVerdict(result, judgement, replay.done, count)


class _Replay:
    """The challenge over a recording; actions count from when they were asked for."""

    def __init__(self, asked: RecordedChallenge, settings: LivenessSettings) -> None:
        self._asked = asked.actions
        self._settings = settings
        self._challenge = LivenessChallenge([one.action for one in self._asked], settings) if self._asked else None
        self._state: LivenessResult | None = None

    @property
    def done(self) -> int:
        """Actions recognised."""
        return self._challenge.done if self._challenge is not None else 0

    def step(self, seen: FaceMeasurement | None, now_s: float) -> None:
        """One picture."""
        if self._challenge is None or self._state is not None:
            return
        done_before = self._challenge.done
        state = self._challenge.step(seen, now_s)
        if self._challenge.done > done_before and not self._is_in_time(self._asked[done_before].asked_s, now_s):
            self._state = LivenessResult.WRONG_ACTION
        elif isinstance(state, LivenessResult):
            self._state = state

    def _is_in_time(self, asked_s: float | None, now_s: float) -> bool:
        return asked_s is None or asked_s - _EARLY_S <= now_s <= asked_s + self._settings.action_window_s

    def result(self, *, has_face: bool) -> LivenessResult:
        """How the actions went; without any asked for, whether there was a face to look at."""
        if self._challenge is None:
            return LivenessResult.LIVE if has_face else LivenessResult.FACE_LOST
        return self._state or LivenessResult.TIMED_OUT
