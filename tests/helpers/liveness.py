"""A whole session before a simulated scene, in time of its own: nobody waits."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from drivers.camera.people.species import Casting, make_scene
from drivers.camera.people.staged import StagedScene
from drivers.face.attack_detection import Judgement
from drivers.face.liveness import LivenessChallenge, random_actions
from drivers.face.screen_light import Light, LightShow, random_colours
from drivers.face.session import LivenessSession
from drivers.face.types import Action, LivenessResult
from drivers.types import Frame
from tests.helpers.vision import portrait, true_engine

FRAME_S = 1 / 15
_TOLD_AFTER_S = 0.03
"""From the picture to the prompt on the screen: our own computing."""
_AGAIN_AFTER_S = 2.5
"""Whoever is still asked for the same does it again."""
_LONGEST_S = 40.0


@dataclass
class Rehearsal:
    """What was asked and shown, and what came of it."""

    actions: tuple[Action, ...]
    frames: list[Frame] = field(default_factory=list)
    asked_s: list[float] = field(default_factory=list)
    lights: tuple[Light, ...] = ()
    result: LivenessResult | None = None
    judgement: Judgement | None = None
    seconds: float = 0.0
    hint: str = ""
    obstacle: str = ""

    def challenge_file(self) -> dict[str, object]:
        began_s = self.frames[0].taken_at_s
        asked = zip(self.actions, self.asked_s, strict=False)
        return {
            "fps": 15.0,
            "actions": [{"action": action.value, "asked_s": round(at_s - began_s, 3)} for action, at_s in asked],
            "lights": [
                {"rgb": list(light.rgb), "from_s": round(light.from_s - began_s, 3), "to_s": round(light.to_s - began_s, 3)}
                for light in self.lights
            ],
        }


def simulated(species: str, seed: int = 5) -> StagedScene:
    """The person of the packaged portrait, or an attack with that face."""
    return make_scene(species, Casting(portrait(), seed=seed))


def rehearse(
    scene: StagedScene,
    actions: tuple[Action, ...] | None = None,
    *,
    seed: int = 3,
    has_lights: bool = True,
    keep_frames: bool = False,
    stop_after_s: float = _LONGEST_S,
) -> Rehearsal:
    """Lead ``scene`` through a challenge drawn from ``seed``; the scene hears and is lit as before a kiosk."""
    source = random.Random(seed)
    played = Rehearsal(actions or random_actions(3, source))
    show = LightShow(random_colours(6, source) if has_lights else ())
    challenge = LivenessChallenge(played.actions)
    session = LivenessSession(true_engine(), challenge, show)
    now_s, light, asked_s = 100.0, None, 0.0
    while now_s < 100.0 + stop_after_s and played.result is None:
        frame = Frame(scene.at(now_s), now_s, len(played.frames))
        if keep_frames:
            played.frames.append(frame)
        state = session.offer(frame)
        if isinstance(state, LivenessResult):
            played.result = state
            break
        if state.light != light:
            light = state.light
            scene.illuminate(light, now_s + _TOLD_AFTER_S)
        if state.current is not None and (state.done == len(played.asked_s) or now_s - asked_s > _AGAIN_AFTER_S):
            scene.ask(state.current.value, now_s + _TOLD_AFTER_S)
            asked_s = now_s
            played.asked_s += [now_s] * (state.done == len(played.asked_s))
        now_s += FRAME_S
    played.lights, played.judgement, played.seconds = show.lights(), session.judgement, now_s - 100.0
    played.hint, played.obstacle = challenge.hint, session.obstacle
    session.forget()
    return played


class Obedient:
    """In true time: does what is asked, and again after a while when it is still asked for, since a busy machine misses things."""

    def __init__(self, perform: Callable[[Action], None]) -> None:
        self._perform = perform
        self._lock = threading.Lock()
        self._asked: tuple[Action, int] | None = None
        self._timer: threading.Timer | None = None

    def hear(self, action: Action | None, done: int) -> None:
        with self._lock:
            if action is None or (action, done) == self._asked:
                return
            self._asked = (action, done)
        self._do(action, done)

    def rest(self) -> None:
        with self._lock:
            self._asked, timer, self._timer = None, self._timer, None
        if timer is not None:
            timer.cancel()
            timer.join()

    def _do(self, action: Action, done: int) -> None:
        with self._lock:
            if self._asked != (action, done):
                return
            self._perform(action)
            self._timer = threading.Timer(_AGAIN_AFTER_S, self._do, (action, done))
            self._timer.daemon = True
            self._timer.start()
