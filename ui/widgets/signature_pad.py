"""The area for signing with a finger."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.domain.signature import SIDE, Signature, Stroke
from ui.look import Look
from ui.theme.palettes import Colour
from ui.theme.tokens import SPACE

_INK_MM = 1.6
_BENT = 4
"""So many of the last points the newest one draws the line anew between."""
_HEIGHT_MM, _LEAST_HEIGHT_MM = 150.0, 62.0
MAX_POINTS = 6_000
"""A minute of writing; a signature that never ends is not kept whole."""


class SignaturePad(QWidget):
    """Collects strokes on the square of ``kiosk.domain.signature``: the longer side of the pad is the side of the square."""

    changed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setObjectName("signature_pad")
        self.setAccessibleName(look.say("sign.pad"))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMaximumHeight(look.px(_HEIGHT_MM))
        self._strokes: list[list[tuple[int, int]]] = []
        self._drawing = False

    def sizeHint(self) -> QSize:
        """Wide enough for a name; it takes what height there is, up to its most."""
        return QSize(self._look.px(200), self._look.px(_LEAST_HEIGHT_MM))

    def minimumSizeHint(self) -> QSize:
        """As low as a name can still be written."""
        return QSize(self._look.px(110), self._look.px(_LEAST_HEIGHT_MM))

    @property
    def is_empty(self) -> bool:
        """True before the first touch."""
        return not self._strokes

    def signature(self) -> Signature:
        """What has been drawn so far."""
        return Signature(tuple(tuple(stroke) for stroke in self._strokes))

    def undo(self) -> None:
        """Take the last stroke back; it is not kept for anybody to bring it again."""
        if self._strokes:
            self._strokes.pop().clear()
            self._drawing = False
            self.update()
            self.changed.emit()

    def wipe(self) -> None:
        """Forget it."""
        for stroke in self._strokes:
            stroke.clear()
        self._strokes.clear()
        self._drawing = False
        self.update()
        self.changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A stroke begins."""
        if event.button() is Qt.MouseButton.LeftButton and self._room():
            self._drawing = True
            self._strokes.append([self._to_square(event.position())])
            self._seen(self._strokes[-1][-1:])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """It goes on."""
        if not self._drawing or not self._room():
            return
        point = self._to_square(event.position())
        if point != self._strokes[-1][-1]:
            self._strokes[-1].append(point)
            self._seen(self._strokes[-1][-_BENT:])

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """It ends."""
        self._drawing = False

    def _seen(self, newest: Stroke | list[tuple[int, int]]) -> None:
        """Paint only where something is new: the ink must keep up with the finger."""
        room = 2 * self._look.px(_INK_MM)
        self.update(self._path(newest).controlPointRect().toAlignedRect().adjusted(-room, -room, room, room))
        self.changed.emit()

    def _room(self) -> bool:
        return sum(len(stroke) for stroke in self._strokes) < MAX_POINTS

    def _frame(self) -> tuple[float, float, float]:
        side = float(max(self.width(), self.height(), 1))
        return side, (side - self.width()) / 2, (side - self.height()) / 2

    def _to_square(self, point: QPointF) -> tuple[int, int]:
        side, left, top = self._frame()
        x = min(max(point.x(), 0.0), self.width() - 1.0) + left
        y = min(max(point.y(), 0.0), self.height() - 1.0) + top
        return min(SIDE, round(x * SIDE / side)), min(SIDE, round(y * SIDE / side))

    def _path(self, stroke: Stroke | list[tuple[int, int]]) -> QPainterPath:
        side, left, top = self._frame()
        points = [QPointF(x * side / SIDE - left, y * side / SIDE - top) for x, y in stroke]
        return smooth(points)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the box, its base line and the strokes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = self._look.px(SPACE.line)
        box = QRectF(self.rect()).adjusted(line, line, -line, -line)
        painter.setPen(QPen(QColor(self._look.colour(Colour.OUTLINE)), line))
        painter.setBrush(QColor(self._look.colour(Colour.CARD)))
        painter.drawRoundedRect(box, self._look.px(SPACE.radius), self._look.px(SPACE.radius))
        base, inset = box.bottom() - box.height() * 0.22, self._look.px(14)
        painter.setPen(QPen(QColor(self._look.colour(Colour.CELADON_LIGHT)), line, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(box.left() + inset, base), QPointF(box.right() - inset, base))
        ink = QColor(self._look.colour(Colour.INK))
        pen = QPen(ink, self._look.px(_INK_MM), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for stroke in self._strokes:
            painter.drawPath(self._path(stroke))


def smooth(points: list[QPointF]) -> QPainterPath:
    """A line that bends instead of breaking: each point draws the line towards it, from middle to middle of its neighbours.

    Only the picture is smoothed; the signature holds the points as the finger went.
    """
    path = QPainterPath(points[0])
    if len(points) < 3:
        path.lineTo(points[-1])
        return path
    for point, following in pairwise(points[1:]):
        path.quadTo(point, (point + following) / 2)
    path.lineTo(points[-1])
    return path
