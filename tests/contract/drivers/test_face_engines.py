"""One contract for every face engine: dlib, a model, and both together. The model is there after ``make models``."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from drivers.camera.people.portraits import second_portrait
from drivers.camera.portrait import compose_card_photo, packaged_portrait
from drivers.face.engine import EmbeddingEngine
from drivers.face.factory import EngineKind, FaceSettings, make_engine
from drivers.face.model_files import default_model
from drivers.face.types import FaceTrouble, NoUsableFace
from drivers.types import Image

NO_MODEL = pytest.mark.skipif(default_model() is None, reason="there is no face model here; make models fetches one")


@pytest.fixture(scope="module", params=["dlib", pytest.param("model", marks=NO_MODEL), pytest.param("fused", marks=NO_MODEL)])
def subject(request: pytest.FixtureRequest) -> EmbeddingEngine:
    kind: EngineKind = request.param
    engine = make_engine(FaceSettings(kind))
    engine.warm_up()
    return engine


@pytest.fixture(scope="module")
def card() -> Image:
    return compose_card_photo(packaged_portrait())


def _distance(subject: EmbeddingEngine, one: Image, other: Image) -> float:
    first, second = subject.template(one), subject.template(other)
    assert not isinstance(first, NoUsableFace)
    assert not isinstance(second, NoUsableFace)
    return subject.compare(first, second).distance


def test_a_person_is_near_the_own_card_and_nearer_than_anybody_else(subject: EmbeddingEngine, card: Image) -> None:
    somebody = second_portrait()
    if somebody is None:
        pytest.skip("the second portrait comes with matplotlib, which is not installed")
    own, other = _distance(subject, packaged_portrait(), card), _distance(subject, somebody, card)
    assert own <= subject.threshold < other


def test_the_distance_has_no_direction_and_is_nothing_to_oneself(subject: EmbeddingEngine, card: Image) -> None:
    assert _distance(subject, card, card) == pytest.approx(0.0, abs=1e-6)
    assert _distance(subject, packaged_portrait(), card) == pytest.approx(_distance(subject, card, packaged_portrait()))


def test_the_face_before_the_camera_is_the_face_of_the_still(subject: EmbeddingEngine, card: Image) -> None:
    picture = packaged_portrait()
    seen, reference = subject.measure(picture), subject.template(card)
    assert seen is not None
    assert not isinstance(reference, NoUsableFace)
    assert subject.compare(subject.template_at(picture, seen.box), reference).match


def test_light_and_size_change_little(subject: EmbeddingEngine, card: Image) -> None:
    dim = (packaged_portrait() * 0.35).astype(np.uint8)
    large = np.asarray(cv2.resize(packaged_portrait(), None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC), np.uint8)
    for changed in (dim, large):
        assert _distance(subject, changed, card) <= subject.threshold


def test_a_case_can_name_the_engine_and_that_it_is_a_demonstration(subject: EmbeddingEngine, card: Image) -> None:
    template = subject.template(card)
    assert not isinstance(template, NoUsableFace)
    said = subject.compare(template, template)
    assert (said.engine, said.threshold, said.match) == (subject.name, subject.threshold, True)
    assert said.demonstration_only
    assert subject.name


def test_without_a_face_there_is_no_template(subject: EmbeddingEngine) -> None:
    outcome = subject.template(np.full((240, 320, 3), 130, np.uint8))
    assert outcome == NoUsableFace(FaceTrouble.NO_FACE)


def test_templates_of_two_engines_do_not_mix(subject: EmbeddingEngine, card: Image) -> None:
    class Renamed(EmbeddingEngine):
        name = "another engine"

    template = subject.template(card)
    assert not isinstance(template, NoUsableFace)
    with pytest.raises(TypeError):
        Renamed(subject._embedder).compare(template, template)
