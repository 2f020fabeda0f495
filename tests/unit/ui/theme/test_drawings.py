"""The drawings: all valid, in the theme's colours, and all that are asked for exist."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from kiosk.domain.rating import Grade
from ui.theme import drawings
from ui.theme.palettes import HIGH_CONTRAST, PLAIN, Colour

ROOT = Path(__file__).parents[4]
ITEMS = ("insurance_proof", "residence_permit", "senior_card")


@pytest.mark.parametrize("path", sorted(drawings.FOLDER.glob("*.svg")), ids=lambda path: path.stem)
def test_a_drawing_is_valid_ours_and_in_the_colours_of_the_theme(path: Path, qapp: QApplication) -> None:
    text = path.read_text(encoding="utf-8")
    root = ET.fromstring(text)  # noqa: S314 - our own files
    assert root.get("viewBox")
    assert not re.search(r"<(script|image|style|text|linearGradient|filter)|href|url\(", text)
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", text)) <= PLAIN.values
    image = drawings.pixmap(path.stem, QSize(64, 64), HIGH_CONTRAST).toImage()
    assert any(image.pixelColor(x, y).alpha() for x in range(0, 64, 2) for y in range(0, 64, 2)), "nothing is drawn"


def test_items_grades_and_movements_have_drawings() -> None:
    wanted = {*ITEMS, *(f"grade_{grade.value}" for grade in Grade)}
    wanted |= {f"action_{name}" for name in ("blink", "turn_left", "turn_right", "open_mouth")}
    assert wanted <= drawings.names()


def test_drawings_the_code_names_exist() -> None:
    named: set[str] = set()
    for path in (ROOT / "ui").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        named |= set(
            re.findall(r'(?:Picture|\.draw|add_picture|drawings\.\w+)\((?:(?:self\.)?_?look, |self\.page, |body, )?"(\w+)"', text)
        )
        named |= set(re.findall(r'icon="(\w+)"', text))
    assert len(named) > 15
    assert named <= drawings.names()


def test_an_item_with_a_drawing_from_the_future_gets_a_plain_page() -> None:
    assert drawings.item_picture("insurance_proof") == "insurance_proof"
    assert drawings.item_picture("../../etc/passwd") == drawings.GENERIC_ITEM


def test_a_drawing_that_is_not_there_is_a_bug_that_shows(qapp: QApplication) -> None:
    with pytest.raises(LookupError):
        drawings.pixmap("no_such_drawing", QSize(8, 8), PLAIN)


def test_a_glyph_takes_the_colour_it_is_given(qapp: QApplication) -> None:
    red, deep = (drawings.pixmap("check", QSize(48, 48), PLAIN, colour).toImage() for colour in (Colour.SEAL_RED, Colour.DEEP))
    assert red != deep


def test_an_icon_is_made_once(qapp: QApplication) -> None:
    """Qt's style keeps what it draws of each new one."""
    made = [drawings.icon("clock", 40, 8, PLAIN, Colour.DEEP) for _ in range(2)]
    assert made[0].cacheKey() == made[1].cacheKey()
    assert drawings.icon("clock", 40, 8, HIGH_CONTRAST, Colour.DEEP).cacheKey() != made[0].cacheKey()


def test_whoever_paints_on_a_drawing_paints_on_their_own(qapp: QApplication) -> None:
    mine = drawings.pixmap("clock", QSize(40, 40), PLAIN)
    mine.fill(QColor("red"))
    assert drawings.pixmap("clock", QSize(40, 40), PLAIN).toImage() != mine.toImage()
