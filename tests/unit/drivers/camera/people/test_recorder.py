"""Recorded sessions: the file that other commands read, its mark, and nothing overwritten."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import cv2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera.__main__ import main
from drivers.camera.people.recorder import CHALLENGE_FILE, Script, ScriptedLight, play, random_script, record
from drivers.camera.people.staged import StagedScene
from drivers.camera.people.tempo import BRISK, TEMPI
from drivers.camera.types import Movement
from drivers.types import Image
from tests.helpers.staged_people import scene

SHORT = Script(((Movement.BLINK, 0.2),), (ScriptedLight((255, 0, 0), 0.1, 0.3), ScriptedLight((0, 0, 255), 0.3, 0.5)), 0.6)


def test_a_session_is_pictures_and_one_marked_file(tmp_path: Path) -> None:
    count = record(scene("print", 4), SHORT, tmp_path / "one", 10.0)
    assert count == 7
    assert len(list((tmp_path / "one").glob("*.jpg"))) == count
    assert cv2.imread(str(tmp_path / "one" / "000003.jpg")).shape == (240, 320, 3)
    assert json.loads((tmp_path / "one" / CHALLENGE_FILE).read_text(encoding="utf-8")) == {
        "fps": 10.0,
        "actions": [{"action": "blink", "asked_s": 0.2}],
        "lights": [{"rgb": [255, 0, 0], "from_s": 0.1, "to_s": 0.3}, {"rgb": [0, 0, 255], "from_s": 0.3, "to_s": 0.5}],
        "species": "print",
        "seed": 4,
        "sample": "测试/SAMPLE",
    }


def test_an_existing_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    with pytest.raises(FileExistsError):
        record(scene("print", 4), SHORT, tmp_path / "one")
    assert list((tmp_path / "one").iterdir()) == []


class _Witness:
    """Notes what a scene is told, and when pictures are taken."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    def ask(self, action: Movement, now_s: float) -> None:
        self.heard.append((action, now_s))

    def illuminate(self, rgb: tuple[int, int, int] | None, now_s: float) -> None:
        self.heard.append((rgb, now_s))

    def at(self, now_s: float) -> Image:
        return now_s  # type: ignore[return-value]


def test_everything_is_told_in_its_order_and_the_screen_goes_back_at_the_end() -> None:
    witness = _Witness()
    times = [now_s for now_s, _ in play(witness, SHORT, 20.0)]  # type: ignore[arg-type]
    assert witness.heard == [((255, 0, 0), 0.1), (Movement.BLINK, 0.2), ((0, 0, 255), 0.3), (None, 0.5)]
    assert times[:3] == [0.0, 0.05, 0.1]
    assert issubclass(type(scene("live")), StagedScene)


@given(st.integers(0, 10_000), st.sampled_from(sorted(TEMPI)))
def test_a_random_script_asks_three_different_things_and_changes_its_colours(seed: int, tempo: str) -> None:
    script = random_script(seed, TEMPI[tempo])
    assert len({action for action, _ in script.actions}) == 3
    assert not {Movement.TURN_LEFT, Movement.TURN_RIGHT} <= {action for action, _ in script.actions}
    times = [at_s for _, at_s in script.actions]
    assert times == sorted(times)
    assert times[-1] + TEMPI[tempo].courses[script.actions[-1][0]].total_s < script.length_s
    colours = [light.rgb for light in script.lights]
    assert all(one != other for one, other in itertools.pairwise(colours))
    assert script == random_script(seed, TEMPI[tempo])
    assert script.length_s < 6.5 or TEMPI[tempo] is not BRISK


def test_the_command_refuses_what_cannot_be_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "face.jpg"
    text.write_text("no picture")
    for more in (["--count", "0"], ["--fps", "1000"], ["--portrait", str(text)], ["--portrait", str(tmp_path / "none.png")]):
        assert main(["record-people", "--out", str(tmp_path / "out"), *more]) == 1
        assert capsys.readouterr().err.startswith("camera: ")
    assert not (tmp_path / "out").exists()
    with pytest.raises(SystemExit):
        main(["record-people", "--out", str(tmp_path), "--species", "cat"])
