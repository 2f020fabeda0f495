"""A card over the screen, with a title and one way back."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.flow.views import Chrome
from ui.look import Look
from ui.theme.tokens import SPACE
from ui.widgets.buttons import Button
from ui.widgets.panels import Panel, column, dim_behind
from ui.widgets.scroll import PagedScroll
from ui.widgets.words import Words

_WIDTH_MM, _WIDE_MM = 236.0, 330.0
_INSIDE_MM = 9.0


class Sheet(QWidget):
    """Covers the window; nothing beneath can be touched."""

    happened = Signal(object)
    closed = Signal()

    goes_with_the_choice = False
    """True for one that is not shown again when the screen has changed."""

    def __init__(self, look: Look, chrome: Chrome, parent: QWidget) -> None:
        super().__init__(parent)
        self.look, self.chrome = look, chrome
        self.setObjectName("sheet")
        outer = column(look, self)
        side = look.px(SPACE.margin)
        above = max(0, parent.height() - look.px(look.height_mm))
        outer.setContentsMargins(side, above + look.px(8), side, look.px(8))
        outer.addStretch(1)
        card = Panel("card")
        width = min(parent.width() - 2 * side, look.px(_WIDE_MM if look.is_wide else _WIDTH_MM))
        card.setFixedWidth(width)
        inside = column(look, card, margin_mm=_INSIDE_MM, gap_mm=5.0)
        inside.addWidget(Words(self.title(), "title", centred=True))
        content = QWidget()
        self.build(column(look, content, gap_mm=4.5))
        self._room = PagedScroll(look, content)
        inside.addWidget(self._room, 1)
        self.close_button = Button(look, look.say("sheet.close"), "main", "sheet_close")
        self.close_button.clicked.connect(self.closed)
        inside.addWidget(self.close_button)
        self._card, self._content = card, content
        self._most = parent.height() - above - look.px(16)
        card.setFixedHeight(self._most)
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(2)

    def showEvent(self, event: QShowEvent) -> None:
        """Grow with what is on the card, once its lines know their width."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        content, room = self._content, self._room
        needed = content.heightForWidth(room.width()) if content.hasHeightForWidth() else content.sizeHint().height()
        self._card.setFixedHeight(min(self._most, self._card.height() - room.height() + needed + self.look.px(1)))

    def title(self) -> str:
        """What this is."""
        raise NotImplementedError

    def build(self, layout: QVBoxLayout) -> None:
        """Fill the card."""
        raise NotImplementedError

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keep touches from what lies beneath."""
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dim what lies beneath."""
        dim_behind(self.look, self)
