"""日期滚轮: year, month and day in three columns, turned by big buttons or by the arrow keys. No sliding, no gesture."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.domain.days import DayPart, Days
from ui.look import Look
from ui.theme.tokens import SPACE
from ui.widgets.buttons import BY_KEY, Button
from ui.widgets.panels import Panel, column, row
from ui.widgets.words import Words

_REPEAT_AFTER_MS, _REPEAT_MS = 500, 110
"""Held down, a column goes on by itself: nobody touches a button seventy times for the year of birth."""


class Column(Panel):
    """One of the three; takes the focus as a whole, named by its part and described by its value."""

    turned = Signal(int)

    def __init__(self, look: Look, part: DayPart, name: str) -> None:
        super().__init__("card")
        self.focused_by_key = False
        caption = look.say(f"wheel.{part.value}")
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(caption)
        layout = column(look, self, margin_mm=3.0, gap_mm=2.5)
        layout.addWidget(self._step(look, "up", look.say("wheel.up", part=caption), 1))
        self._value = Words("", "numeral", centred=True)
        layout.addWidget(self._value)
        layout.addWidget(Words(caption, "small", centred=True))
        layout.addWidget(self._step(look, "down", look.say("wheel.down", part=caption), -1))

    def _step(self, look: Look, icon: str, accessible_name: str, by: int) -> Button:
        button = Button(look, "", "quiet", f"{self.objectName()}:{icon}", icon=icon)
        button.setAccessibleName(accessible_name)
        button.setMinimumHeight(look.px(SPACE.key))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setAutoRepeat(True)
        button.setAutoRepeatDelay(_REPEAT_AFTER_MS)
        button.setAutoRepeatInterval(_REPEAT_MS)
        button.clicked.connect(self._up if by > 0 else self._down)
        return button

    def _up(self) -> None:
        self.turned.emit(1)

    def _down(self) -> None:
        self.turned.emit(-1)

    def show_number(self, number: int) -> None:
        """Stand at this number."""
        self._value.setText(str(number))
        self.setAccessibleDescription(str(number))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Note whether keys led here: only then the focus ring is shown."""
        self.focused_by_key = event.reason() in BY_KEY
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down turn the column, left and right lead to the next one."""
        match event.key():
            case Qt.Key.Key_Up:
                self.turned.emit(1)
            case Qt.Key.Key_Down:
                self.turned.emit(-1)
            case Qt.Key.Key_Right:
                self.focusNextChild()
            case Qt.Key.Key_Left:
                self.focusPreviousChild()
            case _:
                super().keyPressEvent(event)


class DayWheel(QWidget):
    """Stands at a day of ``days``; tells the day whenever it is turned, or taken as it stands."""

    chosen = Signal(date)
    taken = Signal(date)

    def __init__(self, look: Look, days: Days, name: str) -> None:
        super().__init__()
        self._days = days
        self._day = days.start
        layout = column(look, self, gap_mm=3.5)
        across = row(look, gap_mm=3.5)
        self.columns = {part: Column(look, part, f"{name}:{part.value}") for part in DayPart}
        for part, one in self.columns.items():
            one.turned.connect(self._on_turned)
            across.addWidget(one, 4 if part is DayPart.YEAR else 3)
        layout.addLayout(across)
        self.take = Button(look, look.say("wheel.take"), "quiet", f"{name}:take", icon="check")
        self.take.setMinimumHeight(look.px(SPACE.main_target))
        self.take.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.take.clicked.connect(self._on_taken)
        layout.addWidget(self.take)
        self.stand_at(None)

    @property
    def day(self) -> date:
        """Where it stands."""
        return self._day

    def stand_at(self, day: date | None) -> None:
        """Stand at ``day``, or at the nearest one that may be chosen; at the first place for none."""
        self._day = self._days.nearest(day) if day is not None else self._days.start
        for part, one in self.columns.items():
            one.show_number({DayPart.YEAR: self._day.year, DayPart.MONTH: self._day.month, DayPart.DAY: self._day.day}[part])

    def _on_turned(self, by: int) -> None:
        part = next(part for part, one in self.columns.items() if one is self.sender())
        self.stand_at(self._days.turned(self._day, part, by))
        self.chosen.emit(self._day)

    def _on_taken(self) -> None:
        self.taken.emit(self._day)
