"""The face route: liveness challenge and comparison of the live face with the card's portrait."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from drivers.camera.abstract import Camera
from drivers.face.types import (
    CameraSilent,
    EngineLost,
    FaceFailure,
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
from drivers.face.verifier import FaceVerifier
from drivers.types import Deadline
from kiosk.domain.identity import AssuranceLevel, Portrait, Proof, Route
from kiosk.flow.events import Event, FaceAsks, PersonProved, ProofFailed


class FaceCheck:
    """Runs on the face thread, which owns the camera. The lens is read only while a check runs."""

    def __init__(self, camera: Camera, verifier: FaceVerifier) -> None:
        self._camera = camera
        self._verifier = verifier

    def warm_up(self) -> None:
        """Load the models, so that the first resident does not wait for them."""
        self._verifier.warm_up()

    def close(self) -> None:
        """Let go of the verifier; from any thread."""
        self._verifier.close()

    def prove(self, portrait: Portrait, deadline: Deadline, tell: Callable[[FaceAsks], None]) -> Event:
        """Lead the person through a new challenge and compare; ``tell`` gets each movement to make, on this thread."""
        reference = portrait.pixels
        if reference is None:
            return ProofFailed("face.cancelled")
        self._camera.start()
        try:
            outcome = self._verifier.verify(self._camera, reference, deadline, lambda progress: tell(asks_of(progress)))
        finally:
            self._camera.stop()
        return event_of(outcome)


def event_of(outcome: FaceVerification) -> PersonProved | ProofFailed:
    """What the flow is told about an outcome."""
    if not isinstance(outcome, Verified):
        return ProofFailed(f"face.{_reason(outcome)}")
    comparison, liveness = outcome.comparison, outcome.liveness
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
            reference="card",
        )
    )


def _reason(failure: FaceFailure) -> str:
    match failure:
        case NotMatching():
            return "no_match"
        case NotLive(result, _):
            return result.value
        case UnusablePicture(role, face):
            return "unusable_portrait" if role is PictureRole.REFERENCE else face.trouble.value
        case CameraSilent():
            return "camera_lost"
        case EngineLost():
            return "engine_lost"
        case VerificationStopped(was_cancelled):
            return "cancelled" if was_cancelled else "timed_out"
        case _:
            assert_never(failure)


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
