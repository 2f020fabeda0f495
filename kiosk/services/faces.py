"""The face route: liveness challenge and comparison of the live face with the card's portrait."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from drivers.camera.abstract import Camera
from drivers.face.engine import DlibFaceEngine
from drivers.face.liveness import LivenessChallenge
from drivers.face.screen_light import LightShow
from drivers.face.types import (
    CameraSilent,
    FaceVerification,
    LivenessProgress,
    LivenessSummary,
    NotLive,
    NotMatching,
    PictureRole,
    UnusablePicture,
    VerificationStopped,
    Verified,
)
from drivers.face.verify import verify_person
from drivers.types import Deadline
from kiosk.domain.identity import AssuranceLevel, Portrait, Proof, Route
from kiosk.flow.events import Event, FaceAsks, PersonProved, ProofFailed


class FaceCheck:
    """Runs on the face thread, which owns the camera. The lens is read only while a check runs."""

    def __init__(
        self,
        camera: Camera,
        new_challenge: Callable[[], LivenessChallenge] = LivenessChallenge.random,
        new_show: Callable[[], LightShow | None] = lambda: None,
    ) -> None:
        """``new_show`` gives the colours of one check, ``None`` without a screen-light challenge."""
        self._camera = camera
        self._new_show = new_show
        self._engine = DlibFaceEngine()
        self._new_challenge = new_challenge

    def warm_up(self) -> None:
        """Load the models, so that the first resident does not wait for them."""
        self._engine.warm_up()

    def prove(self, portrait: Portrait, deadline: Deadline, tell: Callable[[FaceAsks], None]) -> Event:
        """Lead the person through a new challenge and compare; ``tell`` gets each movement to make, on this thread."""
        reference = portrait.pixels
        if reference is None:
            return ProofFailed("face.cancelled")
        self._camera.start()
        try:
            outcome = verify_person(
                self._camera,
                reference,
                self._engine,
                self._new_challenge(),
                deadline,
                lambda progress: tell(asks_of(progress)),
                show=self._new_show(),
            )
        finally:
            self._camera.stop()
        return event_of(outcome)


def event_of(outcome: FaceVerification) -> PersonProved | ProofFailed:
    """What the flow is told about an outcome."""
    match outcome:
        case Verified(comparison, liveness):
            return PersonProved(
                Proof(
                    Route.ID_CARD_FACE,
                    AssuranceLevel.L3,
                    engine=comparison.engine,
                    distance=comparison.distance,
                    threshold=comparison.threshold,
                    liveness=_in_words(liveness),
                    liveness_score=round(liveness.score, 3),
                    demonstration_only=comparison.demonstration_only,
                    calibration=comparison.calibration,
                )
            )
        case NotMatching():
            return ProofFailed("face.no_match")
        case NotLive(result, _):
            return ProofFailed(f"face.{result.value}")
        case UnusablePicture(role, face):
            return ProofFailed("face.unusable_portrait" if role is PictureRole.REFERENCE else f"face.{face.trouble.value}")
        case CameraSilent():
            return ProofFailed("face.camera_lost")
        case VerificationStopped(was_cancelled):
            return ProofFailed("face.cancelled" if was_cancelled else "face.timed_out")
        case _:
            assert_never(outcome)


def asks_of(progress: LivenessProgress) -> FaceAsks:
    """What the screen shows of ``progress``."""
    action = progress.current.value if progress.current else ""
    light = "#{:02x}{:02x}{:02x}".format(*progress.light) if progress.light else ""
    return FaceAsks(action, progress.done, progress.total, progress.hint, light)


def _in_words(liveness: LivenessSummary) -> str:
    """For the case, like ``blink,nod,turn_left:live;lights=5;score=0.93``."""
    actions = ",".join(action.value for action in liveness.actions)
    lights = f";lights={liveness.lights}" if liveness.lights else ""
    return f"{actions}:live{lights};score={liveness.score:.2f}"
