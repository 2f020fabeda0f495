"""A card over the screen, with a title and one way back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent
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
        needed = inside.totalHeightForWidth(width) + self._paged_height(content, width - 2 * look.px(_INSIDE_MM))
        card.setFixedHeight(min(needed, parent.height() - above - look.px(16)))
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(2)

    def _paged_height(self, content: QWidget, width: int) -> int:
        """What the page needs beyond what a scroll area asks for by itself."""
        needed = content.heightForWidth(width) if content.hasHeightForWidth() else content.sizeHint().height()
        return needed - self._room.sizeHint().height() + self.look.px(2)

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
