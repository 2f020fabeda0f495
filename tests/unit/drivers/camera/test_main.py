"""The technician's tool tells what a camera gives and writes no picture."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.camera.__main__ import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    noise = np.random.default_rng(1)
    for number in range(12):
        cv2.imwrite(str(tmp_path / f"{number:03}.png"), noise.integers(0, 255, (48, 64, 3), dtype=np.uint8))
    return tmp_path


def test_status_tells_size_rate_and_state(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(folder.iterdir())
    assert main(["status", "--url", f"{folder}?loop=1&fps=30", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["code"], facts["width_px"], facts["height_px"]) == ("ok", 64, 48)
    assert 15 < facts["frames_per_s"] < 45
    assert sorted(folder.iterdir()) == before


def test_snapshot_size_needs_one_frame_only(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["snapshot-size", "--url", str(folder)]) == 0
    assert "width_px: 64" in capsys.readouterr().out


def test_a_wrong_url_is_one_line_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--url", "sim://nobody"]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1


def test_a_camera_that_gives_nothing_is_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.camera.__main__._OPEN_S", 0.3)
    assert main(["status", "--url", str(tmp_path), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "lost"
