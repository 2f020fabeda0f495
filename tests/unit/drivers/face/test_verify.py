"""The use case over a scripted camera and a fake engine: every outcome, and nothing left behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from drivers.face import verify
from drivers.face.liveness import LivenessChallenge
from drivers.face.types import (
    Action,
    CameraSilent,
    FaceMeasurement,
    FaceTrouble,
    FaceVerification,
    LivenessProgress,
    LivenessResult,
    NotLive,
    NotMatching,
    NoUsableFace,
    PictureRole,
    UnusablePicture,
    VerificationStopped,
    Verified,
)
from drivers.face.verify import verify_person
from drivers.types import Deadline, Frame, Image
from tests.helpers.vision import measurement
from tests.unit.drivers.face.test_session import FakeEngine, FakeTemplate

REST = measurement()
SHUT = measurement(eyes=0.12)
BLINKING = [REST] * 10 + [SHUT] * 3 + [REST] * 5
PERSON = 80


class ScriptedEngine(FakeEngine):
    def __init__(self, script: list[FaceMeasurement | None], reference: FakeTemplate | NoUsableFace) -> None:
        super().__init__()
        self.script = iter(script)
        self.reference = reference

    def measure(self, image: Image) -> FaceMeasurement | None:
        return next(self.script, None)

    def template(self, image: Image) -> FakeTemplate | NoUsableFace:
        return self.reference


class ScriptedCamera:
    """Gives ``count`` frames, one each 80 ms of their own time, then nothing."""

    def __init__(self, count: int = 10_000) -> None:
        self.frames: Iterator[int] = iter(range(1, count + 1))
        self.given: list[Frame] = []

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        number = next(self.frames, None)
        if number is None:
            return None
        self.given.append(Frame(np.full((480, 640, 3), PERSON, np.uint8), number * 0.08, number))
        return self.given[-1]


def _verify(
    script: list[FaceMeasurement | None],
    reference: FakeTemplate | NoUsableFace | None = None,
    camera: ScriptedCamera | None = None,
    deadline: Deadline | None = None,
) -> tuple[FaceVerification, ScriptedEngine, list[LivenessProgress]]:
    engine = ScriptedEngine(script, reference or FakeTemplate(PERSON))
    told: list[LivenessProgress] = []
    outcome = verify_person(
        camera or ScriptedCamera(),
        np.zeros((126, 102), np.uint8),
        engine,
        LivenessChallenge([Action.BLINK]),
        deadline or Deadline(60),
        told.append,
    )
    _nothing_is_left(engine)
    return outcome, engine, told


def _nothing_is_left(engine: ScriptedEngine) -> None:
    assert all(template.person is None for template in engine.templates)
    assert not isinstance(engine.reference, FakeTemplate) or engine.reference.person is None


def test_a_live_person_of_the_card_is_verified() -> None:
    outcome, _, told = _verify(list(BLINKING))
    assert isinstance(outcome, Verified)
    assert outcome.liveness.actions == (Action.BLINK,)
    assert outcome.comparison.match
    assert [(one.current, one.done, one.hint) for one in told] == [
        (None, 0, "hold_still"),
        (Action.BLINK, 0, ""),
    ]


def test_a_live_person_with_anothers_card_does_not_match() -> None:
    outcome, _, _ = _verify(list(BLINKING), FakeTemplate(PERSON + 1))
    assert isinstance(outcome, NotMatching)
    assert not outcome.comparison.match


def test_a_still_picture_is_not_live() -> None:
    outcome, _, _ = _verify([REST] * 500)
    assert outcome == NotLive(LivenessResult.TIMED_OUT)


def test_a_face_that_changed_is_never_compared() -> None:
    class Swapping(ScriptedCamera):
        def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
            frame = super().wait_newer(than, deadline)
            assert frame is not None
            if frame.sequence < 10:
                frame.image.fill(PERSON + 100)
            return frame

    sharp = [measurement(sharpness=900.0)] * 9
    outcome, engine, _ = _verify([*sharp, *BLINKING[9:]], FakeTemplate(PERSON + 100), Swapping())
    assert outcome == NotLive(LivenessResult.FACE_CHANGED)
    assert len(engine.templates) == 3


def test_a_card_photo_without_a_face_is_told_before_the_person_moves() -> None:
    camera = ScriptedCamera()
    outcome, _, told = _verify([], NoUsableFace(FaceTrouble.NO_FACE), camera)
    assert outcome == UnusablePicture(PictureRole.REFERENCE, NoUsableFace(FaceTrouble.NO_FACE))
    assert told == []
    assert camera.given == []


@pytest.mark.parametrize(
    ("seen", "trouble"),
    [
        (None, FaceTrouble.NO_FACE),
        (measurement(others=1), FaceTrouble.MANY_FACES),
        (measurement(eye_distance_px=12.0), FaceTrouble.TOO_SMALL),
    ],
)
def test_what_hindered_the_beginning_is_the_reason(seen: FaceMeasurement | None, trouble: FaceTrouble) -> None:
    outcome, _, told = _verify([seen] * 500)
    assert outcome == UnusablePicture(PictureRole.LIVE, NoUsableFace(trouble))
    assert len(told) == 1


def test_a_second_person_who_comes_and_stays_is_the_reason() -> None:
    outcome, _, told = _verify([REST] * 10 + [measurement(others=1)] * 100)
    assert outcome == UnusablePicture(PictureRole.LIVE, NoUsableFace(FaceTrouble.MANY_FACES))
    assert told[-1].hint == "many_faces"


def test_a_silent_camera_is_not_the_persons_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "_FIRST_FRAME_S", 0.1)
    monkeypatch.setattr(verify, "_SILENCE_S", 0.1)
    assert _verify([], camera=ScriptedCamera(0))[0] == CameraSilent()
    assert _verify([REST] * 3, camera=ScriptedCamera(3))[0] == CameraSilent()


def test_the_deadline_ends_it() -> None:
    assert _verify([], camera=ScriptedCamera(0), deadline=Deadline(0.1))[0] == VerificationStopped(is_cancelled=False)


def test_cancelling_ends_it_from_another_thread() -> None:
    deadline = Deadline(60)
    late = threading.Timer(0.1, deadline.cancel)
    late.start()
    assert _verify([], camera=ScriptedCamera(0), deadline=deadline)[0] == VerificationStopped(is_cancelled=True)
    late.join()


def test_an_error_of_the_listener_leaves_nothing_behind_either() -> None:
    engine = ScriptedEngine(list(BLINKING), FakeTemplate(PERSON))

    def fail(progress: LivenessProgress) -> None:
        if progress.current:
            raise RuntimeError("screen is gone")

    with pytest.raises(RuntimeError):
        verify_person(
            ScriptedCamera(), np.zeros((126, 102), np.uint8), engine, LivenessChallenge([Action.BLINK]), Deadline(60), fail
        )
    _nothing_is_left(engine)
