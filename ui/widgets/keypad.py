"""The number pad: large keys in the order of a telephone."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from ui.look import Look
from ui.theme.tokens import SPACE
from ui.widgets.buttons import Button

_PLACES = {
    "1": (0, 0),
    "2": (0, 1),
    "3": (0, 2),
    "4": (1, 0),
    "5": (1, 1),
    "6": (1, 2),
    "7": (2, 0),
    "8": (2, 1),
    "9": (2, 2),
    "0": (3, 1),
}


class Keypad(QWidget):
    """Ten digits and delete; for ID numbers ``X``, and in the dock a key that hides the pad."""

    digit = Signal(str)
    deleted = Signal()
    done = Signal()

    def __init__(self, look: Look, *, with_x: bool = False, with_done: bool = False) -> None:
        super().__init__()
        self._look = look
        self.setMaximumWidth(look.px(250))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(look.px(3.4))
        for column in range(3):
            self._grid.setColumnStretch(column, 1)
        for text, place in _PLACES.items():
            self._add(text, place, look.say("keypad.digit", digit=text))
        if with_x:
            self._add("X", (3, 0), look.say("keypad.digit", digit="X"))
        if with_done:
            place = (4, 0) if with_x else (3, 0)
            self._function("hide", "key:done", look.say("keypad.done"), place).clicked.connect(self.done)
        self._function("delete", "key:delete", look.say("keypad.delete"), (3, 2)).clicked.connect(self.deleted)

    def _add(self, text: str, place: tuple[int, int], accessible_name: str) -> None:
        key = self._key(text, f"key:{text}", accessible_name, place)
        key.clicked.connect(self._on_digit)

    def _function(self, icon: str, name: str, accessible_name: str, place: tuple[int, int]) -> Button:
        key = self._key("", name, accessible_name, place)
        key.draw(icon)
        return key

    def _key(self, text: str, name: str, accessible_name: str, place: tuple[int, int]) -> Button:
        key = Button(self._look, text, "key", name)
        key.setAccessibleName(accessible_name)
        key.setFixedHeight(self._look.px(SPACE.key))
        key.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._grid.addWidget(key, *place)
        return key

    def _on_digit(self) -> None:
        key = self.sender()
        if isinstance(key, Button):
            self.digit.emit(key.text())
