"""What surrounds the screens of a visit: header with mark, progress, language and quit; footer with back, main action, help."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from kiosk.domain.language import Language
from kiosk.flow.events import Back, LanguageChosen, Quit
from kiosk.flow.states import Step
from kiosk.flow.views import Chrome
from ui.look import Look
from ui.theme.tokens import SPACE
from ui.widgets.buttons import Button
from ui.widgets.panels import Picture, column, row
from ui.widgets.river import River
from ui.widgets.words import Words


@dataclass(frozen=True, slots=True)
class MainAction:
    """The one thing a screen wants to be done next."""

    text: str
    name: str = "main_action"
    enabled: bool = True


def _hide(widgets: list[QWidget], hidden: bool) -> None:
    """Hide widgets in such a way that nothing else moves."""
    for widget in widgets:
        policy = widget.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        widget.setSizePolicy(policy)
        widget.setVisible(not hidden)


class Header(QWidget):
    """Top of the screen."""

    happened = Signal(object)

    def __init__(self, look: Look, chrome: Chrome) -> None:
        super().__init__()
        self._other = Language.EN if chrome.language is Language.ZH else Language.ZH
        layout = column(look, self, gap_mm=4.0)
        layout.setContentsMargins(0, look.px(7), 0, 0)
        bar = row(look, gap_mm=4.0)
        bar.setContentsMargins(look.px(SPACE.margin), 0, look.px(SPACE.margin), 0)
        mark = Picture("mark", look.px(SPACE.target))
        bar.addWidget(mark)
        names = column(look, gap_mm=0.0)
        brand = Words(look.say("brand.name"), "strong")
        tagline = Words(chrome.item_name or look.say("brand.tagline"), "small")
        names.addWidget(brand)
        names.addWidget(tagline)
        bar.addLayout(names, 1)
        self._dims: list[QWidget] = [mark, brand, tagline]
        self.language = Button(look, look.say("chrome.language"), "bar", "language", icon="language")
        self.language.setAccessibleName(look.say("chrome.language_hint"))
        self.language.clicked.connect(self._switch)
        if chrome.step is Step.FAREWELL:
            self.language.hide()
        bar.addWidget(self.language)
        self.quit = Button(look, look.say("chrome.quit"), "bar", "quit", icon="close")
        self.quit.clicked.connect(self._quit)
        if not chrome.can_quit:
            self.quit.hide()
        bar.addWidget(self.quit)
        layout.addLayout(bar)
        if chrome.position:
            river = River(look, chrome.position, chrome.landings)
            layout.addWidget(river)
            self._dims.append(river)

    def dim(self, dimmed: bool) -> None:
        """Show the buttons alone: what else stands here could not be read on a shining window."""
        _hide(self._dims, dimmed)

    def _switch(self) -> None:
        self.happened.emit(LanguageChosen(self._other))

    def _quit(self) -> None:
        self.happened.emit(Quit())


class Footer(QWidget):
    """Bottom of the screen."""

    happened = Signal(object)
    acted = Signal()
    """The main action was touched."""

    def __init__(self, look: Look, chrome: Chrome) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        layout = column(look, self, gap_mm=4.0)
        layout.setContentsMargins(look.px(SPACE.margin), look.px(3), look.px(SPACE.margin), look.px(5))
        bar = row(look, gap_mm=5.0)
        self.back = Button(look, look.say("chrome.back"), "quiet", "back", icon="back")
        self.back.setMinimumHeight(look.px(SPACE.main_target))
        self.back.clicked.connect(self._back)
        if not chrome.can_go_back:
            self.back.hide()
        bar.addWidget(self.back, 2)
        self.main = Button(look, "", "main", "main_action")
        self.main.clicked.connect(self.acted)
        self.main.hide()
        bar.addWidget(self.main, 5)
        self._spacer = QWidget()
        bar.addWidget(self._spacer, 5)
        layout.addLayout(bar)
        layout.addLayout(self._help(look))

    def dim(self, dimmed: bool) -> None:
        """As in the header."""
        _hide(self._dims, dimmed)

    def _help(self, look: Look) -> QHBoxLayout:
        line = row(look, gap_mm=2.5)
        line.addStretch()
        phone = Picture("phone", look.px(6))
        line.addWidget(phone)
        words = Words(look.say("chrome.help", phone=look.help_phone), "small")
        words.setWordWrap(False)
        line.addWidget(words)
        line.addStretch()
        self._dims: list[QWidget] = [phone, words]
        return line

    def offer(self, action: MainAction | None) -> None:
        """Show this main action, or none."""
        self.main.setVisible(action is not None)
        self._spacer.setVisible(action is None and not self.back.isHidden())
        if action is not None:
            self.main.say(action.text)
            self.main.setObjectName(action.name)
            self.main.setEnabled(action.enabled)

    def _back(self) -> None:
        self.happened.emit(Back())
