"""The resting screen: the river Ou, and one thing to do: touch it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout

from kiosk.domain.language import Language
from kiosk.flow.events import Touched
from kiosk.flow.views import IdleView
from ui import strings
from ui.look import Look
from ui.screens.base import StepScreen
from ui.theme import drawings
from ui.theme.tokens import SPACE
from ui.voice import marks
from ui.widgets.buttons import CardButton
from ui.widgets.language_choice import LanguageChoice
from ui.widgets.panels import Panel, Picture, column, row
from ui.widgets.words import Words

_SCENE = QSize(1080, 760)
_ZOOM_PERCENT = 128
_WIDE_PERCENT = 66


class Scene(CardButton):
    """The whole screen as one button, with the landscape at its foot."""

    def __init__(self, look: Look, accessible_name: str) -> None:
        super().__init__(look, accessible_name, "touch_to_begin", kind="scene")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the landscape across the whole width."""
        super().paintEvent(event)
        width = self.width() * (100 if self._look.is_wide else _ZOOM_PERCENT) // 100
        height = width * _SCENE.height() // _SCENE.width()
        # Where the screen lies, the water stays below its edge: the words stand above the hills.
        shown = min(height, self.height() * _WIDE_PERCENT // 100) if self._look.is_wide else height
        drawn = drawings.pixmap("river_scene", QSize(width, height), self._look.palette)
        QPainter(self).drawPixmap((self.width() - width) // 2, self.height() - shown, drawn)


_NAMES = {Language.ZH: 3, Language.ZH_HANT: 3, Language.EN: 2}
"""So many names stand side by side; words in English are longer."""


class IdleScreen(StepScreen[IdleView]):
    """Touch to begin."""

    fills_window = True

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.page.setContentsMargins(0, 0, 0, 0)
        self._scene = Scene(look, look.say("idle.touch"))
        self._scene.clicked.connect(self._begin)
        inside = column(look, self._scene, gap_mm=6.0)
        above = min(62.0, look.height_mm * 0.1)
        inside.setContentsMargins(look.px(SPACE.margin), look.px(above), look.px(SPACE.margin), look.px(above * 0.42))
        inside.addLayout(self._brand())
        inside.addSpacing(look.px(above * 0.22))
        inside.addWidget(Words(look.say("idle.title"), "title", centred=True))
        inside.addWidget(Words(look.say("idle.subtitle"), "soft", centred=True))
        inside.addSpacing(look.px(above * 0.16))
        self._offers = row(look, gap_mm=4.0)
        inside.addLayout(self._offers)
        inside.addStretch(1)
        inside.addWidget(self._invitation(), 0, Qt.AlignmentFlag.AlignHCenter)
        self.page.addWidget(self._scene)
        self._languages = LanguageChoice(look, self._scene)
        self._languages.happened.connect(self.happened)

    def _brand(self) -> QHBoxLayout:
        line = row(self.look, gap_mm=7.0)
        line.addStretch()
        line.addWidget(Picture(self.look, "mark", 30))
        name = Words(self.look.say("brand.name"), "display")
        name.setWordWrap(False)
        line.addWidget(name)
        line.addStretch()
        return line

    def _invitation(self) -> Panel:
        other = Language.EN if self.look.language.is_chinese else Language.ZH
        panel = Panel("card")
        lines = column(self.look, panel, gap_mm=1.0)
        lines.setContentsMargins(self.look.px(18), self.look.px(8), self.look.px(18), self.look.px(8))
        for text, role in ((self.look.say("idle.touch"), "heading"), (strings.text("idle.touch", other), "soft")):
            words = Words(text, role, centred=True)
            words.setWordWrap(False)
            lines.addWidget(marks.silent(words))  # the whole screen is called so
        panel.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return panel

    def show_model(self, model: IdleView) -> None:
        """Name what can be done here."""
        while (item := self._offers.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._offers.addStretch()
        named = model.item_names[: _NAMES[self.look.language]]
        left = model.more + len(model.item_names) - len(named)
        more = (self.look.say("idle.more", count=left),) if left else ()
        for name in (*named, *more):
            chip = Panel("pale")
            chip.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            words = Words(name, "deep_small")
            words.setWordWrap(False)
            inside = column(self.look, chip)
            inside.setContentsMargins(self.look.px(5), self.look.px(2.5), self.look.px(5), self.look.px(2.5))
            inside.addWidget(words)
            self._offers.addWidget(chip)
        self._offers.addStretch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the languages in their corner."""
        super().resizeEvent(event)
        hint, margin = self._languages.sizeHint(), self.look.px(SPACE.margin)
        self._languages.setGeometry(self.width() - hint.width() - margin, self.look.px(7), hint.width(), hint.height())
        self._languages.raise_()

    def _begin(self) -> None:
        self.happened.emit(Touched())
