"""A made-up page: nothing is written on it, so it is nobody's."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPolygonF

from kiosk.domain.papers import PageSight

_INK, _STAMP, _DESK = QColor("#4A4A48"), QColor("#B3261E"), QColor("#5B4A3C")


def page() -> QImage:
    """A4, with bars for its lines and a square stamp."""
    image = QImage(840, 1188, QImage.Format.Format_RGB888)
    image.fill(QColor("#FBFBF8"))
    painter = QPainter(image)
    painter.fillRect(QRect(250, 90, 340, 40), _INK)
    for number in range(16):
        painter.fillRect(QRect(110, 220 + 44 * number, 620 if number % 4 != 3 else 300, 14), _INK)
    painter.setPen(_STAMP)
    for edge in range(8):
        painter.drawRect(QRect(540 + edge, 930 + edge, 150 - 2 * edge, 150 - 2 * edge))
    painter.end()
    return image


def page_jpeg() -> bytes:
    """The same page as the camera would hand it on."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    page().save(buffer, "JPG", 85)  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def on_the_desk(side: float, hint: str) -> tuple[QImage, PageSight]:
    """The page on a desk, ``side`` of the picture high, a little turned; and what is said of it."""
    width, height = 640, 480
    image = QImage(width, height, QImage.Format.Format_RGB888)
    image.fill(_DESK)
    high, wide = side * height, side * height * 210 / 297
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.translate(width / 2, height / 2)
    painter.rotate(4.0)
    corners = QPolygonF([QPointF(x * wide / 2, y * high / 2) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))])
    painter.drawImage(corners.boundingRect(), page())
    seen = painter.transform().map(corners)
    painter.end()
    return image, PageSight(tuple((point.x() / width, point.y() / height) for point in seen.toList()), hint)
