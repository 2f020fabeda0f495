"""语言: the three that are spoken here."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout

from kiosk.flow.events import LanguageChosen
from ui.sheets.base import Sheet
from ui.widgets.language_choice import LanguageChoice


class LanguageSheet(Sheet):
    """Goes away by itself: whoever has chosen wants to read on."""

    goes_with_the_choice = True

    def title(self) -> str:
        """What this is."""
        return self.look.say("language.title")

    def build(self, layout: QVBoxLayout) -> None:
        """One below the other, large enough for words that cannot be read."""
        choice = LanguageChoice(self.look, upright=True)
        choice.happened.connect(self._choose)
        layout.addWidget(choice)

    def _choose(self, event: LanguageChosen) -> None:
        self.happened.emit(event)
        self.closed.emit()
