"""Yes and no to a consent, of one size."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.flow.events import ConsentAnswered
from ui.look import Look
from ui.theme.tokens import SPACE
from ui.widgets.buttons import Button
from ui.widgets.fitting import FittingGrid
from ui.widgets.panels import column


class Answers(QWidget):
    """Two buttons side by side. With ``prefer_yes`` the yes is the main action of the screen, else both look the same."""

    happened = Signal(object)

    def __init__(self, look: Look, yes: str, no: str, *, prefer_yes: bool) -> None:
        super().__init__()
        line = column(look, self, gap_mm=0.0)
        both = FittingGrid(look, most=2, gap_mm=6.0)
        line.addWidget(both)
        self._no = self._button(look, no, "quiet", "consent_no")
        self._yes = self._button(look, yes, "main" if prefer_yes else "quiet", "consent_yes")
        both.add(self._no)
        both.add(self._yes)
        self._no.clicked.connect(self._on_no)
        self._yes.clicked.connect(self._on_yes)

    @staticmethod
    def _button(look: Look, text: str, kind: str, name: str) -> Button:
        button = Button(look, text, kind, name)
        button.setMinimumHeight(look.px(SPACE.main_target))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def _on_no(self) -> None:
        self.happened.emit(ConsentAnswered(granted=False))

    def _on_yes(self) -> None:
        self.happened.emit(ConsentAnswered(granted=True))
