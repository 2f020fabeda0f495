"""Water in motion: something is being done."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QSize, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.look import Look
from ui.theme.palettes import Colour

_FRAME_MS = 66
_DOTS = 5
_PERIOD_FRAMES = 24


class Waiting(QWidget):
    """Five drops that rise and fall one after another; still when hidden."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._frame = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._tick)

    def sizeHint(self) -> QSize:
        """Five drops with air between."""
        return QSize(self._look.px(56), self._look.px(14))

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to move."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self._timer.stop()

    def _tick(self) -> None:
        self._frame = (self._frame + 1) % _PERIOD_FRAMES
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the drops."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self._look.colour(Colour.CELADON)))
        step, radius = self.width() / _DOTS, self._look.px(2.4)
        for number in range(_DOTS):
            phase = 2 * math.pi * (self._frame / _PERIOD_FRAMES - number / _DOTS)
            lift = (1 + math.sin(phase)) / 2
            painter.setBrush(QColor(self._look.colour(Colour.CELADON if lift > 0.5 else Colour.CELADON_LIGHT)))
            y = self.height() - radius - 1 - lift * (self.height() - 2 * radius - 2)
            painter.drawEllipse(QPointF(step * (number + 0.5), y), radius, radius)
