"""One button a language, each in its own words: whoever cannot read this screen must find theirs."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from kiosk.domain.language import Language
from kiosk.flow.events import LanguageChosen
from ui.look import Look
from ui.widgets.buttons import Button
from ui.widgets.panels import column, row

OWN_NAMES = {Language.ZH: "简体", Language.ZH_HANT: "繁體", Language.EN: "English"}
"""The same on every screen, whatever language it speaks."""
_SHORT_NAMES = {Language.ZH: "简", Language.ZH_HANT: "繁", Language.EN: "EN"}


def others(language: Language) -> str:
    """What a single button that leads to the choice is called: the languages that are not spoken now."""
    return " / ".join(name for other, name in _SHORT_NAMES.items() if other is not language)


class LanguageChoice(QWidget):
    """Side by side, or one above the other; the one that is spoken now is filled."""

    happened = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None, *, upright: bool = False) -> None:
        super().__init__(parent)
        self._spoken = look.language
        line: QBoxLayout = column(look, self, gap_mm=4.0) if upright else row(look, self, gap_mm=2.5)
        self._buttons = {language: self._button(look, language) for language in Language}
        for button in self._buttons.values():
            line.addWidget(button)

    def _button(self, look: Look, language: Language) -> Button:
        button = Button(look, OWN_NAMES[language], "choice", f"language:{language.value}")
        button.setCheckable(True)
        button.setChecked(language is self._spoken)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(self._choose)
        return button

    def _choose(self) -> None:
        chosen = next(language for language, button in self._buttons.items() if button is self.sender())
        for language, button in self._buttons.items():
            button.setChecked(language is self._spoken)
        self.happened.emit(LanguageChosen(chosen))
