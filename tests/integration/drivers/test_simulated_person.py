"""The true face code before the simulated person: what moves is accepted, what is still, wrong or somebody else is not."""

from __future__ import annotations

import io
import math
import threading
import time
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image as PillowImage

from drivers.camera.portrait import find_landmarks
from drivers.camera.simulator import PortraitCamera
from drivers.camera.types import Movement
from drivers.face.liveness import LivenessChallenge, LivenessSettings
from drivers.face.session import LivenessSession
from drivers.face.templates import EmbeddingTemplate
from drivers.face.types import (
    Action,
    FaceMeasurement,
    LivenessProgress,
    LivenessResult,
    NotMatching,
    Verified,
)
from drivers.face.verify import verify_person
from drivers.pictures import UnreadablePicture, decode_picture, read_picture
from drivers.types import Deadline, Image
from tests.helpers.liveness import Obedient
from tests.helpers.vision import FACES, SimulatedPerson, animation, card_photo, portrait, true_engine

SHORT = LivenessSettings(action_window_s=3.0)
CARD_BYTES = 1024


def _challenge(
    *actions: Action, person: SimulatedPerson | None = None, alter: Callable[[Image, float], Image] | None = None
) -> tuple[LivenessResult, EmbeddingTemplate | None]:
    session = LivenessSession(true_engine(), LivenessChallenge(actions, SHORT))
    person = person or SimulatedPerson()
    for frame in person.frames(alter) if alter else person.frames():
        state = session.offer(frame)
        if isinstance(state, LivenessResult):
            template, *_ = session.take_templates() or [None]
            assert template is None or isinstance(template, EmbeddingTemplate)
            session.forget()
            return state, template
        person.hear(state)
    raise RuntimeError("a challenge ends")


def _measured(strengths: dict[Movement, float]) -> FaceMeasurement:
    seen = true_engine().measure(animation().render(100.0, strengths))
    assert seen is not None
    return seen


@pytest.mark.parametrize(
    "order",
    [(Action.BLINK, Action.TURN_LEFT, Action.OPEN_MOUTH), (Action.OPEN_MOUTH, Action.TURN_RIGHT, Action.BLINK)],
)
def test_a_person_who_does_what_is_asked_is_live_and_matches_the_card(order: tuple[Action, ...]) -> None:
    result, probe = _challenge(*order)
    assert result is LivenessResult.LIVE
    reference = true_engine().template(card_photo())
    assert probe is not None
    assert isinstance(reference, EmbeddingTemplate)
    assert true_engine().compare(probe, reference).distance < 0.45


def test_a_still_portrait_times_out() -> None:
    assert _challenge(Action.BLINK, person=SimulatedPerson(lambda _: None))[0] is LivenessResult.TIMED_OUT


@pytest.mark.parametrize(
    ("asked", "done", "result"),
    [
        (Action.BLINK, Movement.OPEN_MOUTH, LivenessResult.WRONG_ACTION),
        (Action.OPEN_MOUTH, Movement.TURN_LEFT, LivenessResult.WRONG_ACTION),
        (Action.TURN_LEFT, Movement.TURN_RIGHT, LivenessResult.WRONG_ACTION),
        (Action.TURN_RIGHT, Movement.BLINK, LivenessResult.TIMED_OUT),
    ],
)
def test_something_else_than_what_is_asked_is_refused(asked: Action, done: Movement, result: LivenessResult) -> None:
    assert _challenge(asked, person=SimulatedPerson(lambda _: done))[0] is result


def test_somebody_who_leaves_is_lost() -> None:
    person = SimulatedPerson(lambda _: None)
    leaving = LivenessSession(true_engine(), LivenessChallenge([Action.BLINK], LivenessSettings()))
    for frame in person.frames():
        state = leaving.offer(frame)
        if isinstance(state, LivenessResult):
            break
        if state.current is not None:
            person.leave()
    assert state is LivenessResult.FACE_LOST


@pytest.mark.parametrize("movement", list(Movement))
def test_each_movement_changes_its_own_measure_and_leaves_the_others(movement: Movement) -> None:
    rest, moved = _measured({}), _measured({movement: 1.0})
    is_turn = movement in (Movement.TURN_LEFT, Movement.TURN_RIGHT)
    assert (moved.eye_openness < 0.6 * rest.eye_openness) is (movement is Movement.BLINK)
    assert (moved.mouth_openness > rest.mouth_openness + 0.2) is (movement is Movement.OPEN_MOUTH)
    assert (abs(moved.yaw - rest.yaw) > 0.22) is is_turn
    if is_turn:
        assert (moved.yaw > rest.yaw) is (movement is Movement.TURN_LEFT)


