"""The monkey: a short run with a fixed seed finds nothing, and what it looks for would be found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from benchmarks.monkey_watch import hits, left_behind
from benchmarks.monkey_world import CANARIES, WRITTEN
from kiosk import config
from kiosk.app import Terminal, build_terminal

ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [7, 20261127])
def test_a_short_run_finds_nothing(seed: int) -> None:
    command = [
        sys.executable,
        "-m",
        "benchmarks.monkey",
        "--actions",
        "600",
        "--least-visits",
        "5",
        "--seed",
        str(seed),
        "--json",
    ]
    ended = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=300, check=False)
    result = json.loads(ended.stdout or "{}")
    assert result.get("findings") == [], ended.stderr[-2000:]
    assert ended.returncode == 0
    assert result["visits"] >= 5
    assert len(result["steps"]) >= 12
    assert result["gui_block_s_max"] < 5


@pytest.fixture
def terminal(tmp_path: Path, qtbot: QtBot) -> Iterator[Terminal]:
    (tmp_path / "terminal").mkdir()
    settings = config.Settings(
        machine=config.Machine(data_dir=tmp_path / "terminal", full_screen=False),
        platform=config.Platform(url="http://127.0.0.1:9"),
        sound=config.Sound(engine="none"),
    )
    made = build_terminal(settings)
    yield made
    made.stop()


def test_what_session_widgets_and_clipboard_keep_is_found(terminal: Terminal) -> None:
    assert left_behind(terminal) == []
    terminal.visit.session.values["remarks"] = "x"
    label, entry = QLabel(CANARIES[0]), QLineEdit()
    entry.setText("x")
    entry.insert("y")
    QGuiApplication.clipboard().setText("x")
    found = "\n".join(left_behind(terminal))
    for words in ("session holds values", "QLabel", "QLineEdit", "clipboard"):
        assert words in found
    QGuiApplication.clipboard().clear()
    terminal.visit.session.wipe()
    label.deleteLater()
    entry.deleteLater()


def test_a_text_broken_for_the_screen_is_found() -> None:
    assert hits(["\u200b".join(WRITTEN)]) == [WRITTEN]
    assert hits(["another text"]) == []


PLANTED = """
from benchmarks.monkey_watch import left_in_memory
from benchmarks.monkey_world import WRITTEN

class Keeper:
    def __init__(self, text):
        self.text = text

before, keeper = left_in_memory(), Keeper(f"{WRITTEN}!")
print(before, left_in_memory(), sep="\\n")
"""


def test_a_copy_anywhere_in_memory_is_found() -> None:
    """In a process of its own: this one is full of what other tests hold."""
    command = [sys.executable, "-c", PLANTED]
    ended = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=100, check=True)
    before, after = ended.stdout.splitlines()
    assert before == "[]"
    assert "Keeper" in after or "dict" in after
