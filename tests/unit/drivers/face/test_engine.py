"""What holds of the engine before any face is seen."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from drivers.face.embedders import DlibEmbedder
from drivers.face.engine import DlibFaceEngine
from drivers.face.templates import Embedding, EmbeddingTemplate
from drivers.face.types import FaceTrouble, NoUsableFace


@pytest.fixture
def subject() -> DlibFaceEngine:
    return DlibFaceEngine()


def _template(value: float, engine: str | None = None) -> EmbeddingTemplate:
    return EmbeddingTemplate(Embedding(np.full(128, value)), engine or DlibEmbedder().name)


def test_distance_is_euclidean_and_the_threshold_belongs_to_the_match(subject: DlibFaceEngine) -> None:
    limit = DlibEmbedder.customary_threshold
    at_threshold = subject.compare(_template(0.0), _template(limit / np.sqrt(128)))
    assert at_threshold.distance == pytest.approx(limit)
    assert at_threshold.match is (at_threshold.distance <= limit)
    assert subject.compare(_template(0.0), _template(0.05)).match
    assert not subject.compare(_template(0.0), _template(0.06)).match
    assert (at_threshold.demonstration_only, at_threshold.calibration) == (True, "")
    assert "dlib" in at_threshold.engine


def test_forgetting_zeroes_the_numbers_and_ends_all_comparing(subject: DlibFaceEngine) -> None:
    numbers = np.full(128, 0.5)
    template = EmbeddingTemplate(Embedding(numbers, colour := np.full(128, 0.5)), DlibEmbedder().name)
    template.forget()
    template.forget()
    assert not numbers.any()
    assert not colour.any()
    with pytest.raises(ValueError, match="forgotten"):
        subject.compare(template, _template(0.1))


def test_a_template_shows_nothing_and_cannot_be_stored() -> None:
    template = _template(0.77)
    assert "77" not in repr(template)
    for store in (pickle.dumps, copy.deepcopy, copy.copy):
        with pytest.raises(TypeError):
            store(template)


def test_templates_of_another_engine_are_refused(subject: DlibFaceEngine) -> None:
    class Other:
        def forget(self) -> None: ...

    with pytest.raises(TypeError):
        subject.compare(Other(), _template(0.1))
    with pytest.raises(TypeError):
        subject.compare(_template(0.1), _template(0.1, "another network"))


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((0, 10, 3), np.uint8),
        np.zeros((8, 300, 3), np.uint8),
        np.zeros((100, 100, 4), np.uint8),
        np.zeros(1000, np.uint8),
        np.zeros((100, 100, 3), np.float32),
        np.broadcast_to(np.zeros((1, 1, 3), np.uint8), (10_000, 6_000, 3)),
    ],
)
def test_what_is_no_picture_is_unreadable(subject: DlibFaceEngine, image: np.ndarray) -> None:
    outcome = subject.template(image)
    assert isinstance(outcome, NoUsableFace)
    assert outcome.trouble is FaceTrouble.UNREADABLE
