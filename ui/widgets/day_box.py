"""A day, typed as eight digits or chosen on the wheel: one way puts the other away, and each shows what the other holds."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from kiosk.domain.days import Days, read_day
from kiosk.flow.views import FieldView
from ui.look import Look
from ui.theme.tokens import SPACE
from ui.widgets.buttons import Button
from ui.widgets.day_wheel import DayWheel
from ui.widgets.entry import Entry, Pad
from ui.widgets.field import FieldBox
from ui.widgets.panels import column, row

_LENGTH = len("2026-11-26")


class DayBox(FieldBox):
    """See the module."""

    def __init__(self, look: Look, view: FieldView) -> None:
        if view.days is None:
            raise ValueError("a day is asked, but of which span?")
        self._days: Days = view.days
        super().__init__(look, view)

    def _build(self, view: FieldView) -> QWidget:
        holder = QWidget()
        lines = column(self._look, holder, gap_mm=3.5)
        line = row(self._look, gap_mm=3.5)
        self.entry = Entry(self._look, f"field:{view.name}", view.label, Pad.DATE, _LENGTH)
        self.entry.setText(view.value)
        self.entry.setPlaceholderText(self._look.say("form.date_hint"))
        self.entry.textChanged.connect(self._tell)
        self.entry.focused.connect(self._put_wheel_away)
        line.addWidget(self.entry, 1)
        self._opener = Button(self._look, self._look.say("wheel.open"), "quiet", f"wheel:{view.name}", icon="calendar")
        self._opener.setFixedHeight(self._look.px(SPACE.field))
        self._opener.clicked.connect(self._on_opener)
        line.addWidget(self._opener)
        lines.addLayout(line)
        self.wheel = DayWheel(self._look, self._days, f"wheel:{view.name}")
        self.wheel.chosen.connect(self._on_chosen)
        self.wheel.taken.connect(self._on_taken)
        self.wheel.hide()
        lines.addWidget(self.wheel)
        return holder

    @property
    def target(self) -> QWidget:
        """The line to write in."""
        return self.entry

    def _on_opener(self) -> None:
        if self.wheel.isVisible():
            self._put_wheel_away()
            return
        by_key = self._opener.hasFocus() and self._opener.focused_by_key
        if not by_key:
            # The number pad goes: both together leave no room for the question.
            self._opener.setFocus(Qt.FocusReason.OtherFocusReason)
        self.wheel.stand_at(read_day(self.entry.text()))
        self.wheel.show()
        self._opener.say(self._look.say("wheel.close"))
        if by_key:
            next(iter(self.wheel.columns.values())).setFocus(Qt.FocusReason.TabFocusReason)
        self.grown.emit()

    def _put_wheel_away(self) -> None:
        self.wheel.hide()
        self._opener.say(self._look.say("wheel.open"))

    def _on_chosen(self, day: date) -> None:
        self.entry.setText(day.isoformat())

    def _on_taken(self, day: date) -> None:
        self.entry.setText(day.isoformat())
        self._put_wheel_away()

    def _show_value(self, value: str) -> None:
        if self.entry.text() != value:
            self.entry.setText(value)

    def wipe(self) -> None:
        """Forget the day, on the wheel too."""
        super().wipe()
        self.entry.blockSignals(True)
        self.entry.wipe()
        self.entry.blockSignals(False)
        self.wheel.stand_at(None)
        self._put_wheel_away()
