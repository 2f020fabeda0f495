"""A page that a finger can push up and down when it is longer than the screen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QScroller, QScrollerProperties, QWidget

_PRESS_DELAY_S = 0.0
"""With any delay Qt keeps the press of a touch to itself and never hands it on: a button on a page that can be pushed would be
dead (measured with 6.11.3). When the finger turns out to push, the scroller takes the press back."""


class FingerScroll(QScrollArea):
    """Scrolls up and down only, without overshoot."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for bar in (self.verticalScrollBar(), self.horizontalScrollBar()):
            bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setWidget(content)
        scroller = QScroller.scroller(self.viewport())
        properties = scroller.scrollerProperties()
        off = QScrollerProperties.OvershootPolicy.OvershootAlwaysOff
        properties.setScrollMetric(QScrollerProperties.ScrollMetric.VerticalOvershootPolicy, off)
        properties.setScrollMetric(QScrollerProperties.ScrollMetric.HorizontalOvershootPolicy, off)
        properties.setScrollMetric(QScrollerProperties.ScrollMetric.MousePressEventDelay, _PRESS_DELAY_S)
        scroller.setScrollerProperties(properties)
        # Every scroll area listens for a two-finger pan by itself; one finger is all that is needed here.
        self.viewport().ungrabGesture(Qt.GestureType.PanGesture)
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.LeftMouseButtonGesture)

    def reveal(self, widget: QWidget, margin: int) -> None:
        """Scroll as little as needed for ``widget`` to be seen whole."""
        self.ensureWidgetVisible(widget, 0, margin)
