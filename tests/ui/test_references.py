"""Every screen looks as it did when its reference was drawn; wanted changes: ``make references``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from tests.ui.conftest import MakeWindow
from ui.gallery import references
from ui.gallery.references import FORMAT, SHEETS, Change, Pixels, Sheet
from ui.theme import palettes
from ui.theme.palettes import Colour
from ui.widgets.words import Words
from ui.window import KioskWindow

FOLDER = Path(__file__).parent / "references"
ZH = SHEETS[0]
GLYPH_CACHE = 0.01
"""Digits drawn for the first time can differ a shade from the same ones taken from Qt's cache."""


@pytest.fixture
def subject(make_window: MakeWindow) -> KioskWindow:
    return _window(make_window)


def _window(make_window: MakeWindow) -> KioskWindow:
    window = make_window(mm_per_px=FORMAT.mm_per_px, moves=False)
    window.resize(FORMAT.width, FORMAT.height)
    return window


def _save(picture: Pixels, path: Path) -> None:
    height, width, _ = picture.shape
    references.save(QImage(picture.tobytes(), width, height, width * 3, QImage.Format.Format_RGB888), path)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_screen_looks_as_before(subject: KioskWindow, sheet: Sheet, tmp_path: Path) -> None:
    before, now = references.read(FOLDER, sheet), references.draw(subject, sheet.plates())
    changed = references.changes(before, now)
    for name, change in changed.items():
        if change is Change.LOOKS_OTHERWISE:
            _save(np.hstack([before[name], now[name]]), tmp_path / f"{name}.png")
    told = {name: change.value for name, change in changed.items()}
    assert not told, f"before and now side by side: {tmp_path}; wanted? make references"


def test_the_references_are_all_there_and_no_others() -> None:
    names = {f"{sheet.name}.{ending}" for sheet in SHEETS for ending in ("png", "txt")}
    assert {path.name for path in FOLDER.iterdir()} == names
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 3_000_000


def test_a_screen_drawn_twice_is_the_same(subject: KioskWindow) -> None:
    waiting = [plate for plate in ZH.plates() if plate.screen.wait or plate.screen.chrome.idle_warning or plate.name == "sms"]
    assert len(waiting) > 10
    first, second = references.draw(subject, tuple(waiting)), references.draw(subject, tuple(waiting))
    apart = {name: references.distance(first[name], second[name]) for name in first}
    assert [name for name, far in apart.items() if far.mean > GLYPH_CACHE or far.strong] == []


def _move(window: KioskWindow, name: str) -> None:
    button = window.findChild(QWidget, name)
    assert button is not None
    button.move(button.x() + 20, button.y())


def _cut(window: KioskWindow) -> None:
    words = next(words for words in window.findChildren(Words) if words.isVisible() and len(words.text()) > 12)
    words.setText(words.text()[: len(words.text()) // 2])


PLANTED: dict[str, Callable[[KioskWindow], None]] = {
    "search moved": lambda window: _move(window, "search"),
    "progress moved": lambda window: _move(window, "progress"),
    "language moved": lambda window: _move(window, "language"),
    "help moved": lambda window: _move(window, "help"),
    "text cut": _cut,
}


@pytest.mark.parametrize("planted", PLANTED)
def test_what_is_planted_is_found(subject: KioskWindow, planted: str) -> None:
    home = next(plate for plate in ZH.plates() if plate.name == "home")
    before = {"home": references.read(FOLDER, ZH)["home"]}
    assert references.changes(before, {"home": references.picture_of(subject, home)}) == {}
    PLANTED[planted](subject)
    assert references.changes(before, {"home": references.small_picture(subject)}) == {"home": Change.LOOKS_OTHERWISE}


@pytest.mark.parametrize(
    ("colour", "value", "plate"),
    [(Colour.DEEP, "#1F4E8C", "consent"), (Colour.PAGE, "#F8F5F3", "farewell"), (Colour.INK, "#5A5A5A", "guide")],
)
def test_another_colour_is_found(
    make_window: MakeWindow, monkeypatch: pytest.MonkeyPatch, colour: Colour, value: str, plate: str
) -> None:
    monkeypatch.setattr(palettes.PLAIN, "_colours", palettes.PLAIN._colours | {colour: value})
    shown = next(one for one in ZH.plates() if one.name == plate)
    before = {plate: references.read(FOLDER, ZH)[plate]}
    now = references.draw(_window(make_window), (shown,))
    assert references.changes(before, now) == {plate: Change.LOOKS_OTHERWISE}


def test_new_and_removed_plates_are_told_as_such() -> None:
    before = references.read(FOLDER, ZH)
    now = {("fresh" if name == "home" else name): picture for name, picture in before.items()}
    assert references.changes(before, now) == {"home": Change.GONE, "fresh": Change.NEW}
