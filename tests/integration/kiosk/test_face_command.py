"""kiosk face: figures on a small list of true pictures, a calibration and a plot of them, and every bad list in one line."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.camera.people.portraits import look_alike, second_portrait
from drivers.camera.portrait import packaged_portrait
from drivers.face.calibration import load_calibration
from drivers.face.embedders import DlibEmbedder
from kiosk.__main__ import main


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people, two pictures of the first: one genuine and two impostor pairs, and one picture that shows nobody."""
    folder = tmp_path_factory.mktemp("测试 pairs")
    somebody = second_portrait()
    pictures = {
        "a1.png": packaged_portrait(),
        "a2.png": np.ascontiguousarray(cv2.convertScaleAbs(packaged_portrait(), alpha=0.7)),
        "b1.png": look_alike(packaged_portrait()) if somebody is None else somebody,
        "wall.png": np.full((200, 160, 3), 150, np.uint8),
    }
    for name, picture in pictures.items():
        assert cv2.imwrite(str(folder / name), picture)
    rows = ["a1.png,a2.png,1", "b1.png,a1.png,0", "b1.png,a2.png,0", "a1.png,wall.png,1", "a1.png,notes.jpg,0"]
    (folder / "notes.jpg").write_text("no picture", encoding="utf-8")
    (folder / "pairs.csv").write_text("probe,reference,same\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return folder / "pairs.csv"


@pytest.mark.parametrize("reference", ["as-is", "card-photo"])
def test_the_figures_are_those_of_the_pairs(pairs: Path, capsys: pytest.CaptureFixture[str], reference: str) -> None:
    options = ["--engine", "dlib", "--reference-as", reference, "--json"]
    assert main(["face", "evaluate", "--pairs", str(pairs), *options]) == 0
    said = json.loads(capsys.readouterr().out)
    assert {"pairs", "fmr", "fnmr_at_fmr_1e-3", "accuracy", "ms_median", "engine"} <= said.keys()
    assert (said["pairs"], said["genuine_pairs"], said["impostor_pairs"]) == (5, 2, 3)
    assert said["fnmr_at_fmr_1e-3"] == 0.5  # the wall matches nobody, and counts
    assert said["engine"] == DlibEmbedder().name
    assert sorted(one.split(":")[0] for one in said["failed_to_acquire"]) == ["notes.jpg", "wall.png"]
    assert said["demonstration_only"] is True


def test_a_calibration_and_its_plot_come_out(pairs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib", reason="a plot needs the extra named benchmarks")
    out, plot = tmp_path / "dlib.json", tmp_path / "det.png"
    options = ["--pairs", str(pairs), "--engine", "dlib", "--out", str(out), "--plot", str(plot)]
    assert main(["face", "calibrate", *options]) == 0
    words = capsys.readouterr().out
    assert "too few impostor pairs" in words
    held = load_calibration(out, DlibEmbedder().name)
    assert held.identity in words
    assert (held.file.genuine_pairs, held.file.failed_to_acquire) == (2, 2)
    drawn = cv2.imread(str(plot))
    assert drawn is not None
    assert drawn.std() > 5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["evaluate", "--pairs", "none.csv"], "No such file"),
        (["calibrate", "--pairs", "PAIRS"], "--out"),
        (["evaluate", "--pairs", "PAIRS", "--engine", "model", "--model", "none.onnx"], "No such file"),
        (["calibrate", "--pairs", "PAIRS", "--engine", "dlib", "--out", "/nowhere/at/all.json"], "No such file"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    pairs: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["face", *(str(pairs) if one == "PAIRS" else one for one in arguments)]) == 2
    told = capsys.readouterr().err.strip()
    assert words in told
    assert "\n" not in told