def _held_print(image: Image, now_s: float, axis: str) -> Image:
    """The first picture as a flat print, swung to and fro by up to 45 degrees from the second second on."""
    height, width = image.shape[:2]
    angle = math.radians(45 * math.sin((now_s - 101.0) * 2.5)) if now_s > 101.0 else 0.0
    corners = np.array([[x, y] for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))], np.float64) * (width / 2, height / 2)
    far = 900.0
    depth = far + corners[:, 0 if axis == "swing" else 1] * math.sin(angle)
    squeeze = (math.cos(angle), 1.0) if axis == "swing" else (1.0, math.cos(angle))
    seen = corners * squeeze * (far / depth)[:, None]
    middle = np.array([width / 2, height / 2])
    matrix = cv2.getPerspectiveTransform((corners + middle).astype(np.float32), (seen + middle).astype(np.float32))
    return np.asarray(cv2.warpPerspective(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


@pytest.mark.parametrize(("axis", "asked"), [("swing", Action.TURN_LEFT), ("swing", Action.OPEN_MOUTH), ("tilt", Action.BLINK)])
def test_a_print_moved_by_hand_is_not_taken_for_a_movement(axis: str, asked: Action) -> None:
    person = SimulatedPerson(lambda _: None)
    result, _ = _challenge(asked, person=person, alter=lambda image, now_s: _held_print(image, now_s, axis))
    assert result is not LivenessResult.LIVE


def test_the_photo_as_small_as_a_card_stores_it_still_matches() -> None:
    for quality in range(90, 0, -2):
        stored = io.BytesIO()
        PillowImage.fromarray(card_photo()).save(stored, "webp", quality=quality, method=6)
        if stored.tell() <= CARD_BYTES:
            break
    picture = decode_picture(stored.getvalue())
    assert stored.tell() <= CARD_BYTES
    assert not isinstance(picture, UnreadablePicture)
    reference = true_engine().template(picture)
    probe = true_engine().template(animation().render(100.0, {}))
    assert isinstance(reference, EmbeddingTemplate)
    assert isinstance(probe, EmbeddingTemplate)
    assert true_engine().compare(probe, reference).distance < 0.5


def test_the_face_code_keeps_up_with_the_camera() -> None:
    frame = animation().render(100.0, {})
    true_engine().measure(frame)
    began_s = time.process_time()
    for _ in range(10):
        true_engine().measure(frame)
    assert (time.process_time() - began_s) / 10 < 0.1, "ten pictures a second are promised"


class TestWholeVerification:
    """In true time, camera thread and all."""

    @pytest.fixture
    def camera(self) -> object:
        camera = PortraitCamera()
        camera.start()
        yield camera
        camera.stop()

    def _verify(self, camera: PortraitCamera, reference: Image) -> object:
        person = Obedient(camera.perform)

        def hear(progress: LivenessProgress) -> None:
            person.hear(progress.current, progress.done)

        try:
            return verify_person(camera, reference, true_engine(), LivenessChallenge.random(2), Deadline(60), hear)
        finally:
            person.rest()

    def test_the_simulated_person_is_verified_against_the_own_card(self, camera: PortraitCamera) -> None:
        outcome = self._verify(camera, camera.card_photo())
        assert isinstance(outcome, Verified)
        assert len(outcome.liveness.actions) == 2

    def test_another_persons_card_does_not_match(self, camera: PortraitCamera) -> None:
        others = sorted((FACES / "johns").glob("*/*.jpg"))
        if not others:
            pytest.skip(f"no photographs of other people in {FACES}")
        picture = read_picture(others[0])
        assert not isinstance(picture, UnreadablePicture)
        reference = cv2.cvtColor(cv2.resize(picture, (102, 126), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        outcome = self._verify(camera, np.asarray(reference, np.uint8))
        assert isinstance(outcome, NotMatching)


def test_several_threads_may_look_at_once() -> None:
    """The detector itself would then report hundreds of faces."""
    frame, card = animation().render(100.0, {}), card_photo()
    outcomes: list[object] = []

    def look() -> None:
        for _ in range(6):
            outcomes.extend((true_engine().measure(frame), true_engine().template(card), find_landmarks(portrait())))

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 54
    assert {type(outcome) for outcome in outcomes} == {FaceMeasurement, EmbeddingTemplate, np.ndarray}
    assert all(outcome.other_faces == 0 for outcome in outcomes if isinstance(outcome, FaceMeasurement))
