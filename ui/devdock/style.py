"""How the drawer looks: the terminal's colours, at the size of a desk."""

from __future__ import annotations

from ui.devdock.protocol import Tone
from ui.theme.palettes import PLAIN, Colour
from ui.theme.tokens import FONT_FAMILY

TONES = {
    Tone.FINE: PLAIN[Colour.CELADON],
    Tone.QUIET: PLAIN[Colour.CELADON_LIGHT],
    Tone.WAITING: PLAIN[Colour.AMBER],
    Tone.BROKEN: PLAIN[Colour.SEAL_RED],
}
"""Colour of the lamp before a line."""


def stylesheet() -> str:
    """For the whole drawer."""
    colour = {one.name: PLAIN[one] for one in Colour}
    return _SHEET % (colour | {"FONT": FONT_FAMILY})


_SHEET = """
QWidget { font-family: "%(FONT)s"; font-size: 12px; color: %(INK)s; }
QWidget#drawer, QWidget#drawer_page, QScrollArea { background: %(PAGE)s; border: none; }
QLabel#drawer_title { font-size: 17px; font-weight: 600; }
QLabel#drawer_note, QLabel#detail, QLabel#at { color: %(INK_SOFT)s; font-size: 11px; }
QLabel#group_title { font-size: 12px; font-weight: 600; color: %(DEEP)s; }
QLabel#group_key { font-size: 11px; font-weight: 600; color: %(CARD)s; background: %(DEEP)s; border-radius: 4px; padding: 0 5px; }
QLabel#name { color: %(INK_SOFT)s; }
QLabel#value { font-weight: 500; }
QLabel[wrong="true"] { color: %(SEAL_RED)s; }
QFrame#card { background: %(CARD)s; border: 1px solid %(HAIRLINE)s; border-radius: 8px; }
QLineEdit { background: %(CARD)s; border: 1px solid %(OUTLINE)s; border-radius: 6px; padding: 4px 8px; }
QLineEdit:focus { border: 2px solid %(FOCUS)s; padding: 3px 7px; }
QPushButton {
    background: %(CARD)s; border: 1px solid %(OUTLINE)s; border-radius: 6px; padding: 4px 22px 4px 8px; text-align: left;
}
QPushButton:hover { background: %(CELADON_PALE)s; }
QPushButton:pressed { background: %(CELADON_LIGHT)s; }
QPushButton:focus { border: 2px solid %(FOCUS)s; padding: 3px 21px 3px 7px; }
QPushButton[inForce="true"] { background: %(DEEP)s; border-color: %(DEEP)s; color: %(CARD)s; font-weight: 600; }
QPushButton[inForce="true"]:focus { border-color: %(FOCUS)s; }
QPushButton:disabled { background: %(DISABLED)s; border-color: %(HAIRLINE)s; color: %(DISABLED_INK)s; }
QScrollBar:vertical { background: transparent; width: 8px; }
QScrollBar::handle:vertical { background: %(CELADON_LIGHT)s; border-radius: 4px; min-height: 30px; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; }
QToolTip { background: %(INK)s; color: %(CARD)s; border: none; padding: 4px 6px; }
"""
