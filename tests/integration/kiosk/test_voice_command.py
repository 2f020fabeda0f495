"""``kiosk voice``, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def _voice(folder: Path, settings: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = folder / "kiosk.toml"
    path.write_text(settings)
    environment = os.environ | {"PULSE_SERVER": f"unix:{folder}/nobody", "SPEECHD_ADDRESS": f"unix_socket:{folder}/nobody"}
    command = [sys.executable, "-m", "kiosk", "voice", "--settings", str(path), *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False)


def test_it_names_the_voices(tmp_path: Path) -> None:
    done = _voice(tmp_path, '[sound]\nengine = "mock"\n', "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert (found["engine"], found["code"]) == ("mock", "ok")
    assert found["voices"]["en"]


@pytest.mark.parametrize("engine", ["none"])
def test_a_machine_without_sound_says_so(tmp_path: Path, engine: str) -> None:
    done = _voice(tmp_path, f'[sound]\nengine = "{engine}"\n')
    assert done.returncode == 1
    assert "switched_off" in done.stdout


def test_bad_settings_are_one_line(tmp_path: Path) -> None:
    done = _voice(tmp_path, '[sound]\njack_device = "/dev/input/event1"\n')
    assert done.returncode != 0
    assert "jack_plugged_key" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
