"""The place at the bottom of the window where a keyboard comes up for the entry that has the focus."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget
from shiboken6 import isValid

from ui.keyboard.keyboard_widget import KeyboardWidget
from ui.look import Look
from ui.widgets.entry import Entry, Pad
from ui.widgets.keypad import Keypad
from ui.widgets.panels import column


class Dock(QWidget):
    """Shows the Pinyin keyboard, the number pad, or nothing."""

    opened = Signal()
    """A keyboard came up, and the screen above became lower."""

    def __init__(self, look: Look, keyboard: KeyboardWidget | None) -> None:
        super().__init__()
        self.setObjectName("dock")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._layout = column(look, self)
        self._above = look.px(3)
        self._layout.setContentsMargins(0, self._above, 0, 0)
        self._keyboard = keyboard
        self._entry: Entry | None = None
        if keyboard is not None:
            self._layout.addWidget(keyboard)
            keyboard.hide()
            keyboard.hidden_by_key.connect(self.close_for)
        self._pads = self._new_pads(look)
        self.hide()

    def _new_pads(self, look: Look) -> dict[bool, Keypad]:
        """By whether they have an ``X``."""
        return {with_x: self._new_pad(look, with_x=with_x) for with_x in (False, True)}

    def _new_pad(self, look: Look, *, with_x: bool) -> Keypad:
        pad = Keypad(look, with_x=with_x, with_done=True)
        pad.digit.connect(self._on_digit)
        pad.deleted.connect(self._on_delete)
        pad.done.connect(self.close_for)
        self._layout.addWidget(pad, 0, Qt.AlignmentFlag.AlignHCenter)
        pad.setFixedWidth(look.px(250))
        pad.hide()
        return pad

    def speak(self, look: Look) -> None:
        """Take another language."""
        self.close_for()
        for old in self._pads.values():
            self._layout.removeWidget(old)
            old.deleteLater()
        self._pads = self._new_pads(look)

    def open_for(self, entry: Entry) -> None:
        """Come up for this entry; entries with a pad of their own on the screen need nothing."""
        if entry.pad in (Pad.SCREEN, Pad.CODE) or entry.isReadOnly():
            self.close_for()
            return
        self._entry = entry
        numeric = entry.is_numeric
        self._layout.setContentsMargins(0, self._above, 0, 2 * self._above if numeric else 0)
        for with_x, pad in self._pads.items():
            pad.setVisible(numeric and with_x == (entry.pad is Pad.ID_NUMBER))
        if self._keyboard is not None:
            self._keyboard.setVisible(not numeric)
        self.setVisible(numeric or self._keyboard is not None)
        if not numeric and self._keyboard is not None:
            self._keyboard.open()
        self.opened.emit()

    def close_for(self) -> None:
        """Go down; the entry loses the focus, and what is half typed is taken over."""
        entry, self._entry = self._writing, None
        if self._keyboard is not None and self._keyboard.isVisible():
            self._keyboard.close_panel()
        if entry is not None and entry.hasFocus():
            entry.clearFocus()
        self.hide()

    def follow(self) -> None:
        """Go down when the entry it came up for is no longer on the screen.

        Its page may have been replaced by the next. Were it destroyed with the focus, Qt's keyboard would tell from within the
        destructor that it hides, and all that answers to that would meet half a screen.
        """
        if self._entry is not None and (self._writing is None or not self._entry.isVisible()):
            self.close_for()

    @property
    def _writing(self) -> Entry | None:
        """The entry, as long as it lives."""
        return self._entry if self._entry is not None and isValid(self._entry) else None

    def start_over(self) -> None:
        """Forget whom the keys were for, and what is half typed."""
        self._entry = None
        if self._keyboard is not None:
            self._keyboard.start_over()
        self.hide()

    def _on_digit(self, digit: str) -> None:
        if self._writing is not None:
            self._writing.type_digit(digit)

    def _on_delete(self) -> None:
        if self._writing is not None:
            self._writing.delete_last()
