"""A page that may be longer than the screen: two large buttons lead through it, and outside elder mode a finger can push it."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QScroller, QScrollerProperties, QSizePolicy, QWidget

from ui.look import Look
from ui.theme.tokens import SPACE
from ui.widgets.buttons import Button
from ui.widgets.panels import row

_PRESS_DELAY_S = 0.0
"""With any delay Qt keeps the press of a touch to itself and never hands it on: a button on a page that can be pushed would be
dead (measured with 6.11.3). When the finger turns out to push, the scroller takes the press back."""
_PAGE = 0.8
"""The part of the visible page that one touch moves on; the rest is seen twice, so that nobody loses the line."""
_SLACK_PX = 2


@cache
def _push_of_one_finger() -> Qt.GestureType:
    """WORKAROUND: the kind of gesture is registered once. ``QScroller.grabGesture`` registers another one for every page.

    None of them ever goes: Qt asks them all about every touch, and the binding makes an enumeration of its own for each number
    it does not know (PySide6 6.11.3). A recogniser looks for the scroller of whatever it is grabbed for, so that one serves all
    pages; it lives as long as the object it was registered for.
    """
    application = QApplication.instance()
    if application is None:
        raise RuntimeError("a page that can be pushed needs the application")
    return QScroller.grabGesture(application, QScroller.ScrollerGestureType.LeftMouseButtonGesture)


class Pager(QWidget):
    """Further up, further down."""

    moved = Signal(int)
    """-1 up, 1 down."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("pager")
        line = row(look, self, gap_mm=4.0)
        line.setContentsMargins(0, look.px(2.5), 0, 0)
        self.up = self._button(look, "up", self._up)
        self.down = self._button(look, "down", self._down)
        line.addWidget(self.up, 1)
        line.addWidget(self.down, 2)

    def _button(self, look: Look, name: str, slot: object) -> Button:
        button = Button(look, look.say(f"pager.{name}"), "bar", f"page_{name}", icon=name)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(slot)
        return button

    def _up(self) -> None:
        self.moved.emit(-1)

    def _down(self) -> None:
        self.moved.emit(1)


class PagedScroll(QScrollArea):
    """Scrolls up and down only, without overshoot; the buttons stand below the page as long as it is longer than its place."""

    def __init__(self, look: Look, content: QWidget, *, by_finger: bool = True, side_mm: float = 0.0) -> None:
        super().__init__()
        self._look = look
        self._side = look.px(side_mm) if side_mm else 0
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for part in (self, self.verticalScrollBar(), self.horizontalScrollBar()):
            part.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._pager = Pager(look, self)
        self._pager.moved.connect(self._move)
        self._pager.hide()
        self.setWidget(content)
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._page)
        bar.valueChanged.connect(self._enable)
        # Every scroll area listens for a two-finger pan by itself; one finger is all that is needed here.
        self.viewport().ungrabGesture(Qt.GestureType.PanGesture)
        if by_finger and not look.aids.elder:
            self._follow_finger()

    def _follow_finger(self) -> None:
        scroller = QScroller.scroller(self.viewport())
        properties = scroller.scrollerProperties()
        off = QScrollerProperties.OvershootPolicy.OvershootAlwaysOff
        properties.setScrollMetric(QScrollerProperties.ScrollMetric.VerticalOvershootPolicy, off)
        properties.setScrollMetric(QScrollerProperties.ScrollMetric.HorizontalOvershootPolicy, off)
        properties.setScrollMetric(QScrollerProperties.ScrollMetric.MousePressEventDelay, _PRESS_DELAY_S)
        scroller.setScrollerProperties(properties)
        self.viewport().grabGesture(_push_of_one_finger())

    def reveal(self, widget: QWidget, margin: int) -> None:
        """Scroll as little as needed for ``widget`` to be seen whole; of one that is higher than the place, its beginning."""
        content = self.widget()
        if content is not None and widget.height() + 2 * margin > self.viewport().height():
            self.verticalScrollBar().setValue(widget.mapTo(content, QPoint(0, 0)).y() - margin)
        else:
            self.ensureWidgetVisible(widget, 0, margin)

    def go_to_top(self) -> None:
        """Show the beginning."""
        self.verticalScrollBar().setValue(0)

    @property
    def is_longer(self) -> bool:
        """True when not all of the page can be seen at once."""
        return not self._pager.isHidden()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the buttons at the foot."""
        super().resizeEvent(event)
        self._page()

    def _page(self) -> None:
        """Make room for the buttons, or take it back; the page is measured against the place without them."""
        content = self.widget()
        if content is None:
            return
        needed = max(content.minimumSizeHint().height(), self._height_for(content))
        longer = needed > self.height() + _SLACK_PX
        strip = self._look.px(SPACE.target + 2.5)
        if longer is self._pager.isHidden():
            self._pager.setVisible(longer)
            self.setViewportMargins(0, 0, 0, strip if longer else 0)
        self._pager.setGeometry(self._side, self.height() - strip, self.width() - 2 * self._side, strip)
        self._enable()

    def _height_for(self, content: QWidget) -> int:
        return content.heightForWidth(self.viewport().width()) if content.hasHeightForWidth() else 0

    def _enable(self) -> None:
        bar = self.verticalScrollBar()
        self._pager.up.setEnabled(bar.value() > bar.minimum())
        self._pager.down.setEnabled(bar.value() < bar.maximum())

    def _move(self, direction: int) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + direction * round(self.viewport().height() * _PAGE))
