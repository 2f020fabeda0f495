"""The face route on the true engine, before the simulated person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.camera.simulator import PortraitCamera
from drivers.face.engine import DlibFaceEngine
from drivers.face.types import Action
from drivers.face.verifier import LocalVerifier
from drivers.types import Deadline
from kiosk.domain.identity import Portrait, Route
from kiosk.flow.events import FaceAsks, PersonProved, ProofFailed
from kiosk.services.faces import FaceCheck
from tests.helpers.liveness import Obedient


class Person:
    """Makes each movement when asked, as somebody does who reads the screen."""

    def __init__(self, camera: PortraitCamera, obeys: bool = True) -> None:
        self._body = Obedient(camera.perform)
        self._obeys = obeys

    def hear(self, asks: FaceAsks) -> None:
        if self._obeys:
            self._body.hear(Action(asks.action) if asks.action else None, asks.done)

    def rest(self) -> None:
        self._body.rest()


@pytest.fixture
def camera() -> Iterator[PortraitCamera]:
    camera = PortraitCamera()
    yield camera
    camera.stop()


@pytest.fixture
def person(camera: PortraitCamera) -> Iterator[Person]:
    person = Person(camera)
    yield person
    person.rest()


@pytest.fixture
def subject(camera: PortraitCamera) -> FaceCheck:
    check = FaceCheck(camera, LocalVerifier(DlibFaceEngine()))
    check.warm_up()
    return check


def _portrait(camera: PortraitCamera) -> Portrait:
    return Portrait(camera.card_photo())


def test_the_person_of_the_card_is_proved_and_the_scores_are_told(
    subject: FaceCheck, camera: PortraitCamera, person: Person
) -> None:
    proved = subject.prove(_portrait(camera), Deadline(90), person.hear)
    assert isinstance(proved, PersonProved)
    proof = proved.proof
    assert proof.route is Route.ID_CARD_FACE
    actions, _, rest = proof.liveness.partition(":")
    assert set(actions.split(",")) < set(Action)
    assert rest.startswith("live;score=")
    assert proof.liveness_score is not None
    assert proof.liveness_score > 0.5
    assert proof.distance is not None
    assert proof.threshold is not None
    assert proof.distance < proof.threshold
    assert proof.demonstration_only


def test_a_check_can_be_repeated_on_the_same_thread(subject: FaceCheck, camera: PortraitCamera, person: Person) -> None:
    for _ in range(2):
        assert isinstance(subject.prove(_portrait(camera), Deadline(90), person.hear), PersonProved)
        person.rest()


def test_a_picture_that_does_not_move_is_not_live(subject: FaceCheck, camera: PortraitCamera) -> None:
    assert subject.prove(_portrait(camera), Deadline(90), Person(camera, obeys=False).hear) == ProofFailed("face.timed_out")


def test_a_camera_that_is_gone_is_told(subject: FaceCheck, camera: PortraitCamera) -> None:
    camera.unplug()
    assert subject.prove(_portrait(camera), Deadline(60), Person(camera).hear) == ProofFailed("face.camera_lost")


def test_a_cancelled_check_ends_and_the_camera_is_off(subject: FaceCheck, camera: PortraitCamera) -> None:
    deadline = Deadline(60)
    answer = subject.prove(_portrait(camera), deadline, lambda _asks: deadline.cancel())
    assert answer == ProofFailed("face.cancelled")
    assert camera.newest() is None


def test_a_portrait_that_was_forgotten_is_not_compared(subject: FaceCheck, camera: PortraitCamera) -> None:
    portrait = _portrait(camera)
    portrait.forget()
    assert subject.prove(portrait, Deadline(5), Person(camera).hear) == ProofFailed("face.cancelled")
