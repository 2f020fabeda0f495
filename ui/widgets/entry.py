"""Line edits for residents: no menus, no drops, no clipboard."""

from __future__ import annotations

import re
from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QLineEdit

from ui.look import Look
from ui.theme.tokens import SPACE
from ui.widgets import groups

_CLIPBOARD_KEYS = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.Cut, QKeySequence.StandardKey.Paste)
_DATE_DIGITS = 8


class Pad(Enum):
    """What an entry is written with."""

    PINYIN = "pinyin"
    DIGITS = "digits"
    """The number pad of the dock."""
    DATE = "date"
    """The number pad of the dock; digits are set out as year, month, day."""
    SCREEN = "screen"
    """A number pad that stands on the screen itself."""
    CODE = "code"
    """Digits and capital letters, on keys that stand on the screen itself; set out in the groups of a receipt number."""


class Entry(QLineEdit):
    """One line to write in."""

    focused = Signal()
    left = Signal()

    def __init__(self, look: Look, name: str, accessible_name: str, pad: Pad, max_length: int) -> None:
        super().__init__()
        self.pad = pad
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setFixedHeight(look.px(SPACE.field))
        self.setMaxLength(max(1, max_length))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setDragEnabled(False)
        self.setAcceptDrops(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if pad is not Pad.PINYIN:
            self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        if pad is Pad.DATE:
            self.textEdited.connect(self._set_out_date)
        if pad is Pad.CODE:
            self.textEdited.connect(self._set_out_code)

    @property
    def is_numeric(self) -> bool:
        """True when only digits can be written."""
        return self.pad not in (Pad.PINYIN, Pad.CODE)

    def type_digit(self, digit: str) -> None:
        """Write one digit, or letter of a code, where the cursor is, as a key would."""
        if self.isReadOnly():
            return
        self.insert(digit)
        if self.pad is Pad.DATE:
            self._set_out_date(self.text())
        elif self.pad is Pad.CODE:
            self._set_out_code(self.text())

    def delete_last(self) -> None:
        """Take back the character before the cursor; in a date, the last digit."""
        if self.isReadOnly():
            return
        if self.pad is Pad.DATE:
            self._set_out_date(self.text().rstrip("-")[:-1])
        elif self.pad is Pad.CODE:
            self._set_out_code(self.text().rstrip()[:-1])
        else:
            self.backspace()

    def wipe(self) -> None:
        """Forget the text and how it came about; ``clear()`` would leave it to be undone."""
        self.setText("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep to digits where only digits are wanted, and away from the clipboard."""
        if any(event.matches(key) for key in _CLIPBOARD_KEYS):
            event.accept()
            return
        text = event.text()
        if self.is_numeric and text.isprintable() and text and not re.fullmatch("[0-9]", text):
            event.accept()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A touch takes the writing here, also from another application that has stolen the focus."""
        if not self.isActiveWindow():
            self.window().activateWindow()
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt takes the second of two quick touches for a double click, wherever it lands: here it is a touch like any other."""
        self.mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that somebody wants to write here."""
        super().focusInEvent(event)
        self.focused.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the writing is over."""
        super().focusOutEvent(event)
        self.left.emit()

    def _set_out_code(self, text: str) -> None:
        self.setText(groups.receipt_number(re.sub("[^0-9A-Z]", "", text.upper())))

    def _set_out_date(self, text: str) -> None:
        digits = re.sub("[^0-9]", "", text)[:_DATE_DIGITS]
        parts = (digits[:4], digits[4:6], digits[6:])
        self.setText("-".join(part for part in parts if part))
