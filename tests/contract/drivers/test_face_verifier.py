"""The same people before the verifier that computes here, and the one that has a process compute."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from drivers.camera.types import Movement
from drivers.face.factory import FaceSettings
from drivers.face.types import (
    Action,
    FaceTrouble,
    LivenessProgress,
    LivenessResult,
    NotLive,
    NoUsableFace,
    PictureRole,
    UnusablePicture,
    VerificationStopped,
    Verified,
)
from drivers.face.verifier import FaceVerifier, LocalVerifier, WorkerVerifier
from drivers.face.worker.messages import ChallengeSettings
from drivers.types import Deadline, Frame
from tests.helpers.vision import SimulatedPerson, card_photo, plain_picture, true_engine

PATIENCE_S = 90.0


class Camera:
    """Shows a simulated person in their own time, or nothing at all."""

    def __init__(self, person: SimulatedPerson | None) -> None:
        self._frames = person.frames() if person is not None else iter(())
        self.newest: Frame | None = None

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        self.newest = next(self._frames, None)
        return self.newest


class Infrared:
    """Sees in grey what the other camera saw last."""

    def __init__(self, other: Camera) -> None:
        self._other = other

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        newest = self._other.newest
        if newest is None or (than is not None and newest.sequence <= than.sequence):
            return None
        return Frame(np.ascontiguousarray(newest.image[:, :, 1]), newest.taken_at_s, newest.sequence)


@pytest.fixture(scope="module", params=["here", "in a process"])
def subject(request: pytest.FixtureRequest) -> Iterator[FaceVerifier]:
    if request.param == "here":
        verifier: FaceVerifier = LocalVerifier(true_engine())
    else:
        verifier = WorkerVerifier(FaceSettings("dlib"), ChallengeSettings(screen_light=False))
    verifier.warm_up()
    yield verifier
    verifier.close()


def test_an_obedient_person_before_two_cameras_is_verified(subject: FaceVerifier) -> None:
    person, told = SimulatedPerson(), []

    def hear(progress: LivenessProgress) -> None:
        told.append(progress)
        person.hear(progress)

    camera = Camera(person)
    outcome = subject.verify(camera, card_photo(), Deadline(PATIENCE_S), hear, Infrared(camera))
    assert isinstance(outcome, Verified)
    assert outcome.liveness.cues["infrared"] > 0.9
    assert outcome.comparison.engine == subject.engine
    assert outcome.comparison.match
    assert len(outcome.liveness.actions) == 3
    asked = [one.current for one in told if one.current is not None]
    assert list(dict.fromkeys(asked)) == list(outcome.liveness.actions)
    assert told[0].current is None


def test_somebody_who_does_something_else_is_not_live(subject: FaceVerifier) -> None:
    def wrong(asked: Action) -> Movement:
        return Movement.TURN_RIGHT if asked is not Action.TURN_RIGHT else Movement.TURN_LEFT

    person = SimulatedPerson(wrong)
    outcome = subject.verify(Camera(person), card_photo(), Deadline(PATIENCE_S), person.hear)
    assert outcome == NotLive(LivenessResult.WRONG_ACTION)


def test_a_reference_without_a_face_is_told_at_once(subject: FaceVerifier) -> None:
    outcome = subject.verify(Camera(None), plain_picture(128, (102, 126)), Deadline(PATIENCE_S), _unheard)
    assert outcome == UnusablePicture(PictureRole.REFERENCE, NoUsableFace(FaceTrouble.NO_FACE))


def test_a_reference_of_sixty_megapixels_is_no_picture(subject: FaceVerifier) -> None:
    outcome = subject.verify(Camera(None), np.zeros((6000, 10_000), np.uint8), Deadline(PATIENCE_S), _unheard)
    assert isinstance(outcome, UnusablePicture)
    assert (outcome.where, outcome.face.trouble) == (PictureRole.REFERENCE, FaceTrouble.UNREADABLE)


def test_the_deadline_ends_it(subject: FaceVerifier) -> None:
    assert subject.verify(Camera(None), card_photo(), Deadline(0.5), _unheard) == VerificationStopped(is_cancelled=False)


def test_cancelling_ends_it(subject: FaceVerifier) -> None:
    deadline = Deadline(PATIENCE_S)
    late = threading.Timer(0.5, deadline.cancel)
    late.start()
    assert subject.verify(Camera(None), card_photo(), deadline, _unheard) == VerificationStopped(is_cancelled=True)
    late.join()


def test_cancelling_in_the_middle_ends_it_with_the_next_picture(subject: FaceVerifier) -> None:
    deadline, person = Deadline(PATIENCE_S), SimulatedPerson()
    outcome = subject.verify(Camera(person), card_photo(), deadline, lambda _progress: deadline.cancel())
    assert outcome == VerificationStopped(is_cancelled=True)


def test_an_error_of_the_listener_is_the_callers_and_the_next_check_goes_on(subject: FaceVerifier) -> None:
    def fail(_progress: LivenessProgress) -> None:
        raise RuntimeError("screen is gone")

    with pytest.raises(RuntimeError, match="screen is gone"):
        subject.verify(Camera(SimulatedPerson()), card_photo(), Deadline(PATIENCE_S), fail)
    test_a_reference_without_a_face_is_told_at_once(subject)


def _unheard(progress: LivenessProgress) -> None:
    raise AssertionError(f"nobody is there, and yet: {progress}")
