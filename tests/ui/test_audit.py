"""The audit finds what is planted, each kind by itself; that nothing is wrong with the true screens is told by test_layout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont

from kiosk.domain.language import Language
from tests.ui.conftest import MakeWindow
from ui.audit import report
from ui.audit.report import audit, violations_of
from ui.gallery.plates import Plate, plates
from ui.gallery.render import show
from ui.theme.palettes import Colour
from ui.widgets.buttons import Button
from ui.widgets.words import Words
from ui.window import KioskWindow

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home() -> Plate:
    return next(plate for plate in plates(Language.ZH) if plate.name == "home")


@pytest.fixture
def subject(make_window: MakeWindow, home: Plate) -> KioskWindow:
    window = make_window()
    show(window, home)
    return window


def _button(window: KioskWindow) -> Button:
    button = window.findChild(Button, "progress")
    assert isinstance(button, Button)
    return button


def _words(window: KioskWindow) -> Words:
    return next(label for label in window.findChildren(Words) if label.isVisible() and len(label.text()) > 3)


def _lower(window: KioskWindow) -> None:
    font = QFont(_words(window).font())
    font.setPixelSize(9)
    _words(window).setStyleSheet("font-size: 9px")
    _words(window).setFont(font)


PLANTED: dict[str, Callable[[KioskWindow], object]] = {
    "cut text": lambda window: _button(window).setText("一句太长的话" * 20),
    "outside": lambda window: _button(window).move(2000, 0),
    "small target": lambda window: _button(window).setFixedSize(20, 20),
    "no name": lambda window: (_button(window).setText(""), _button(window).setAccessibleName("")),
    "out of reach of keys": lambda window: _button(window).setFocusPolicy(Qt.FocusPolicy.NoFocus),
    "low capitals": _lower,
    "overlap": lambda window: _button(window).move(window.findChild(Button, "policies").pos()),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_what_is_planted_is_found(subject: KioskWindow, home: Plate, kind: str) -> None:
    assert not list(violations_of(subject, home))
    PLANTED[kind](subject)
    assert kind in {found for found, _ in violations_of(subject, home)}


def test_a_screen_that_must_be_whole_and_is_longer_than_its_place_is_found(make_window: MakeWindow) -> None:
    """Whoever nods before the camera pushes no page."""
    window = make_window()
    face = next(plate for plate in plates(Language.ZH) if plate.name == "face-nod")
    show(window, face)
    assert not list(violations_of(window, face))
    window.resize(1080, 560)
    show(window, face)
    assert "below the fold" in {found for found, _ in violations_of(window, face)}


def test_a_pair_of_colours_that_cannot_be_read_is_found(qtbot: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "TEXT_PAIRS", ((Colour.DISABLED, Colour.CARD),))
    found = next(audit(()))
    assert (found.kind, found.screen) == ("contrast", "theme")


def test_the_command_tells_by_its_exit_code() -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, "-m", "ui.audit", "--size", "27in", "--mode", "normal", "--language", "zh", "--json"],
        cwd=ROOT, env=environment, capture_output=True, check=False, encoding="utf-8",
    )  # fmt: skip
    assert (ended.returncode, json.loads(ended.stdout)) == (0, {"violations": []})
