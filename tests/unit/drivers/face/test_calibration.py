"""A calibration gives a threshold only for what its pairs can show, and only to its own engine."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from drivers.face.calibration import CalibrationFile, CalibrationUnusable, load_calibration, save_calibration
from drivers.face.embedders import DlibEmbedder
from drivers.face.engine import DlibFaceEngine
from drivers.face.error_rates import curve
from drivers.face.factory import FaceSettings, make_engine

ENGINE = DlibEmbedder().name


def _file(impostor_pairs: int = 4000, engine: str = ENGINE) -> CalibrationFile:
    source = np.random.default_rng(1)
    genuine, impostor = source.normal(0.3, 0.08, 400), source.normal(0.8, 0.07, impostor_pairs)
    return CalibrationFile(
        engine=engine,
        created="2026-11-26",
        data_set="测试 pairs.csv",
        reference="card-photo",
        pictures=100,
        genuine_pairs=400,
        impostor_pairs=impostor_pairs,
        failed_to_acquire=0,
        curve=curve(genuine, impostor),
    )


def test_the_threshold_comes_from_the_file(tmp_path: Path) -> None:
    saved = save_calibration(_file(), tmp_path / "dlib.json")
    subject = make_engine(FaceSettings("dlib", calibration=tmp_path / "dlib.json"))
    point = saved.operating_point(0.001)
    assert point is not None
    assert (subject.threshold, subject.calibration, subject.is_demonstration) == (point.threshold, saved.identity, False)
    assert point.fmr <= 0.001


def test_a_smaller_rate_gives_a_stricter_threshold(tmp_path: Path) -> None:
    saved = save_calibration(_file(40_000), tmp_path / "dlib.json")
    points = [saved.operating_point(fmr) for fmr in (0.1, 0.01, 0.001, 0.0001)]
    thresholds = [point.threshold for point in points if point is not None]
    assert len(thresholds) == 4
    assert thresholds == sorted(thresholds, reverse=True)


def test_too_few_pairs_leave_a_demonstration(tmp_path: Path) -> None:
    """No false match among 1,210 pairs shows no less than 0.25 %."""
    saved = save_calibration(_file(1210), tmp_path / "dlib.json")
    assert not saved.supports(0.001)
    assert DlibFaceEngine(saved).is_demonstration
    assert DlibFaceEngine(saved).calibration == ""
    assert not DlibFaceEngine(saved, wanted_fmr=0.01).is_demonstration


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "truncated"),
        (b"[]", "object"),
        (b'{"version": 2}', "version"),
        (msgspec.json.encode(_file(engine="another network")), "another network"),
        (b" " * 1_100_000, "too large"),
    ],
)
def test_what_is_no_calibration_of_this_engine_is_one_line(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(CalibrationUnusable, match=words) as caught:
        load_calibration(path, ENGINE)
    assert "\n" not in str(caught.value)


@pytest.mark.expects_warnings
def test_with_a_calibration_that_cannot_be_used_the_terminal_serves_on_as_a_demonstration(tmp_path: Path) -> None:
    subject = make_engine(FaceSettings("dlib", calibration=tmp_path / "nothing.json"))
    assert subject.is_demonstration
    assert subject.threshold == DlibEmbedder.customary_threshold
