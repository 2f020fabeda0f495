"""Pictures from outside: the camera, the slip. Held only while shown."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.look import Look
from ui.theme import drawings
from ui.theme.palettes import Colour
from ui.theme.tokens import SPACE
from ui.voice import marks

_PAPER_MM = 80.0
_LONGEST_MM = 220.0


class Mirror(QWidget):
    """The live picture in an oval, mirrored: people know themselves from mirrors."""

    def __init__(self, look: Look, accessible_name: str) -> None:
        super().__init__()
        self._look = look
        self._image = QImage()
        self._ring = Colour.CELADON
        self.setAccessibleName(accessible_name)
        marks.silent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMaximumHeight(look.px(245))

    def sizeHint(self) -> QSize:
        """No more than it must have: it takes what height there is, and what is told beside it comes first."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Enough to know oneself."""
        high = 80.0 if self._look.is_short else 100.0
        return QSize(self._look.px(high * 0.82), self._look.px(high))

    def _oval(self) -> QRectF:
        line = self._look.px(2.2)
        size = QSizeF(82, 100).scaled(self.width() - 2.0 * line, self.height() - 2.0 * line, Qt.AspectRatioMode.KeepAspectRatio)
        oval = QRectF(0, 0, size.width(), size.height())
        oval.moveCenter(QRectF(self.rect()).center())
        return oval

    def show_picture(self, image: QImage) -> None:
        """The newest frame; a null one shows the drawing again."""
        self._image = image.flipped(Qt.Orientation.Horizontal) if not image.isNull() else QImage()
        self.update()

    def wipe(self) -> None:
        """Forget the frame."""
        self._image.fill(0)
        self._image = QImage()
        self.update()

    @property
    def is_empty(self) -> bool:
        """True when no frame is held."""
        return self._image.isNull()

    def pixel_at(self, x: int, y: int) -> QColor:
        """Colour of the picture as shown, before scaling."""
        return self._image.pixelColor(x, y)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill the oval with the middle of the frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        line = self._look.px(2.2)
        oval = self._oval()
        path = QPainterPath()
        path.addEllipse(oval)
        painter.save()
        painter.setClipPath(path)
        painter.fillRect(self.rect(), QColor(self._look.colour(Colour.CELADON_PALE)))
        if self._image.isNull():
            side = self._look.px(90)
            drawing = drawings.pixmap("face", QSize(side, side), self._look.palette)
            painter.drawPixmap(round(oval.center().x() - side / 2), round(oval.center().y() - side / 2), drawing)
        else:
            painter.drawImage(oval, self._image, self._crop(oval))
        painter.restore()
        painter.setPen(QPen(QColor(self._ring), line))
        painter.drawEllipse(oval)

    def _crop(self, oval: QRectF) -> QRectF:
        width, height = float(self._image.width()), float(self._image.height())
        scale = min(width / oval.width(), height / oval.height())
        crop = QRectF(0, 0, oval.width() * scale, oval.height() * scale)
        crop.moveCenter(QRectF(0, 0, width, height).center())
        return crop


class SlipPicture(QWidget):
    """The slip as paper on paper; its own words are read out from the screen's, so it is named as a whole."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._image = QImage()
        self.setAccessibleName(look.say("slip.picture"))
        marks.silent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.hide()

    def sizeHint(self) -> QSize:
        """As much as the picture would like, up to what a screen has."""
        return QSize(self._look.px(110), self._look.px(150))

    def minimumSizeHint(self) -> QSize:
        """Large enough for the slip to be read, and photographed: as wide as the paper."""
        width = self._look.px(_PAPER_MM)
        return QSize(width, min(width * self._image.height() // max(1, self._image.width()), self._look.px(_LONGEST_MM)))

    def show_picture(self, image: QImage) -> None:
        """Show this slip; a null picture hides it."""
        self._image = image
        self.setVisible(not image.isNull())
        self.updateGeometry()
        self.update()

    def wipe(self) -> None:
        """Forget the slip."""
        self._image = QImage()
        self.hide()

    @property
    def is_empty(self) -> bool:
        """True when no slip is held."""
        return self._image.isNull()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the slip whole, in the middle, at the top."""
        if self._image.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        line = self._look.px(SPACE.line)
        size = self._image.size().scaled(
            QSize(self.width() - 2 * line, self.height() - 2 * line), Qt.AspectRatioMode.KeepAspectRatio
        )
        target = QRectF((self.width() - size.width()) / 2, line, size.width(), size.height())
        painter.fillRect(target, QColor(self._look.colour(Colour.CARD)))
        painter.drawImage(target, self._image)
        painter.setPen(QPen(QColor(self._look.colour(Colour.HAIRLINE)), line))
        painter.drawRect(target)
