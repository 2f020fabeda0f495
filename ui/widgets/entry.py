"""Line edits for residents: no menus, no drops, no clipboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QLineEdit

from ui.look import Look
from ui.theme.tokens import SPACE
from ui.voice import marks
from ui.widgets import groups

_CLIPBOARD_KEYS = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.Cut, QKeySequence.StandardKey.Paste)


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
    PHONE = "phone"
    """The number pad of the dock; digits are set out as a mobile number."""
    ID_NUMBER = "id_number"
    """The number pad of the dock, with an ``X``; set out in the groups of an identity card's number."""


_GROUPED: dict[Pad, Callable[[str], str]] = {
    Pad.DATE: groups.day,
    Pad.CODE: groups.receipt_number,
    Pad.PHONE: groups.phone,
    Pad.ID_NUMBER: groups.id_number,
}
_SIGNS = {Pad.CODE: re.compile("[0-9A-Z]"), Pad.ID_NUMBER: re.compile("[0-9X]")}
"""What may be written, where it is more than digits."""
_DIGIT = re.compile("[0-9]")


class Entry(QLineEdit):
    """One line to write in."""

    focused = Signal()
    left = Signal()

    def __init__(self, look: Look, name: str, accessible_name: str, pad: Pad, max_length: int) -> None:
        super().__init__()
        self.pad = pad
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        marks.personal(self)
        self.setFixedHeight(look.px(SPACE.field))
        self.setMaxLength(max(1, max_length))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setDragEnabled(False)
        self.setAcceptDrops(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if pad is not Pad.PINYIN:
            self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        if pad in _GROUPED:
            self.textEdited.connect(self._set_out)

    @property
    def is_numeric(self) -> bool:
        """True when it is written on a number pad."""
        return self.pad not in (Pad.PINYIN, Pad.CODE)

    @property
    def value(self) -> str:
        """What was written, without the spaces between groups; a day keeps its dashes."""
        return self.text() if self.pad not in _GROUPED or self.pad is Pad.DATE else self._signs(self.text())

    def type_digit(self, digit: str) -> None:
        """Write one digit, or letter of a code, where the cursor is, as a key would."""
        if self.isReadOnly():
            return
        self.insert(digit)
        if self.pad in _GROUPED:
            self._set_out()

    def delete_last(self) -> None:
        """Take back the character before the cursor; what only parts the groups is passed over."""
        if self.isReadOnly():
            return
        if self.pad not in _GROUPED:
            self.backspace()
            return
        at = self.cursorPosition()
        before, after = self._signs(self.text()[:at]), self._signs(self.text()[at:])
        self._write(before[:-1] + after, len(before) - 1)

    def wipe(self) -> None:
        """Forget the text and how it came about; ``clear()`` would leave it to be undone."""
        self.setText("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep to digits where only digits are wanted, and away from the clipboard."""
        if any(event.matches(key) for key in _CLIPBOARD_KEYS):
            event.accept()
            return
        text = event.text()
        if self.is_numeric and text.isprintable() and text and not self._signs(text):
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

    def _signs(self, text: str) -> str:
        return "".join(_SIGNS.get(self.pad, _DIGIT).findall(text.upper()))

    def _set_out(self) -> None:
        before = len(self._signs(self.text()[: self.cursorPosition()]))
        self._write(self._signs(self.text()), before)

    def _write(self, signs: str, before: int) -> None:
        """Set out in groups, with the cursor behind as many signs as before."""
        text = _GROUPED[self.pad](signs)
        self.setText(text)
        at = next((place for place in range(len(text) + 1) if len(self._signs(text[:place])) >= before), len(text))
        self.setCursorPosition(at)
