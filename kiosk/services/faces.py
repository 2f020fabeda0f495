"""The face route: liveness challenge and comparison of the live face with the card's portrait."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from drivers.camera.abstract import Camera
from drivers.face.engine import DlibFaceEngine
from drivers.face.liveness import LivenessChallenge
from drivers.face.types import (
    CameraSilent,
    FaceVerification,
    LivenessProgress,
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

    def __init__(self, camera: Camera, new_challenge: Callable[[], LivenessChallenge] = LivenessChallenge.random) -> None:
        self._camera = camera
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
                self._camera, reference, self._engine, self._new_challenge(), deadline, lambda progress: tell(_asks(progress))
            )
        finally:
            self._camera.stop()
        return _event(outcome)


def _event(outcome: FaceVerification) -> PersonProved | ProofFailed:
    match outcome:
        case Verified(comparison, liveness):
            return PersonProved(
                Proof(
                    Route.ID_CARD_FACE,
                    AssuranceLevel.L3,
                    engine=comparison.engine,
                    distance=comparison.distance,
                    threshold=comparison.threshold,
                    liveness=",".join(action.value for action in liveness.actions) + ":live",
                    demonstration_only=comparison.demonstration_only,
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


def _asks(progress: LivenessProgress) -> FaceAsks:
    return FaceAsks(progress.current.value if progress.current else "", progress.done, progress.total, progress.hint)
