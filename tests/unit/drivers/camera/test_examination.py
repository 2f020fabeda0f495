"""What is seen through a camera, in figures; and the checks a vendor runs."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest

from drivers.camera.__main__ import main
from drivers.camera.conformance import checks
from drivers.camera.emulator import CameraEmulator
from drivers.camera.examination import examine
from drivers.camera.factory import open_camera
from drivers.camera.simulator import PortraitCamera
from drivers.conformance import Verdict, conform
from drivers.status import DeviceState
from drivers.types import Deadline


def _desk() -> PortraitCamera:
    return PortraitCamera((640, 480), 20.0, scene="document")


def test_a_good_camera_in_figures() -> None:
    camera = _desk()
    seen = examine(camera, Deadline(30), 1.0)
    assert (seen.width, seen.height, seen.code, seen.state) == (640, 480, "ok", DeviceState.ONLINE)
    assert 60 < seen.brightness < 200
    assert seen.sharpness > 30
    assert 10 < seen.frames_per_s < 25
    assert seen.newest_age_s < 0.3
    assert camera.status().code == "stopped"


def test_a_covered_camera_in_figures() -> None:
    camera = _desk()
    camera.black()
    seen = examine(camera, Deadline(30), 2.2)
    assert (seen.code, seen.state) == ("black", DeviceState.USER_ERROR)
    assert seen.brightness < 12
    assert seen.sharpness < 5


def test_a_camera_that_is_not_there_ends_with_the_deadline() -> None:
    camera = _desk()
    camera.unplug()
    began_s = time.monotonic()
    seen = examine(camera, Deadline(0.4))
    assert time.monotonic() - began_s < 10
    assert not seen.has_picture
    assert (seen.code, seen.width, seen.brightness) == ("lost", 0, 0.0)


def test_a_camera_in_use_is_left_running() -> None:
    camera = _desk()
    camera.start()
    try:
        assert examine(camera, Deadline(30), 0.2).has_picture
        assert camera.status().code == "ok"
        assert camera.newest() is not None
    finally:
        camera.stop()


def _obey(camera: PortraitCamera, emulator: CameraEmulator | None, line: str) -> None:
    """What a technician does when asked."""
    what = emulator or camera
    if "cover" in line:
        camera.cover()
        threading.Timer(2.5, camera.clear).start()
    elif "plug" in line:
        what.unplug(1.0)


@pytest.mark.parametrize("is_emulated", [False, True])
def test_a_camera_that_conforms(is_emulated: bool) -> None:
    simulated = _desk()
    emulator = CameraEmulator(simulated) if is_emulated else None
    camera = open_camera(emulator.url) if emulator else simulated
    if emulator:
        assert simulated.wait_newer(None, Deadline(30)) is not None
    try:
        report = conform(
            "camera", "sim", checks(camera, 6.0), say=lambda line: _obey(simulated, emulator, line) if "please:" in line else None
        )
    finally:
        camera.stop()
        if emulator:
            emulator.stop()
    verdicts = {result.check.name: result.finding.verdict for result in report.results}
    assert set(verdicts.values()) == {Verdict.PASSED}, report
    assert report.conforms


def test_a_black_camera_does_not_conform() -> None:
    camera = _desk()
    camera.black()
    report = conform("camera", "sim", checks(camera, 0.1), say=lambda _line: None)
    verdicts = {result.check.name: result.finding.verdict for result in report.results}
    assert verdicts["brightness"] is Verdict.FAILED
    assert verdicts["opens"] is Verdict.PASSED
    assert not report.conforms


def test_a_missing_camera_fails_in_every_check_that_needs_it() -> None:
    camera = _desk()
    camera.unplug()
    report = conform(
        "camera", "sim", [check for check in checks(camera, 0.1) if check.name in ("presence", "stops")], say=lambda _line: None
    )
    assert {result.finding.verdict for result in report.results} == {Verdict.FAILED}


def test_without_a_picture_nobody_waits_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.camera.conformance._OPEN_S", 0.3)
    camera = _desk()
    camera.unplug()
    report = conform("camera", "sim", checks(camera, 600.0), say=lambda _line: None)
    verdicts = {result.check.name: result.finding.verdict for result in report.results}
    assert verdicts["opens"] is Verdict.FAILED
    assert {verdicts[name] for name in ("size", "rate", "exposure", "covered", "unplugged")} == {Verdict.SKIPPED}
    assert not report.conforms


def test_a_camera_has_no_line_to_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = ["--report", str(tmp_path / "r.md"), "--record", str(tmp_path / "line.txt")]
    assert main(["conform", "--url", "sim://portrait", *files]) == 2
    assert "--record" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_a_report_without_the_password(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with CameraEmulator(_desk()) as emulator:
        assert emulator.camera.wait_newer(None, Deadline(30)) is not None
        url = emulator.url.replace("http://", "http://user:secret@") + "?token=secret"
        code = main(["conform", "--url", url, "--report", str(tmp_path / "r.json"), "--patience", "0.2", "--json"])
    output = capsys.readouterr()
    report = json.loads((tmp_path / "r.json").read_text())
    assert code == 0, report
    assert report["conforms"] is True
    assert json.loads(output.out) == report
    assert "secret" not in output.out + output.err + json.dumps(report)
    skipped = {check["name"] for check in report["checks"] if check["verdict"] == "skipped"}
    assert skipped == {"covered", "unplugged"}


def test_a_report_that_cannot_be_written_is_exit_code_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.camera.__main__.checks", lambda _camera, _patience: [])
    assert main(["conform", "--url", "sim://document", "--report", str(tmp_path / "none" / "r.md")]) == 2
