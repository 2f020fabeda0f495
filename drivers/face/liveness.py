"""An active liveness challenge as a pure state machine: measurements and times go in, progress or a verdict comes out.

It proves that somebody in front of the camera follows fresh, unpredictable instructions; stills and recordings do not. It is no
complete defence against presentation attacks (ISO/IEC 30107-3) and claims none.
"""

from __future__ import annotations

import dataclasses
import random
import statistics
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from drivers.face.types import Action, FaceMeasurement, LivenessProgress, LivenessResult


@dataclass(frozen=True, slots=True)
class LivenessSettings:
    """Windows in seconds, and how clear a movement must be. Changes are against the person's own face at rest."""

    action_window_s: float = 8.0
    """For each action, from the moment it is asked for; see ``unhurried``."""
    rest_window_s: float = 10.0
    """For looking straight ahead, at the beginning and whenever the face does not come back to rest by itself."""
    settle_s: float = 1.0
    """After an action the next one is asked for at once; a face not at rest after so long is asked to hold still first."""
    lost_after_s: float = 1.0
    """No face for longer ends the challenge; shorter gaps happen when a hand or a sharp turn hides it."""
    crowd_after_s: float = 2.0
    """A second face beside the first for longer ends the challenge: nobody can say who acts."""
    rest_s: float = 0.3
    rest_frames: int = 4
    """How long, and in how many pictures, the face must be at rest in the beginning."""
    confirm_frames: int = 2
    confirm_s: float = 0.06
    """Pictures in a row that must agree on a movement, and over how long, so that one misplaced landmark decides nothing."""
    closed_eyes: float = 0.70
    """Eye openness and eye height, as shares of those at rest, below which the eyes are shut."""
    narrowed_eyes: float = 0.88
    no_iris: float = 0.40
    """The same of narrow eyes, whose lids move little: narrowed this far, with only this share of their darkness left."""
    open_eyes: float = 0.80
    open_mouth: float = 0.13
    """Rise of the mouth openness, and of the mouth height."""
    turned: float = 0.20
    """Change of the yaw ratio; about 15 degrees."""
    nodded: float = 0.055
    """Rise of the pitch ratio; about 10 degrees."""
    least_eye_distance_px: float = 30.0
    """Lower end of what GB/T 35678-2017 is said to ask of a probe; below it the landmarks are too coarse."""

    def unhurried(self) -> LivenessSettings:
        """The same with all windows doubled, for elders and whoever needs more time."""
        return dataclasses.replace(
            self,
            action_window_s=2 * self.action_window_s,
            rest_window_s=2 * self.rest_window_s,
            settle_s=2 * self.settle_s,
        )


class _Phase(Enum):
    BEGIN = auto()
    ACT = auto()
    REST = auto()
    """When a face does not come back from an action by itself, until it is straight again."""
    DECIDED = auto()


@dataclass(frozen=True, slots=True)
class _Baseline:
    """The person's own face at rest."""

    eye_openness: float
    mouth_openness: float
    eye_height: float
    mouth_height: float
    yaw: float
    pitch: float
    eye_darkness: float


_LARGEST_REST_YAW = 0.25
_LARGEST_REST_MOUTH = 0.40
_LEAST_REST_EYES = 0.13
_LEAST_DARKNESS = 0.012
_REST_SPREAD = 0.12
"""How much yaw and mouth may vary while the face counts as at rest."""
_TURNED_AWAY = 0.45
"""``yaw`` beyond which a person who should look ahead is told so."""
_REST_SHARE = 0.6
"""Share of a movement's limit under which the face is back at rest (hysteresis)."""


def random_actions(count: int = 3, source: random.Random | None = None) -> tuple[Action, ...]:
    """``count`` (1 to 4) different ones of blink, turn, nod and open mouth in random order, the side of the turn by chance too.

    ``source`` is for tests; otherwise the operating system's generator is used, which nobody can predict. Three of them are one
    of 42 challenges.
    """
    source = source or random.SystemRandom()
    turn = source.choice((Action.TURN_LEFT, Action.TURN_RIGHT))
    return tuple(source.sample((Action.BLINK, turn, Action.NOD, Action.OPEN_MOUTH), count))


