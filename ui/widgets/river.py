"""Progress as a river with landings."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.look import Look
from ui.theme import drawings
from ui.theme.palettes import Colour
from ui.theme.tokens import SPACE, Type

_UPRIGHT_MM = 11.5
"""From one landing to the next, where they stand one below the other."""


class River(QWidget):
    """Five landings on a gently winding line: passed, here, still to come."""

    def __init__(self, look: Look, position: int, landings: int) -> None:
        super().__init__()
        self._look = look
        self._position = position
        self._names = [look.say(f"landing.{number}") for number in range(1, landings + 1)]
        here = self._names[position - 1]
        self.setAccessibleName(look.say("chrome.progress", position=position, total=landings, name=here))
        self._upright = look.is_wide
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As wide as it may be, as high as landings and names need."""
        if self._upright:
            return QSize(self._look.px(80), self._look.px(_UPRIGHT_MM * len(self._names)))
        return QSize(self._look.px(200), self._look.px(17) + self._line_px())

    def _line_px(self) -> int:
        return round(1.6 * self._look.metrics.type_px(Type.SMALL))

    def names_fit(self) -> bool:
        """True when every name has room between its neighbours, set in bold too."""
        metrics = QFontMetricsF(self._font(bold=True))
        return all(metrics.horizontalAdvance(name) <= self._name_width() for name in self._names)

    def _name_width(self) -> float:
        return (self.width() - 2.0 * self._look.px(SPACE.margin)) / len(self._names)

    def _font(self, *, bold: bool) -> QFont:
        font = QFont(self._look.font_family)
        font.setPixelSize(self._look.metrics.type_px(Type.SMALL))
        font.setBold(bold)
        return font

    def _landing(self, number: int) -> QPointF:
        if self._upright:
            bend = self._look.px(1.0) * (1 if number % 2 else -1)
            return QPointF(self._look.px(8) + bend, self._look.px(_UPRIGHT_MM * (number + 0.5)))
        inset = self._look.px(SPACE.margin + 10)
        step = (self.width() - 2 * inset) / (len(self._names) - 1)
        bend = self._look.px(1.6) * (1 if number % 2 else -1)
        return QPointF(inset + step * number, self._look.px(9) + bend)

    def _course(self, to: int) -> QPainterPath:
        path = QPainterPath(self._landing(0) if self._upright else QPointF(-5.0, self._landing(0).y()))
        path.lineTo(self._landing(0))
        for number in range(1, to + 1):
            one, other = self._landing(number - 1), self._landing(number)
            if self._upright:
                path.lineTo(other)
                continue
            middle = (one.x() + other.x()) / 2
            path.cubicTo(QPointF(middle, one.y()), QPointF(middle, other.y()), other)
        return path

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the water, then the landings with their names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = self._course(len(self._names) - 1)
        if not self._upright:
            whole.lineTo(self.width() + 5.0, self._landing(len(self._names) - 1).y())
        width = self._look.px(2.4)
        for path, colour in ((whole, Colour.CELADON_LIGHT), (self._course(self._position - 1), Colour.CELADON)):
            painter.setPen(QPen(QColor(self._look.colour(colour)), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPath(path)
        for number in range(len(self._names)):
            self._paint_landing(painter, number)

    def _paint_landing(self, painter: QPainter, number: int) -> None:
        centre, here, passed = self._landing(number), self._position - 1, number < self._position - 1
        radius = self._look.px(5.4 if number == here else 3.8)
        ground = Colour.DEEP if number <= here else Colour.CARD
        painter.setPen(QPen(QColor(self._look.colour(Colour.CARD if number == here else Colour.CELADON)), self._look.px(0.9)))
        painter.setBrush(QColor(self._look.colour(ground)))
        painter.drawEllipse(centre, radius, radius)
        if passed:
            side = self._look.px(4.6)
            mark = drawings.pixmap("check", QSize(side, side), self._look.palette, Colour.CARD)
            painter.drawPixmap(round(centre.x() - side / 2), round(centre.y() - side / 2), mark)
        elif number == here:
            self._write(
                painter, QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius), str(number + 1), Colour.CARD
            )
        self._name(painter, number, centre)

    def _name(self, painter: QPainter, number: int, centre: QPointF) -> None:
        """Beside an upright river, below a lying one; where the names have no room there, only the one that counts."""
        here = number == self._position - 1
        colour = Colour.INK if here else Colour.INK_SOFT
        if self._upright:
            left, high = centre.x() + self._look.px(8), self._look.px(_UPRIGHT_MM)
            box = QRectF(left, centre.y() - high / 2, self.width() - left, high)
            self._write(painter, box, self._names[number], colour, bold=here, align=Qt.AlignmentFlag.AlignLeft)
        elif self.names_fit():
            width = self._name_width()
            box = QRectF(centre.x() - width / 2, self._look.px(16), width, self._line_px())
            self._write(painter, box, self._names[number], colour, bold=here)
        elif here:
            box = QRectF(0, self._look.px(16), self.width(), self._line_px())
            self._write(painter, box, self._names[number], colour, bold=True)

    def _write(
        self,
        painter: QPainter,
        box: QRectF,
        text: str,
        colour: Colour,
        *,
        bold: bool = True,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignHCenter,
    ) -> None:
        painter.setFont(self._font(bold=bold))
        painter.setPen(QColor(self._look.colour(colour)))
        painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter, text)
