"""Two picture files: a comparison, or the one that cannot be used and why."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from drivers.face.__main__ import main
from drivers.face.embedders import DlibEmbedder
from drivers.face.types import Comparison, FaceTrouble
from drivers.face.verify_files import UnusableFile, verify_files
from drivers.types import Image
from tests.helpers.vision import FACES, animation, card_photo, portrait


@pytest.fixture
def probe(tmp_path: Path) -> Path:
    path = tmp_path / "probe.jpg"
    cv2.imwrite(str(path), animation().render(100.0, {}))
    return path


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    path = tmp_path / "card.jpg"
    cv2.imwrite(str(path), card_photo(), [cv2.IMWRITE_JPEG_QUALITY, 40])
    return path


def _astronaut() -> Image:
    return np.ascontiguousarray(data.astronaut()[:, :, ::-1])


def test_a_camera_picture_matches_the_card_photo(probe: Path, reference: Path) -> None:
    outcome = verify_files(probe, reference)
    assert isinstance(outcome, Comparison)
    assert outcome.match
    assert outcome.distance < 0.45
    assert outcome.elapsed_ms > 1.0


def test_a_dim_and_blurred_probe_still_matches(probe: Path, reference: Path) -> None:
    picture = cv2.imread(str(probe))
    assert picture is not None
    cv2.imwrite(str(probe), cv2.GaussianBlur((picture * 0.12).astype(np.uint8), (0, 0), 2.0))
    outcome = verify_files(probe, reference)
    assert isinstance(outcome, Comparison)
    assert outcome.match


def test_the_detectors_false_alarm_beside_a_clear_face_is_no_second_face(tmp_path: Path, reference: Path) -> None:
    """In the lower part of the uncropped portrait the detector sees a face that is none."""
    path = tmp_path / "full.png"
    cv2.imwrite(str(path), _astronaut())
    assert isinstance(verify_files(path, reference), Comparison)


@pytest.mark.parametrize(
    ("make", "trouble"),
    [
        (lambda: np.ascontiguousarray(data.coffee()[:, :, ::-1]), FaceTrouble.NO_FACE),
        (lambda: np.full((400, 300, 3), 127, np.uint8), FaceTrouble.NO_FACE),
        (lambda: np.hstack((portrait()[:, 80:380], portrait()[:, 80:380])), FaceTrouble.MANY_FACES),
        (lambda: np.hstack((portrait(), cv2.resize(portrait()[:, 80:380], (180, 300))[:, ::-1])), FaceTrouble.MANY_FACES),
        (lambda: cv2.resize(portrait()[:, 80:380], None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), FaceTrouble.TOO_SMALL),
    ],
)
def test_a_picture_without_exactly_one_usable_face_is_named(
    tmp_path: Path, reference: Path, make: object, trouble: FaceTrouble
) -> None:
    assert callable(make)
    path = tmp_path / "picture.png"
    cv2.imwrite(str(path), make())
    first, second = verify_files(path, reference), verify_files(reference, path)
    assert isinstance(first, UnusableFile)
    assert isinstance(second, UnusableFile)
    assert (first.which, first.face.trouble) == ("probe", trouble)
    assert (second.which, second.face.trouble) == ("reference", trouble)
    assert str(path) in first.reason


def test_a_file_that_is_no_picture_is_named(tmp_path: Path, reference: Path) -> None:
    path = tmp_path / "notes.jpg"
    path.write_bytes(b"these are notes")
    outcome = verify_files(reference, path)
    assert isinstance(outcome, UnusableFile)
    assert outcome.which == "reference"
    assert outcome.face.trouble is FaceTrouble.UNREADABLE


def test_the_tool_prints_one_json_object(probe: Path, reference: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(probe), str(reference), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["match"] is True
    assert result["threshold"] == DlibEmbedder.customary_threshold


def test_the_tool_says_in_one_line_which_picture_cannot_be_used(
    tmp_path: Path, reference: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(tmp_path / "none.jpg"), str(reference)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert "probe" in output.err
    assert output.err.count("\n") == 1


def test_two_people_do_not_match(reference: Path) -> None:
    others = sorted((FACES / "johns").glob("*/*.jpg"))
    if not others:
        pytest.skip(f"no photographs of other people in {FACES}")
    outcome = verify_files(others[0], reference)
    assert isinstance(outcome, Comparison)
    assert not outcome.match
    assert main(["verify", str(others[0]), str(reference)]) == 1
