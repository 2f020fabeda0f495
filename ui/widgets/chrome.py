"""The foot of the screens of a visit: back, the main action, and somebody to ask."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from kiosk.flow.events import Back
from kiosk.flow.views import Chrome
from ui.look import Look
from ui.theme.tokens import SPACE
from ui.widgets.buttons import Button
from ui.widgets.card_notice import add_card_line, add_card_notice
from ui.widgets.header import hide_in_place
from ui.widgets.panels import Picture, column, row
from ui.widgets.words import Words


@dataclass(frozen=True, slots=True)
class MainAction:
    """The one thing a screen wants to be done next."""

    text: str
    name: str = "main_action"
    enabled: bool = True


class Footer(QWidget):
    """Bottom of the screen. The button that calls for staff is always at the lower left."""

    happened = Signal(object)
    acted = Signal()
    """The main action was touched."""
    staff_wanted = Signal()

    def __init__(self, look: Look, chrome: Chrome) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        layout = column(look, self, gap_mm=3.5)
        layout.setContentsMargins(look.px(SPACE.margin), look.px(3), look.px(SPACE.margin), look.px(5))
        if chrome.take_card and not look.is_wide:
            add_card_notice(look, layout)
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
        layout.addLayout(self._help(look, chrome))

    def dim(self, dimmed: bool) -> None:
        """As in the header."""
        hide_in_place(self._dims, dimmed)

    def _help(self, look: Look, chrome: Chrome) -> QHBoxLayout:
        line = row(look, gap_mm=3.5)
        self.staff = Button(look, look.say("chrome.call_staff"), "bar", "call_staff", icon="call")
        self.staff.clicked.connect(self.staff_wanted)
        line.addWidget(self.staff)
        line.addStretch()
        self._dims: list[QWidget] = []
        if look.is_wide and chrome.take_card:
            add_card_line(look, line)
        phone = Picture(look, "phone", 6)
        line.addWidget(phone)
        words = Words(look.say("chrome.help", phone=look.help_phone), "small")
        words.setWordWrap(False)
        line.addWidget(words)
        self._dims += [phone, words]
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
