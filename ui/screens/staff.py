"""A member of staff confirms that card and person belong together."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit

from kiosk.flow.events import StaffCodeEntered
from kiosk.flow.views import StaffView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.theme.tokens import SPACE
from ui.theme.trouble_pictures import picture_of
from ui.voice import marks
from ui.widgets.chrome import MainAction
from ui.widgets.entry import Entry, Pad
from ui.widgets.keypad import Keypad
from ui.widgets.panels import Notice, Panel, Picture, column, row
from ui.widgets.words import Words

MAX_ID, MAX_PIN = 12, 12


class StaffScreen(StepScreen[StaffView]):
    """Who stands here, then badge number and PIN on the screen's own number pad."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._busy = False
        self.add_title(self.page, look.say("staff.title"), look.say("staff.how"))
        self.page.addWidget(self._holder_panel())
        self._notice = Notice(look)
        self.page.addWidget(self._notice)
        self.page.addLayout(self._entries())
        keypad = Keypad(look)
        keypad.digit.connect(self._on_digit)
        keypad.deleted.connect(self._on_delete)
        self.page.addWidget(keypad)
        self.page.setAlignment(keypad, Qt.AlignmentFlag.AlignHCenter)
        keypad.setFixedWidth(look.px(235))
        self.add_waiting(self.page)
        self._another = self.add_another_way(self.page)
        self._another.setMinimumHeight(look.px(SPACE.target))
        self.page.addStretch(1)
        self._target = self.staff_id

    def _holder_panel(self) -> Panel:
        panel = Panel("pale")
        line = row(self.look, panel, margin_mm=7.0, gap_mm=7.0)
        line.addWidget(Picture(self.look, "staff", 28))
        lines = column(self.look, gap_mm=1.0)
        lines.addWidget(Words(self.look.say("staff.holder"), "small"))
        self._name = marks.personal(Words("", "heading"))
        lines.addWidget(self._name)
        lines.addWidget(Words(self.look.say("staff.number"), "small"))
        self._number = marks.personal(Words("", "strong"))
        lines.addWidget(self._number)
        line.addLayout(lines, 1)
        return panel

    def _entries(self) -> QGridLayout:
        look = self.look
        grid = QGridLayout()
        grid.setHorizontalSpacing(look.px(6))
        grid.setVerticalSpacing(look.px(1.6))
        self.staff_id = Entry(look, "staff_id", look.say("staff.id"), Pad.SCREEN, MAX_ID)
        self.staff_pin = Entry(look, "staff_pin", look.say("staff.pin"), Pad.SCREEN, MAX_PIN)
        self.staff_pin.setEchoMode(QLineEdit.EchoMode.Password)
        for column_, (key, entry) in enumerate((("staff.id", self.staff_id), ("staff.pin", self.staff_pin))):
            grid.addWidget(Words(look.say(key), "strong"), 0, column_)
            grid.addWidget(entry, 1, column_)
            grid.setColumnStretch(column_, 1)
            entry.textChanged.connect(self.action_changed)
            entry.focused.connect(self._on_focused)
            entry.returnPressed.connect(self.act)
        return grid

    def show_model(self, model: StaffView) -> None:
        """Show the holder, and what became of the last try; a failed PIN is forgotten."""
        self._name.setText(model.holder_name)
        self._number.setText(model.holder_number)
        if self._busy and not model.busy:
            self.staff_pin.wipe()
        self._busy = model.busy
        self._another.setVisible(bool(model.reason))
        if model.reason:
            reason = self.look.reason(model.reason)
            todo = self.look.pair(reason.todo, self.look.say("staff.tries", count=model.tries_left))
            self._notice.tell(reason.what, todo, picture_of(model.reason))
        else:
            self._notice.hide()
        self.action_changed.emit()

    def main_action(self) -> MainAction:
        """Confirm, once both are written."""
        ready = bool(self.staff_id.text()) and bool(self.staff_pin.text()) and not self._busy
        return MainAction(self.look.say("staff.checking" if self._busy else "staff.confirm"), enabled=ready)

    def act(self) -> None:
        """Confirm."""
        if self.main_action().enabled:
            self.happened.emit(StaffCodeEntered(self.staff_id.text(), self.staff_pin.text()))

    def _on_focused(self) -> None:
        entry = self.sender()
        if isinstance(entry, Entry):
            self._target = entry

    def _on_digit(self, digit: str) -> None:
        self._target.type_digit(digit)

    def _on_delete(self) -> None:
        self._target.delete_last()
