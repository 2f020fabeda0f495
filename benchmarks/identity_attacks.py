"""Whom the face check lets pass: simulated living people, and every attack that the simulated camera can play.

Each session is the one of the terminal: ``verify_person`` with a new challenge of three movements and six colours, the face
followed, the cues fused, the face at rest compared with the card photo (102x126, grey) of the packaged portrait. Only the person,
the camera and the clock are simulated: pictures come at 15 a second in a time of their own in which computing takes none, so that
a busy machine changes no figure. Whoever is still asked for a movement tries again after 2.5 s.

The words are those of ISO/IEC 30107-3. APCER of a species: the share of its sessions that were taken for bona fide, whether or
not the face matched; the worst species counts, never the mean. BPCER: the share of living people who were not. ``accepted`` are
sessions that proved somebody: bona fide and matching. ``swap``, ``leaves`` and ``two_people`` show living people and are no
instruments: they must not be accepted either, but they stand apart from the worst APCER, for an accomplice is rightly bona fide.
"""

from __future__ import annotations

import functools
import multiprocessing
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

from benchmarks import harness
from drivers.camera.people.species import SPECIES, Casting, make_scene
from drivers.camera.people.staged import Composer, StagedScene
from drivers.camera.portrait import compose_card_photo, packaged_portrait
from drivers.face.engine import EmbeddingEngine
from drivers.face.error_rates import upper_bound
from drivers.face.factory import FaceSettings, make_engine
from drivers.face.liveness import LivenessChallenge, random_actions
from drivers.face.screen_light import LightSettings, LightShow, random_colours
from drivers.face.types import (
    Action,
    FaceVerification,
    LivenessProgress,
    NotLive,
    NotMatching,
    UnusablePicture,
    VerificationStopped,
    Verified,
)
from drivers.face.verifier import LocalVerifier
from drivers.types import Deadline, Frame, Image

ATTACKS, LIVE = 360, 60
QUICK_ATTACKS, QUICK_LIVE = 10, 3
SEED = 40_000
"""Of the first session; the next ones count up."""
LARGEST_BPCER = 0.05
NO_INSTRUMENTS = ("swap", "leaves", "two_people")
"""Living people without an instrument, who must not be accepted all the same."""
FRAME_S = 1 / 15
_TOLD_AFTER_S = 0.03
"""From the picture to the prompt on the screen."""
_AGAIN_AFTER_S = 2.5
_LONGEST_S = 40.0
"""Of simulated time."""
_LONGEST_COMPUTING_S = 600.0
"""Of true time: only a program that hangs needs so long."""


class SceneCamera:
    """A scene before a camera, in a time in which computing takes none; the scene hears and is lit as before a terminal."""

    def __init__(self, scene: StagedScene, deadline: Deadline) -> None:
        self._scene = scene
        self._deadline = deadline
        self._sequence = 0
        self._progress: LivenessProgress | None = None
        self._asked: tuple[Action | None, int] = (None, -1)
        self._asked_s = 0.0
        self._light: tuple[int, int, int] | None = None
        self.now_s = 100.0

    @property
    def passed_s(self) -> float:
        """Of the scene's time."""
        return self.now_s - 100.0

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:  # noqa: ARG002 - it is there at once
        """The next picture; none when the visit took too long."""
        if self.passed_s > _LONGEST_S:
            self._deadline.cancel()
            return None
        if self._progress is not None:
            self._perform(self._progress)
        self.now_s += FRAME_S
        self._sequence += 1
        return Frame(self._scene.at(self.now_s), self.now_s, self._sequence)

    def hear(self, progress: LivenessProgress) -> None:
        """What the screen shows."""
        self._progress = progress
        if progress.light != self._light:
            self._light = progress.light
            self._scene.illuminate(progress.light, self.now_s + _TOLD_AFTER_S)

    def _perform(self, progress: LivenessProgress) -> None:
        asked = (progress.current, progress.done)
        if progress.current is None or (asked == self._asked and self.now_s - self._asked_s <= _AGAIN_AFTER_S):
            return
        self._asked, self._asked_s = asked, self.now_s
        self._scene.ask(progress.current.value, self.now_s + _TOLD_AFTER_S)


