"""Where is my case? The slip before the scanner, or its number typed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy

from kiosk.flow.progress_events import AllMineWanted, NumberGiven
from kiosk.flow.progress_views import ProgressView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.theme.tokens import SPACE
from ui.voice import marks
from ui.widgets.buttons import Button
from ui.widgets.chrome import MainAction
from ui.widgets.entry import Entry, Pad
from ui.widgets.keypad import Keypad
from ui.widgets.letter_pad import LetterPad
from ui.widgets.panels import Notice, Panel, Picture, column, row
from ui.widgets.words import Words

_LENGTH, _WITH_SPACES = 22, 25


class ProgressScreen(StepScreen[ProgressView]):
    """The easiest way first: the scanner reads what nobody likes to type."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.add_title(self.page, look.say("progress.title"), look.say("progress.how"))
        self.page.addWidget(self._scanner_panel())
        self._notice = Notice(look)
        self.page.addWidget(self._notice)
        self.page.addWidget(Words(look.say("progress.number"), "strong"))
        self.number = Entry(look, "receipt_number", look.say("progress.number"), Pad.CODE, _WITH_SPACES)
        self.number.textChanged.connect(self.action_changed)
        self.number.returnPressed.connect(self.act)
        self.page.addWidget(self.number)
        digits = Keypad(look)
        digits.digit.connect(self.number.type_digit)
        digits.deleted.connect(self.number.delete_last)
        digits.setFixedWidth(look.px(235))
        self.page.addWidget(digits, 0, Qt.AlignmentFlag.AlignHCenter)
        letters = LetterPad(look)
        letters.letter.connect(self.number.type_digit)
        self.page.addWidget(letters)
        self.page.addStretch(1)
        self._mine = Button(look, look.say("progress.mine"), "quiet", "all_mine", icon="pages")
        self._mine.setMinimumHeight(look.px(SPACE.main_target))
        self._mine.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._mine.clicked.connect(lambda: self.happened.emit(AllMineWanted()))
        self.page.addWidget(self._mine)

    def _scanner_panel(self) -> Panel:
        self._scanner = Panel("pale")
        line = row(self.look, self._scanner, margin_mm=6.0, gap_mm=7.0)
        line.addWidget(Picture(self.look, "slip", 30))
        lines = column(self.look, gap_mm=1.0)
        lines.addWidget(Words(self.look.say("progress.scan"), "heading"))
        lines.addWidget(Words(self.look.say("progress.scan.how"), "body"))
        line.addLayout(lines, 1)
        return self._scanner

    def show_model(self, model: ProgressView) -> None:
        """Offer what there is, and say what was wrong with the last try."""
        # On a small screen there is no room for both; who has seen the notice has seen the panel before.
        self._scanner.setVisible(model.scanner and not model.reason)
        self._notice.tell_reason(model.reason)
        self._mine.say(self.look.say("progress.mine_known" if model.known_as else "progress.mine", name=model.known_as))
        marks.personal(self._mine, self.look.say("progress.mine"))
        self.action_changed.emit()

    def main_action(self) -> MainAction:
        """On, once the number is whole."""
        return MainAction(self.look.say("progress.go_on"), enabled=len(self.number.text().replace(" ", "")) == _LENGTH)

    def act(self) -> None:
        """On."""
        if self.main_action().enabled:
            self.happened.emit(NumberGiven(self.number.text()))
