"""How long the machine waits for a touch before it asks whether anybody is there."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui.look import Look
from ui.voice.marks import silent
from ui.widgets.panels import Picture, row
from ui.widgets.words import Words


class TimeLeft(QWidget):
    """A clock and minutes with seconds. Never read out: it would talk without end."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        line = row(look, self, gap_mm=1.5)
        line.addWidget(Picture(look, "clock", 6))
        self._words = silent(Words("", "small"))
        self._words.setWordWrap(False)
        line.addWidget(self._words)
        self.hide()

    def show_left(self, seconds: int) -> None:
        """Show what is left; the place it takes does not change with the digits."""
        self._words.setText(self._look.say("chrome.left", minutes=seconds // 60, seconds=f"{seconds % 60:02d}"))
        self.show()