@dataclass(frozen=True, slots=True)
class Session:
    """What one session came to."""

    species: str
    seed: int
    outcome: str
    """``verified``, ``not_matching``, or why the person was refused; of an attack that was seen with the cue that decided."""
    seconds: float
    """Simulated."""

    @property
    def is_bona_fide(self) -> bool:
        """True when it was taken for a living person, whoever that is."""
        return self.outcome in ("verified", "not_matching")

    @property
    def is_accepted(self) -> bool:
        """True when somebody was proved to be the one of the card."""
        return self.outcome == "verified"


@functools.cache
def _engine() -> EmbeddingEngine:
    engine = make_engine(FaceSettings())
    engine.warm_up()
    return engine


@functools.cache
def _faces() -> tuple[Image, Image, Composer]:
    """The packaged portrait, its card photo, and what takes faces apart once for this process."""
    portrait = packaged_portrait()
    return portrait, compose_card_photo(portrait), Composer()


def play(species: str, seed: int) -> Session:
    """One session of the terminal before one scene."""
    portrait, card, composer = _faces()
    source = random.Random(f"challenge {seed}")
    scene = make_scene(species, Casting(portrait, seed, compose=composer))
    light = LightSettings()
    verifier = LocalVerifier(
        _engine(),
        lambda: LivenessChallenge(random_actions(3, source)),
        lambda: LightShow(random_colours(light.count, source), light.flash_s),
    )
    deadline = Deadline(_LONGEST_COMPUTING_S)
    camera = SceneCamera(scene, deadline)
    outcome = verifier.verify(camera, card, deadline, camera.hear)
    return Session(species, seed, _word(outcome), round(camera.passed_s, 2))


def _word(outcome: FaceVerification) -> str:
    if isinstance(outcome, Verified):
        return "verified"
    if isinstance(outcome, NotMatching):
        return "not_matching"
    if isinstance(outcome, NotLive):
        return f"{outcome.result.value}:{outcome.cue}" if outcome.cue else outcome.result.value
    if isinstance(outcome, UnusablePicture):
        return f"unusable:{outcome.where.value}:{outcome.face.trouble.value}"
    return "given_up" if isinstance(outcome, VerificationStopped) else type(outcome).__name__


def plan(attacks: int, live: int, seed: int) -> list[tuple[str, int]]:
    """Species and seed of every session; the species of attacks take turns."""
    kinds = [name for name in SPECIES if name != "live"]
    listed = [(kinds[number % len(kinds)], seed + number) for number in range(attacks)]
    return [*(("live", seed + attacks + number) for number in range(live)), *listed]


def play_all(planned: Sequence[tuple[str, int]], jobs: int, say: Callable[[str], None]) -> Iterator[Session]:
    """All sessions, each told when it is done."""
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        futures = [pool.submit(play, species, seed) for species, seed in planned]
        for number, future in enumerate(futures, 1):
            session = future.result()
            say(f"{number}/{len(futures)}  {session.species} {session.seed}: {session.outcome} after {session.seconds:.1f} s")
            yield session