class LivenessChallenge:
    """Asks for ``actions`` in their order. Reads no clock, keeps no picture; used by one thread, for one person, once."""

    def __init__(self, actions: Sequence[Action], settings: LivenessSettings | None = None) -> None:
        if not actions:
            raise ValueError("a challenge asks for at least one action")
        self.actions = tuple(actions)
        self.settings = settings or LivenessSettings()
        self._phase = _Phase.BEGIN
        self._phase_began_s: float | None = None
        self._seen_s = self._alone_s = 0.0
        self._done = 0
        self._resting: deque[tuple[float, FaceMeasurement]] = deque(maxlen=64)
        self._baseline: _Baseline | None = None
        self._shown: Action | None = None
        self._shown_since_s = 0.0
        self._shown_frames = 0
        self._has_settled = True
        self._were_eyes_shut = False
        self._hint = ""
        self._seen_now = False
        self._result: LivenessResult | None = None

    @classmethod
    def random(cls, count: int = 3, settings: LivenessSettings | None = None) -> LivenessChallenge:
        """A fresh challenge that nobody can predict."""
        return cls(random_actions(count), settings)

    @property
    def has_begun(self) -> bool:
        """True once the face at rest was learned, so that actions are being asked for."""
        return self._baseline is not None

    @property
    def done(self) -> int:
        """Actions recognised so far."""
        return self._done

    @property
    def hint(self) -> str:
        """What hinders just now, as in ``LivenessProgress``."""
        return self._hint

    @property
    def result(self) -> LivenessResult | None:
        """The verdict, once there is one."""
        return self._result

    def is_at_rest(self, seen: FaceMeasurement) -> bool:
        """True when the face looks straight ahead as in the beginning, eyes open, mouth as it was."""
        base, settings = self._baseline, self.settings
        if base is None or self._obstacle(seen):
            return False
        return (
            abs(seen.yaw - base.yaw) < settings.turned * _REST_SHARE
            and abs(seen.pitch - base.pitch) < settings.nodded * _REST_SHARE
            and seen.mouth_openness - base.mouth_openness < settings.open_mouth * _REST_SHARE
            and seen.eye_openness > base.eye_openness * settings.open_eyes
        )

    def cancel(self) -> LivenessResult:
        """End the challenge because somebody wishes so; an earlier verdict stays."""
        return self._decide(LivenessResult.CANCELLED) if self._result is None else self._result

    def step(self, seen: FaceMeasurement | None, now_s: float, obstacle: str = "") -> LivenessProgress | LivenessResult:
        """Take what one picture showed (``None``: no face) at ``now_s`` on any steady clock. A verdict is final.

        ``obstacle`` is what else hinders (``covering.obstacle_in``); while it does, nothing is asked and nothing is judged.
        """
        if self._result is not None:
            return self._result
        if self._phase_began_s is None:
            self._phase_began_s = self._seen_s = self._alone_s = now_s
        if now_s - self._phase_began_s > self._window_s:
            return self._decide(LivenessResult.TIMED_OUT)
        self._hint = self._obstacle(seen, obstacle)
        self._seen_now = seen is not None
        if seen is not None:
            self._seen_s = now_s
        elif self.has_begun and now_s - self._seen_s > self.settings.lost_after_s:
            return self._decide(LivenessResult.FACE_LOST)
        if self._hint != "many_faces":
            self._alone_s = now_s
        elif self.has_begun and now_s - self._alone_s > self.settings.crowd_after_s:
            return self._decide(LivenessResult.TIMED_OUT)
        if seen is None or self._hint:
            self._resting.clear()
            self._shown_frames = 0
        else:
            self._follow(seen, now_s)
        return self.result or self._progress()

    @property
    def _window_s(self) -> float:
        return self.settings.action_window_s if self._phase is _Phase.ACT else self.settings.rest_window_s

    def _obstacle(self, seen: FaceMeasurement | None, other: str = "") -> str:
        if seen is None:
            return other or "no_face"
        if seen.other_faces:
            return "many_faces"
        if seen.eye_distance_px < self.settings.least_eye_distance_px:
            return "too_far"
        is_turned = self._phase in (_Phase.BEGIN, _Phase.REST) and abs(seen.yaw) > _TURNED_AWAY
        return other or ("turned_away" if is_turned else "")

    def _follow(self, seen: FaceMeasurement, now_s: float) -> None:
        if self._phase is _Phase.BEGIN:
            self._learn(seen, now_s)
        elif self._phase is _Phase.REST:
            self._await_rest(seen, now_s)
        else:
            self._judge(seen, now_s)

    def _learn(self, seen: FaceMeasurement, now_s: float) -> None:
        """Collect the face at rest; anything but a quiet, straight look starts again."""
        self._resting.append((now_s, seen))
        recent = [one for _, one in self._resting]
        yaws, mouths = [one.yaw for one in recent], [one.mouth_openness for one in recent]
        is_steady = max(yaws) - min(yaws) < _REST_SPREAD and max(mouths) - min(mouths) < _REST_SPREAD
        is_straight = abs(seen.yaw) < _LARGEST_REST_YAW and seen.mouth_openness < _LARGEST_REST_MOUTH
        if not (is_steady and is_straight):
            self._resting.clear()
            return
        eyes = statistics.median(one.eye_openness for one in recent)
        is_long_enough = len(recent) >= self.settings.rest_frames and now_s - self._resting[0][0] >= self.settings.rest_s
        if is_long_enough and eyes >= _LEAST_REST_EYES:
            self._baseline = _Baseline(
                eye_openness=eyes,
                mouth_openness=statistics.median(mouths),
                eye_height=statistics.median(one.eye_height for one in recent),
                mouth_height=statistics.median(one.mouth_height for one in recent),
                yaw=statistics.median(yaws),
                pitch=statistics.median(one.pitch for one in recent),
                eye_darkness=statistics.median(one.eye_darkness for one in recent),
            )
            self._resting.clear()
            self._enter(_Phase.ACT, now_s)

    def _await_rest(self, seen: FaceMeasurement, now_s: float) -> None:
        self._shown_frames = self._shown_frames + 1 if self.is_at_rest(seen) else 0
        if self._shown_frames >= self.settings.confirm_frames:
            self._enter(_Phase.ACT, now_s)

    def _judge(self, seen: FaceMeasurement, now_s: float) -> None:
        if not self._has_settled and not self._settle(seen, now_s):
            return
        shown = self._movement(seen)
        if shown is not self._shown:
            self._shown, self._shown_since_s, self._shown_frames = shown, now_s, 0
        self._shown_frames += 1
        is_sure = (
            self._shown_frames >= self.settings.confirm_frames and now_s - self._shown_since_s >= self.settings.confirm_s - 1e-6
        )
        asked = self.actions[self._done]
        if asked is Action.BLINK and self._has_blinked(seen, is_sure=is_sure):
            self._accept(now_s)
        elif shown is None or shown is Action.BLINK or not is_sure:
            return  # everybody blinks now and then: an unasked blink is neither right nor wrong
        elif shown is asked:
            self._accept(now_s)
        else:
            self._decide(LivenessResult.WRONG_ACTION)

    def _settle(self, seen: FaceMeasurement, now_s: float) -> bool:
        """True once the face has come back from the last action: what it shows until then belongs to that one."""
        if self.is_at_rest(seen):
            self._has_settled = True
        elif self._phase_began_s is not None and now_s - self._phase_began_s > self.settings.settle_s:
            self._enter(_Phase.REST, now_s)
        return self._has_settled and self._phase is _Phase.ACT

    def _has_blinked(self, seen: FaceMeasurement, *, is_sure: bool) -> bool:
        """Shut and open again; eyes that only narrow, or stay shut, are no blink."""
        if self._shown is Action.BLINK and is_sure:
            self._were_eyes_shut = True
        return self._were_eyes_shut and self.is_at_rest(seen)

    def _movement(self, seen: FaceMeasurement) -> Action | None:
        """The movement this picture shows, if any. A turned head distorts mouth and eyes, so turn and nod are judged first."""
        base, settings = self._baseline, self.settings
        if base is None:
            return None
        turn, nod = (seen.yaw - base.yaw) / settings.turned, (seen.pitch - base.pitch) / settings.nodded
        if abs(turn) > 1.0:
            return Action.TURN_LEFT if turn > 0 else Action.TURN_RIGHT
        if nod > 1.0 and abs(turn) < _REST_SHARE:
            return Action.NOD
        if max(abs(turn), abs(nod)) > _REST_SHARE:
            return None
        # Both measures of each must agree: tilting or swinging a print changes one of the two at most.
        mouth_rise = min(seen.mouth_openness - base.mouth_openness, seen.mouth_height - base.mouth_height)
        if mouth_rise > settings.open_mouth:
            return Action.OPEN_MOUTH
        return Action.BLINK if self._are_eyes_shut(seen, base) else None

    def _are_eyes_shut(self, seen: FaceMeasurement, base: _Baseline) -> bool:
        settings = self.settings
        eyes = max(seen.eye_openness / base.eye_openness, seen.eye_height / max(base.eye_height, 1e-6))
        has_no_iris = base.eye_darkness > _LEAST_DARKNESS and seen.eye_darkness < base.eye_darkness * settings.no_iris
        return eyes < settings.closed_eyes or (has_no_iris and eyes < settings.narrowed_eyes)

    def _accept(self, now_s: float) -> None:
        self._done += 1
        if self._done == len(self.actions):
            self._decide(LivenessResult.LIVE)
        else:
            self._enter(_Phase.ACT, now_s)
            self._has_settled = False

    def _enter(self, phase: _Phase, now_s: float) -> None:
        self._phase, self._phase_began_s = phase, now_s
        self._shown, self._shown_frames, self._were_eyes_shut, self._has_settled = None, 0, False, True

    def _decide(self, result: LivenessResult) -> LivenessResult:
        self._phase, self._result = _Phase.DECIDED, result
        self._resting.clear()
        return result

    def _progress(self) -> LivenessProgress:
        is_asking = self._phase is _Phase.ACT
        return LivenessProgress(
            current=self.actions[self._done] if is_asking else None,
            done=self._done,
            total=len(self.actions),
            face_visible=self._seen_now,
            hint=self._hint or ("" if is_asking else "hold_still"),
        )
