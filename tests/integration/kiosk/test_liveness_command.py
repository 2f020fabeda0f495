"""``kiosk liveness`` in this process: folders and videos of simulated sessions, and input that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image as PillowImage

from drivers.types import Image
from kiosk.__main__ import main
from tests.helpers.liveness import Rehearsal, rehearse, simulated


@pytest.fixture(scope="module")
def live() -> Rehearsal:
    return rehearse(simulated("live"), keep_frames=True)


@pytest.fixture(scope="module")
def printed() -> Rehearsal:
    return rehearse(simulated("print"), keep_frames=True, stop_after_s=2.6)


def _write(folder: Path, played: Rehearsal, *, every: int = 1) -> Path:
    folder.mkdir(parents=True)
    for number, frame in enumerate(played.frames[::every]):
        at_s = frame.taken_at_s - played.frames[0].taken_at_s
        cv2.imwrite(str(folder / f"{number:04d}_{at_s:.3f}.png"), frame.image)
    (folder / "challenge.json").write_text(json.dumps(played.challenge_file()), "utf-8")
    return folder


def _told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = main(["liveness", *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_recorded_living_person_is_live(tmp_path: Path, live: Rehearsal, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = _told(capsys, "--frames", str(_write(tmp_path / "one", live)))
    assert code == 0
    assert found["verdict"] == "live"
    assert found["actions_done"] == 3
    assert found["score"] >= found["threshold"]
    assert {"light", "relief"} <= set(found["cues"])
    assert found["basis"] == "actions and cues"


def test_the_same_pictures_do_not_answer_another_challenge(
    tmp_path: Path, live: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _write(tmp_path / "one", live)
    (folder / "challenge.json").unlink()
    order = [action.value for action in live.actions]
    code, found = _told(capsys, "--frames", str(folder), "--challenge", ",".join(reversed(order)))
    assert code == 1
    assert found["verdict"] in {"wrong_action", "timed_out"}
    code, found = _told(capsys, "--frames", str(folder))
    assert code == 0
    assert found["basis"].startswith("passive cues only")


def test_a_print_is_an_attack_and_error_rates_name_the_worst_species(
    tmp_path: Path, live: Rehearsal, printed: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    for place, played in (("live/a", live), ("print/a", printed)):
        _write(tmp_path / place, played)
    (tmp_path / "twin").mkdir()
    _write(tmp_path / "twin/a", live)
    code, found = _told(
        capsys,
        *("evaluate", "--live", str(tmp_path / "live")),
        *("--attack", f"print={tmp_path / 'print'}", "--attack", f"twin={tmp_path / 'twin'}"),
    )
    assert code == 0
    assert found["bpcer"] == 0.0
    assert list(found["apcer"].items()) == [("twin", 1.0), ("print", 0.0)]
    assert found["apcer_worst"] == {"species": "twin", "apcer": 1.0}
    assert found["sessions"] == {"live": 1, "print": 1, "twin": 1}
    assert list(found["reasons"]["print"]) == ["attack:relief"]


def test_a_video_is_judged_as_a_folder_is(tmp_path: Path, live: Rehearsal, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "session.avi"
    height, width = live.frames[0].image.shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 15.0, (width, height))
    for frame in live.frames:
        writer.write(frame.image)
    writer.release()
    actions = ",".join(action.value for action in live.actions)
    code, found = _told(capsys, "--frames", str(path), "--challenge", actions)
    assert (code, found["verdict"], found["frames"]) == (0, "live", len(live.frames))
    assert "light" not in found["cues"]
    assert main(["liveness", "--frames", str(path), "--challenge", actions]) == 0
    assert capsys.readouterr().out.startswith("live: score ")


def _picture(side_px: int = 64) -> Image:
    return np.full((side_px, side_px, 3), 120, np.uint8)


class TestBadInput:
    def _refused(self, capsys: pytest.CaptureFixture[str], *words: str) -> str:
        assert main(["liveness", *words]) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert len(told.err.strip().splitlines()) == 1
        return told.err

    def test_nothing_to_judge(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert "give --frames" in self._refused(capsys)
        assert "no such folder" in self._refused(capsys, "--frames", str(tmp_path / "none"))
        assert "holds no picture" in self._refused(capsys, "--frames", str(tmp_path))
        assert "holds no session" in self._refused(capsys, "evaluate", "--live", str(tmp_path), "--attack", f"print={tmp_path}")
        assert "cannot be read" in self._refused(capsys, "evaluate", "--live", str(tmp_path / "none"), "--attack", "a=b")
        assert "evaluate needs" in self._refused(capsys, "evaluate", "--live", str(tmp_path))

    def test_what_is_no_picture_or_no_video(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "a.jpg").write_text("not a picture", "utf-8")
        assert "a.jpg is no complete picture" in self._refused(capsys, "--frames", str(tmp_path))
        (tmp_path / "b.mp4").write_text("not a video", "utf-8")
        assert "no video that can be opened" in self._refused(capsys, "--frames", str(tmp_path / "b.mp4"))

    def test_a_picture_of_sixty_megapixels(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        PillowImage.new("1", (10_000, 6_000)).save(tmp_path / "large.png")
        assert "million pixels" in self._refused(capsys, "--frames", str(tmp_path))

    @pytest.mark.parametrize(
        ("words", "reason"),
        [
            (["--challenge", "blink,wink"], "unknown action 'wink'"),
            (["--lights", "red"], "RRGGBB@FROM-TO"),
            (["--lights", "ff0000@1-2,00ff00@1.5-3"], "follow each other"),
            (["--fps", "0"], "--fps"),
            (["evaluate", "--live", ".", "--attack", "print"], "SPECIES=DIR"),
        ],
    )
    def test_words_that_are_not_understood(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], reason: str
    ) -> None:
        cv2.imwrite(str(tmp_path / "a.png"), _picture())
        assert reason in self._refused(capsys, "--frames", str(tmp_path), *words)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[]",
            '{"actions": [{"action": "wink"}]}',
            '{"fps": 0}',
            '{"lights": [{"rgb": [256, 0, 0], "from_s": 0, "to_s": 1}]}',
        ],
    )
    def test_a_challenge_file_that_is_none(self, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
        cv2.imwrite(str(tmp_path / "a.png"), _picture())
        (tmp_path / "challenge.json").write_text(text, "utf-8")
        assert "is no challenge" in self._refused(capsys, "--frames", str(tmp_path))


def test_pictures_without_a_face_are_not_live(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), _picture(256))
    code, found = _told(capsys, "--frames", str(tmp_path))
    assert (code, found["verdict"], found["cues"]) == (1, "face_lost", {})