def summary(sessions: Sequence[Session], engine: str) -> dict[str, Any]:
    """Error rates with their bounds at 95 %."""
    live = [one for one in sessions if one.species == "live"]
    attacks = [one for one in sessions if one.species != "live"]
    rows = [_row(name, [one for one in attacks if one.species == name]) for name in SPECIES if name != "live"]
    rows = sorted((row for row in rows if row["sessions"]), key=lambda row: (-row["apcer"], row["species"]))
    instruments = [row for row in rows if row["species"] not in NO_INSTRUMENTS]
    refused = sum(not one.is_bona_fide for one in live)
    return {
        "engine": engine,
        "attacks": len(attacks),
        "accepted": sum(one.is_accepted for one in attacks),
        "accepted_upper_95": round(upper_bound(sum(one.is_accepted for one in attacks), len(attacks)), 4),
        "species": rows,
        "worst_apcer": max((row["apcer"] for row in instruments), default=0.0),
        "live": len(live),
        "live_refused": refused,
        "bpcer": round(refused / len(live), 4),
        "bpcer_upper_95": round(upper_bound(refused, len(live)), 4),
        "live_not_matching": sum(one.outcome == "not_matching" for one in live),
        "live_outcomes": dict(Counter(one.outcome for one in live).most_common()),
        "live_seconds_median": harness.median([one.seconds for one in live if one.is_accepted] or [0.0]),
        "errors": [f"{one.species} {one.seed}: {one.outcome}" for one in sessions if _is_error(one)],
        "limits": {"accepted": 0, "bpcer": LARGEST_BPCER},
    }


def _row(species: str, sessions: Sequence[Session]) -> dict[str, Any]:
    passed = sum(one.is_bona_fide for one in sessions)
    return {
        "species": species,
        "is_instrument": species not in NO_INSTRUMENTS,
        "sessions": len(sessions),
        "bona_fide": passed,
        "accepted": sum(one.is_accepted for one in sessions),
        "apcer": round(passed / len(sessions), 4) if sessions else 0.0,
        "apcer_upper_95": round(upper_bound(passed, len(sessions)), 4),
        "outcomes": dict(Counter(one.outcome for one in sessions).most_common()),
    }


def _is_error(session: Session) -> bool:
    if session.species == "live" or session.species in NO_INSTRUMENTS:
        return session.is_accepted != (session.species == "live")
    return session.is_bona_fide


def measure(attacks: int, live: int, *, seed: int = SEED, jobs: int = 2, say: Callable[[str], None]) -> dict[str, Any]:
    """Play ``attacks`` and ``live`` sessions on ``jobs`` processes."""
    sessions = list(play_all(plan(attacks, live, seed), jobs, say))
    return summary(sessions, _engine().name) | {"seed": seed}


def words(result: dict[str, Any]) -> list[str]:
    """The result for people."""
    lines = [
        f"engine                {result['engine']}; seeds from {result['seed']}",
        f"attacks accepted      {result['accepted']} of {result['attacks']}"
        f"   (at most {100 * result['accepted_upper_95']:.1f} % at 95 %; limit 0)",
        f"living people refused {result['live_refused']} of {result['live']}: BPCER {100 * result['bpcer']:.1f} %"
        f"   (at most {100 * result['bpcer_upper_95']:.1f} % at 95 %; limit {100 * LARGEST_BPCER:.0f} %)",
        "species          sessions  bona fide  accepted   APCER  at most  outcomes",
    ]
    for row in result["species"]:
        outcomes = ", ".join(f"{name} {count}" for name, count in row["outcomes"].items())
        lines.append(
            f"{row['species']:<16} {row['sessions']:>8}  {row['bona_fide']:>9}  {row['accepted']:>8}"
            f"  {100 * row['apcer']:5.1f} %  {100 * row['apcer_upper_95']:4.1f} %  {outcomes}"
        )
    return [*lines, *(f"  {error}" for error in result["errors"])]


def main() -> int:
    """Command line; 1 when an attack was accepted or too many living people were refused."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--attacks", type=int, default=None, help=f"attacks (default {ATTACKS}, quick {QUICK_ATTACKS})")
    parser.add_argument("--live", type=int, default=None, help=f"living people (default {LIVE}, quick {QUICK_LIVE})")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    asked = parser.parse_args()
    attacks = asked.attacks or (QUICK_ATTACKS if asked.quick else ATTACKS)
    live = asked.live or (QUICK_LIVE if asked.quick else LIVE)
    result = measure(attacks, live, seed=asked.seed, jobs=asked.jobs, say=_progress)
    harness.report(result | {"machine": harness.machine()}, words(result), asked)
    return 1 if result["accepted"] or result["bpcer"] > LARGEST_BPCER else 0


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
