"""Time that runs out, as a ring."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.look import Look
from ui.theme.palettes import Colour
from ui.theme.tokens import FONT_FAMILY, Type
from ui.voice import marks

_SMALL_MM = 45.0


class Ring(QWidget):
    """Seconds left, as a number and as an arc."""

    def __init__(self, look: Look, total_s: float, accessible_name: str, side_mm: float = 70.0) -> None:
        super().__init__()
        self._look = look
        self._total_s = self._left_s = float(total_s)
        self._side_mm = side_mm
        self.setAccessibleName(accessible_name)
        marks.silent(self)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A large circle."""
        return QSize(self._look.px(self._side_mm), self._look.px(self._side_mm))

    def show_left(self, seconds: float) -> None:
        """Show what is left."""
        self._left_s = max(0.0, seconds)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ring and the number in it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = self._look.px(4.5)
        circle = QRectF(self.rect()).adjusted(line, line, -line, -line)
        painter.setPen(QPen(QColor(self._look.colour(Colour.CELADON_PALE)), line))
        painter.drawEllipse(circle)
        painter.setPen(QPen(QColor(self._look.colour(Colour.AMBER)), line, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawArc(circle, 90 * 16, round(360 * 16 * self._left_s / self._total_s))
        font = QFont(FONT_FAMILY)
        font.setPixelSize(self._look.metrics.type_px(Type.DISPLAY if self._side_mm > _SMALL_MM else Type.HEADING))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(self._look.colour(Colour.INK)))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(round(self._left_s)))
