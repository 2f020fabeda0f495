"""A clear ring around whatever the keys would press."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from ui.theme.palettes import PLAIN, Colour, Palette
from ui.theme.tokens import SPACE, Metrics
from ui.widgets.buttons import Button
from ui.widgets.day_wheel import Column

_MOVES = frozenset({QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Hide, QEvent.Type.Show})


class FocusRing(QWidget):
    """Lies over the window and lets every touch through. Touches never focus a button, so the ring comes with keys only."""

    def __init__(self, metrics: Metrics, window: QWidget) -> None:
        super().__init__(window)
        self._metrics = metrics
        self._palette = PLAIN
        self._followed: list[QWidget] = []
        self._target: QWidget | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)

    def wear(self, palette: Palette) -> None:
        """Take the colours of a palette."""
        self._palette = palette
        self.update()

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        shown = isinstance(new, (Button, Column)) and new.focused_by_key and new.window() is self.window()
        self.point_at(new if shown else None)

    def point_at(self, widget: QWidget | None) -> None:
        """Lie around this widget, wherever it goes; around nothing: hide."""
        for followed in self._followed:
            if isValid(followed):
                followed.removeEventFilter(self)
        self._followed = []
        self._target = widget
        link: QWidget | None = self._target
        while link is not None and link is not self.window():
            link.installEventFilter(self)
            self._followed.append(link)
            link = link.parentWidget()
        self._place()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Follow the widget wherever it goes."""
        if event.type() in _MOVES:
            self._place()
        return False

    def _place(self) -> None:
        target = self._target
        if target is None or not isValid(target) or not target.isVisible():
            self.hide()
            return
        edge = self._metrics.px(SPACE.focus_ring + 0.8)
        place = QRect(target.mapTo(self.window(), QPoint(0, 0)), target.size())
        self.setGeometry(place.adjusted(-edge, -edge, edge, edge))
        self.show()
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = float(self._metrics.px(SPACE.focus_ring))
        painter.setPen(QPen(QColor(self._palette[Colour.FOCUS]), line))
        radius = self._metrics.px(SPACE.radius + 1)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(line / 2, line / 2, -line / 2, -line / 2), radius, radius)
