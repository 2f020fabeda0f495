"""What lies under the document camera: the live picture with the outline of the page, and the page as it was taken."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.domain.papers import PageSight, ScannedPage
from ui.look import Look
from ui.theme import drawings
from ui.theme.palettes import Colour
from ui.theme.tokens import SPACE

_LONGEST_PX = 1600
"""A page is decoded no larger than it can be shown: the whole of it would hold up the screen."""
_GOOD = frozenset({"moving", "taken"})
"""The page lies well; it only has to lie still."""


class PageView(QWidget):
    """One picture, whole, in its proportions; held only while it is shown."""

    def __init__(self, look: Look, name: str, accessible_name: str) -> None:
        super().__init__()
        self._look = look
        self._image = QImage()
        self._sight = PageSight((), "")
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMaximumHeight(look.px(230))

    def sizeHint(self) -> QSize:
        """Enough to see whether a page lies well."""
        return QSize(self._look.px(120), self._look.px(70))

    @property
    def is_empty(self) -> bool:
        """True when no picture is held."""
        return self._image.isNull()

    def show_sight(self, image: QImage, sight: PageSight) -> None:
        """The newest picture, and where the page is in it."""
        self._image.fill(0)
        self._image, self._sight = image, sight
        self.setAccessibleDescription(self._look.say(f"page.{sight.hint}"))
        self.update()

    def show_page(self, page: ScannedPage) -> None:
        """The page that was taken."""
        self._image.fill(0)
        self._image = read_page(page)
        self.update()

    def wipe(self) -> None:
        """Overwrite the picture and let go of it."""
        self._image.fill(0)
        self._image = QImage()
        self._sight = PageSight((), "")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground, the picture and the outline."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        radius = self._look.px(SPACE.radius)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._look.colour(Colour.CELADON_PALE)))
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        if self._image.isNull():
            side = min(self._look.px(70), self.height())
            drawing = drawings.pixmap("page_under_camera", QSize(side, side), self._look.palette)
            painter.drawPixmap((self.width() - side) // 2, (self.height() - side) // 2, drawing)
            return
        place = self._place()
        painter.drawImage(place, self._image)
        if self._sight.corners:
            self._draw_outline(painter, place)

    def _place(self) -> QRectF:
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(QRectF(self.rect()).center())
        return place

    def _draw_outline(self, painter: QPainter, place: QRectF) -> None:
        corners = [QPointF(place.x() + x * place.width(), place.y() + y * place.height()) for x, y in self._sight.corners]
        # A light line below a dark one: seen on any desk and any paper.
        is_good = self._sight.hint in _GOOD
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for width, colour in ((2.6, Colour.CARD), (1.4, Colour.DEEP if is_good else Colour.AMBER)):
            pen = QPen(QColor(self._look.colour(colour)), self._look.px(width))
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            if not is_good and colour is Colour.AMBER:
                pen.setStyle(Qt.PenStyle.DashLine)  # never by colour alone
            painter.setPen(pen)
            painter.drawPolygon(QPolygonF(corners))


def read_page(page: ScannedPage) -> QImage:
    """The page, decoded no larger than the screen shows it; a null picture when it has been overwritten already."""
    if not any(page.jpeg[:2]):
        return QImage()
    held = QByteArray(bytes(page.jpeg))
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, b"jpeg")
    size = reader.size()
    if max(size.width(), size.height()) > _LONGEST_PX:
        reader.setScaledSize(size.scaled(QSize(_LONGEST_PX, _LONGEST_PX), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    buffer.close()
    held.fill(0)
    return image
