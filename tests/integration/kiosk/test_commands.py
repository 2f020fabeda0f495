"""The terminal's commands as an operator meets them: true processes, one clear line when something is wrong."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

ROOT = Path(__file__).parents[3]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}


def kiosk(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kiosk", *words]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=90, env=ENVIRONMENT, check=False)


def told(ended: subprocess.CompletedProcess[str]) -> str:
    """The one line on standard error; anything else there is a defect."""
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, ended.stderr
    assert "Traceback" not in ended.stderr
    return lines[0]


@pytest.mark.parametrize(
    "command", ["run", "demo", "enrol", "queue", "staff", "verify-face", "liveness", "read-code", "verify-receipt", "emulate"]
)
def test_every_command_explains_itself(command: str) -> None:
    ended = kiosk(command, "--help")
    assert ended.returncode == 0
    assert ended.stdout.startswith(f"usage: kiosk {command}")


def test_technicians_tools_start_no_qt() -> None:
    tools = ("kiosk.commands.emulate", "kiosk.commands.read_code", "kiosk.commands.verify_face", "kiosk.commands.queue")
    tools += ("kiosk.commands.verify_receipt",)
    script = f"import sys\nfor name in {tools!r}: __import__(name)\nprint([name for name in sys.modules if name.startswith('PySide6')])"
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=ENVIRONMENT, timeout=60, check=True
    )
    assert ended.stdout.strip() == "[]"


@pytest.mark.parametrize("text", ["[machine", '[machine]\nnaem = "x"', "[times]\nidle_warning_s = 0"])
def test_unreadable_settings_are_one_line(tmp_path: Path, text: str) -> None:
    settings = tmp_path / "kiosk.toml"
    settings.write_text(text, encoding="utf-8")
    ended = kiosk("run", "--settings", str(settings))
    assert ended.returncode == 1
    assert str(settings) in told(ended)


def test_the_terminal_stops_when_the_service_manager_says_so(tmp_path: Path) -> None:
    settings = tmp_path / "kiosk.toml"
    settings.write_text(
        f'[machine]\ndata_dir = "{tmp_path / "data"}"\n[platform]\nurl = "http://127.0.0.1:9"\n', encoding="utf-8"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "kiosk", "run", "--settings", str(settings)], env=ENVIRONMENT, stderr=subprocess.PIPE
    )
    queue = tmp_path / "data" / "queue"
    while not queue.exists() and process.poll() is None:
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr.decode()


def test_missing_settings_are_one_line(tmp_path: Path) -> None:
    assert "none.toml" in told(kiosk("run", "--settings", str(tmp_path / "none.toml")))


def test_enrolment_at_a_platform_that_is_not_there_is_one_line_and_never_shows_the_token(tmp_path: Path) -> None:
    settings = tmp_path / "kiosk.toml"
    settings.write_text(
        f'[machine]\ndata_dir = "{tmp_path / "data"}"\n[platform]\nurl = "http://127.0.0.1:9"\n', encoding="utf-8"
    )
    ended = kiosk("enrol", "--settings", str(settings), given="secret-token\n")
    assert ended.returncode == 1
    assert "http://127.0.0.1:9" in told(ended)
    assert "secret-token" not in ended.stderr + ended.stdout


def test_staff_are_added_from_a_pipe_and_a_bad_pin_is_told(tmp_path: Path) -> None:
    assert kiosk("staff", "--data", str(tmp_path), "--id", "1001", given="246810\n").returncode == 0
    assert stat.S_IMODE((tmp_path / "staff.toml").stat().st_mode) == 0o600
    ended = kiosk("staff", "--data", str(tmp_path), "--id", "1001", given="12\n")
    assert ended.returncode == 1
    assert "6 to 12 digits" in told(ended)


def test_an_empty_queue_is_told_in_words_and_json(tmp_path: Path) -> None:
    assert kiosk("queue", "--data", str(tmp_path)).stdout.startswith("queue: empty")
    assert json.loads(kiosk("queue", "--data", str(tmp_path), "--json").stdout)["pending"] == 0
    assert "no such folder" in told(kiosk("queue", "--data", str(tmp_path / "none")))


def test_a_picture_without_a_face_gives_two_and_the_reason(tmp_path: Path) -> None:
    blank = tmp_path / "blank.jpg"
    cv2.imwrite(str(blank), np.full((300, 300, 3), 200, np.uint8))
    ended = kiosk("verify-face", str(blank), str(blank), "--json")
    assert ended.returncode == 2
    assert "no face" in told(ended)
    assert not ended.stdout


def test_one_person_in_two_pictures_is_a_match(tmp_path: Path) -> None:
    from skimage import data

    portrait = np.asarray(data.astronaut())[0:252, 100:350, ::-1]
    probe, reference = tmp_path / "probe.jpg", tmp_path / "reference.jpg"
    cv2.imwrite(str(probe), portrait)
    cv2.imwrite(str(reference), cv2.resize(cv2.cvtColor(portrait, cv2.COLOR_BGR2GRAY), (150, 151)))
    answer = json.loads(kiosk("verify-face", str(probe), str(reference), "--json").stdout)
    assert set(answer) == {"distance", "threshold", "match", "engine", "ms"}
    assert answer["match"] is True
    assert 0 < answer["distance"] < answer["threshold"]


def test_codes_in_pictures_come_as_one_json_line_each(tmp_path: Path) -> None:
    import zxingcpp

    pictures = []
    for number, text in enumerate(("OUEBAN1:测试", "第二")):
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
        path = tmp_path / f"{number}.png"
        cv2.imwrite(str(path), np.array(zxingcpp.write_barcode_to_image(code, scale=6)))
        pictures.append(str(path))
    ended = kiosk("read-code", *pictures, str(tmp_path / "none.png"), "--json")
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [line["codes"][0]["text"] if line["codes"] else None for line in lines] == ["OUEBAN1:测试", "第二", None]
    assert bytes.fromhex(lines[0]["codes"][0]["bytes_hex"]).decode() == "OUEBAN1:测试"
    assert ended.returncode == 2
    assert "none.png" in told(ended)


def test_what_a_code_says_to_the_terminal_is_shown_not_obeyed(tmp_path: Path) -> None:
    import zxingcpp

    code = zxingcpp.create_barcode("a\x1b[2J\r\nb", zxingcpp.BarcodeFormat.QRCode)
    cv2.imwrite(str(tmp_path / "code.png"), np.array(zxingcpp.write_barcode_to_image(code, scale=6)))
    ended = kiosk("read-code", str(tmp_path / "code.png"))
    assert ended.stdout == f"{tmp_path / 'code.png'}: QRCode: a\\x1b[2J\\r\\nb\n"


def test_the_demo_clears_no_folder_that_is_not_its_own(tmp_path: Path) -> None:
    mine = tmp_path / "terminal" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("keep")
    ended = kiosk("demo", "--out", str(tmp_path))
    assert ended.returncode == 1
    assert "not of an earlier demo" in told(ended)
    assert mine.read_text() == "keep"
    assert kiosk("demo", "--out", str(mine)).returncode == 1


def test_a_taken_port_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = kiosk("emulate", "id-reader", "--listen", f"127.0.0.1:{port}")
    assert ended.returncode == 1
    assert f"127.0.0.1:{port}" in told(ended)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    ended = kiosk("emulate", "printer", "--paper-dir", str(file))
    assert ended.returncode == 1
    assert f"{file}: File exists" in told(ended)


def test_emulators_listen_on_loopback_only() -> None:
    assert kiosk("emulate", "id-reader", "--listen", "0.0.0.0:7001").returncode == 2


@pytest.fixture
def emulated_reader() -> Iterator[str]:
    command = [sys.executable, "-m", "kiosk", "emulate", "id-reader", "--pty"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("ready /"), "a path that stays good when the terminal comes back under another number"
    yield line.split()[1]
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    process.stdout.close()
    assert process.stdin is not None
    process.stdin.close()


def test_the_emulated_reader_is_read_by_the_technicians_command(emulated_reader: str) -> None:
    command = [sys.executable, "-m", "drivers.id_card_reader", "read", "--url", emulated_reader, "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, env=ENVIRONMENT, check=False)
    assert ended.returncode == 0, ended.stderr
    answer = json.loads(ended.stdout)
    assert answer["name"] == "测试·林小瓯"
    assert answer["id_number"] == "330304********0026"
