"""Matters by five keys and by ear: those that take most writing end, and what sounds alike would be told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from benchmarks.five_keys_booth import Booth, Lost
from kiosk.demo.residents import sample_residents
from kiosk.flow import events as ev
from kiosk.headless.dry import DryWorld
from kiosk.headless.flow import WorldFlow
from tests.helpers.people import sample_catalogue
from ui.five_keys.stage import WindowStage
from ui.widgets.buttons import Button
from ui.window import KioskWindow

ROOT = Path(__file__).parents[2]


def test_one_after_another_ends_in_a_case() -> None:
    """The second writes Chinese too: whoever comes later must find the keyboard as the first did."""
    command = [sys.executable, "-m", "benchmarks.five_keys", "--json", "--matter", "insurance_proof", "--matter", "sole_trader"]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110, check=False)
    result = json.loads(ended.stdout or "{}")
    assert (result.get("not_ended"), result.get("alike")) == ({}, []), ended.stderr[-2000:]
    assert (ended.returncode, result["ended"]) == (0, 2)
    assert all(count > 50 for count in result["presses"].values())


@pytest.fixture
def booth(qtbot: QtBot) -> Iterator[Booth]:
    window = KioskWindow(with_keyboard=False, moves=False)
    qtbot.addWidget(window)
    window.show()
    resident = sample_residents()[0]
    made = Booth(window, WorldFlow(DryWorld(sample_catalogue(), resident, date(2026, 11, 24))), resident)
    made._on_happened(ev.Touched())
    yield made
    made.leave()


def test_two_that_sound_alike_are_told(booth: Booth) -> None:
    booth._reach("shelf:tax")
    assert booth.alike == set()
    heard: dict[str, str] = {}
    for name in ("progress", "policies"):
        booth._compare(heard, _button(booth, name), "同一个名字。")
    assert booth.alike == {"home: progress and policies say '同一个名字。'"}


def test_what_cannot_be_reached_is_told(booth: Booth) -> None:
    with pytest.raises(Lost, match="item:nowhere is not reached in home"):
        booth._reach("item:nowhere")


def _button(booth: Booth, name: str) -> Button:
    found: list[QObject] = [stop for stop in WindowStage(booth._window).stops() if stop.objectName() == name]
    assert isinstance(found[0], Button)
    return found[0]
