"""Asks whether anybody is still there, over whatever screen stands."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.flow.events import StayHere
from ui.look import Look
from ui.theme.tokens import FONT_FAMILY, SPACE, Colour, Type
from ui.widgets.buttons import Button
from ui.widgets.panels import Panel, column
from ui.widgets.words import Words

COUNTDOWN_S = 20
_FRAME_MS = 100


class Ring(QWidget):
    """Seconds left, as a number and as an arc."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._left_s = float(COUNTDOWN_S)
        self.setAccessibleName(look.say("idle_warning.ring"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A large circle."""
        return QSize(self._look.px(70), self._look.px(70))

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
        painter.setPen(QPen(QColor(Colour.CELADON_PALE), line))
        painter.drawEllipse(circle)
        painter.setPen(QPen(QColor(Colour.AMBER), line, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawArc(circle, 90 * 16, round(360 * 16 * self._left_s / COUNTDOWN_S))
        font = QFont(FONT_FAMILY)
        font.setPixelSize(self._look.metrics.type_px(Type.DISPLAY))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(Colour.INK))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(round(self._left_s)))


class IdleOverlay(QWidget):
    """Covers the window; nothing beneath can be touched."""

    happened = Signal(object)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("idle_overlay")
        self._since = QElapsedTimer()
        self._since.start()
        outer = column(look, self)
        card = Panel("card")
        card.setFixedWidth(look.px(210))
        inside = column(look, card, margin_mm=12.0, gap_mm=7.0)
        self._ring = Ring(look)
        inside.addWidget(self._ring, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addWidget(Words(look.say("idle_warning.title"), "title", centred=True))
        inside.addWidget(Words(look.say("idle_warning.how", seconds=COUNTDOWN_S), "soft", centred=True))
        self.stay = Button(look, look.say("idle_warning.stay"), "main", "stay_here")
        self.stay.setMinimumHeight(look.px(SPACE.main_target + 5))
        self.stay.clicked.connect(self._stay)
        inside.addWidget(self.stay)
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        self._ring.show_left(COUNTDOWN_S - self._since.elapsed() / 1000)

    def _stay(self) -> None:
        self.happened.emit(StayHere())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keep touches from what lies beneath."""
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dim what lies beneath."""
        scrim = QColor(Colour.SCRIM)
        scrim.setAlphaF(0.72)
        QPainter(self).fillRect(self.rect(), scrim)
