"""Everything that can be touched."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLayout, QPushButton, QSizePolicy, QWidget

from ui.look import Look
from ui.theme import drawings
from ui.theme.palettes import Colour
from ui.theme.tokens import SPACE

_ICON_COLOURS = {"main": Colour.CARD, "choice": Colour.INK}
BY_KEY = frozenset({Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason})


class Button(QPushButton):
    """A button of one of the kinds of the style sheet.

    A touch never moves the focus: a screen that shifts under the finger because the keyboard goes away loses the touch.
    """

    def __init__(self, look: Look, text: str, kind: str, name: str, *, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._look = look
        self.focused_by_key = False
        self.setObjectName(name)
        self.setProperty("kind", kind)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setAccessibleName(text)
        self.setMinimumSize(look.px(SPACE.target), look.px(SPACE.main_target if kind == "main" else SPACE.target))
        if icon:
            self.draw(icon)

    def draw(self, icon: str) -> None:
        """Show a small drawing before the text."""
        side, gap = (self._look.px(9), self._look.px(2)) if self.text() else (self._look.px(12), 0)
        self.setIcon(
            drawings.icon(icon, side, gap, self._look.palette, _ICON_COLOURS.get(str(self.property("kind")), Colour.DEEP))
        )
        self.setIconSize(QSize(side + gap, side))

    def say(self, text: str) -> None:
        """Show another text, and be called so."""
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Note whether keys led here: only then the focus ring is shown."""
        self.focused_by_key = event.reason() in BY_KEY
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does what a touch does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)


class CardButton(Button):
    """A big button with drawings and several lines, laid out like any widget."""

    def __init__(self, look: Look, accessible_name: str, name: str, kind: str = "card") -> None:
        super().__init__(look, "", kind, name)
        self.setAccessibleName(accessible_name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        """As large as what is in it."""
        layout: QLayout | None = self.layout()
        return layout.totalSizeHint() if layout is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """As small as what is in it allows."""
        layout: QLayout | None = self.layout()
        return layout.totalMinimumSize() if layout is not None else super().minimumSizeHint()

    def hasHeightForWidth(self) -> bool:
        """Lines wrap."""
        layout: QLayout | None = self.layout()
        return layout is not None and layout.hasHeightForWidth()

    def heightForWidth(self, width: int) -> int:
        """Height of the wrapped lines."""
        layout: QLayout | None = self.layout()
        return layout.totalHeightForWidth(width) if layout is not None else super().heightForWidth(width)

    def close_with(self, closed: bool) -> None:
        """Look closed: it can still be touched, and then tells why."""
        self.setProperty("closed", "true" if closed else "false")
        self.style().polish(self)
