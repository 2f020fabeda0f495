"""Capital letters, in the order of the alphabet: nobody has to know a keyboard to write the one that ends a receipt number."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from ui.look import Look
from ui.theme.tokens import SPACE
from ui.widgets.buttons import Button

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_COLUMNS = 9


class LetterPad(QWidget):
    """Twenty-six keys."""

    letter = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(look.px(2.4))
        for number, letter in enumerate(_LETTERS):
            key = Button(look, letter, "key", f"key:{letter}")
            key.setAccessibleName(look.say("keypad.letter", letter=letter))
            key.setFixedHeight(look.px(SPACE.target))
            key.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            key.clicked.connect(self._on_letter)
            grid.addWidget(key, number // _COLUMNS, number % _COLUMNS)
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)

    def _on_letter(self) -> None:
        key = self.sender()
        if isinstance(key, Button):
            self.letter.emit(key.text())
