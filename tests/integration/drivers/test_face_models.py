"""Model files: found, refused, and run by the true libraries."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from drivers.face.embedders import DlibEmbedder
from drivers.face.factory import make_embedder
from drivers.face.model_embedder import ModelEmbedder
from drivers.face.model_files import default_model, sha256_of, spec_of
from drivers.face.model_runner import ModelUnusable, open_model


@pytest.fixture
def model() -> Path:
    path = default_model()
    if path is None:
        pytest.skip("there is no face model here; make models fetches one")
    return path


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("nothing.onnx", None, "no such file"),
        ("words.onnx", b"these are words", "OpenCV cannot read it"),
        ("words.tflite", b"these are words", "LiteRT cannot read it"),
        ("empty.tflite", b"", "LiteRT cannot read it"),
        ("weights.bin", b"1", "end in .onnx or .tflite"),
    ],
)
def test_what_is_no_model_is_one_clear_line(tmp_path: Path, name: str, content: bytes | None, words: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelUnusable, match=words) as caught:
        open_model(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "truncated"),
        ('{"template": [[1, 2]]}', "five points"),
        ('{"scale": 0}', "not zero"),
        ('{"colour": 1}', "colour"),
    ],
)
def test_a_bad_description_of_a_model_is_one_clear_line(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "m.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelUnusable, match=words):
        spec_of(tmp_path / "m.onnx")


def test_a_description_beside_the_model_says_how_it_wants_its_pictures(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text('{"mean": 0, "scale": 255, "is_bgr": true}', encoding="utf-8")
    spec = spec_of(tmp_path / "m.onnx")
    assert (spec.mean, spec.scale, spec.is_bgr, spec.template.shape) == (0.0, 255.0, True, (5, 2))


def test_a_missing_model_is_told_before_anybody_waits_for_it(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="No such file"):
        make_embedder("model", tmp_path / "none.tflite")


def test_without_a_model_dlib_serves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("drivers.face.model_files.MODELS_DIR", tmp_path)
    assert isinstance(make_embedder("auto"), DlibEmbedder)
    with pytest.raises(ModelUnusable, match="make models"):
        make_embedder("model")


def test_a_file_of_the_right_name_that_is_another_is_not_used_by_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "MobileFaceNet.tflite").write_bytes(b"cut off")
    monkeypatch.setattr("drivers.face.model_files.MODELS_DIR", tmp_path)
    assert default_model() is None
    assert isinstance(make_embedder("auto"), DlibEmbedder)


def test_the_model_gives_each_picture_its_own_numbers_whatever_the_batch(model: Path) -> None:
    runner = open_model(model)
    pictures = np.random.default_rng(1).uniform(-1, 1, (5, 112, 112, 3)).astype(np.float32)
    together, alone = runner.run(pictures), np.concatenate([runner.run(one[None]) for one in pictures])
    assert together.shape == (5, 192)
    assert np.allclose(together, alone, atol=1e-4)
    assert np.ptp(together, axis=0).max() > 1e-3


def test_pictures_of_another_size_are_refused(model: Path) -> None:
    with pytest.raises(ModelUnusable, match="112x112"):
        open_model(model).run(np.zeros((1, 96, 96, 3), np.float32))


def test_the_name_of_the_engine_changes_with_the_file(model: Path, tmp_path: Path) -> None:
    changed = tmp_path / model.name
    changed.write_bytes(model.read_bytes() + b"\0")
    assert ModelEmbedder(changed).name != ModelEmbedder(model).name
    assert sha256_of(changed) != sha256_of(model)
