"""The change from one screen to the next: the ground lightens, and nothing travels across the eye."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.look import Look
from ui.theme.palettes import Colour
from ui.theme.tokens import MOTION

_BEGINS_AT = 0.8


class Veil(QWidget):
    """Lies over a new screen for a moment, lets every touch through, and goes by itself."""

    def __init__(self, look: Look, over: QWidget) -> None:
        super().__init__(over)
        self._ground = QColor(look.colour(Colour.PAGE))
        self._ground.setAlphaF(_BEGINS_AT)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(over.rect())
        lightening = QVariantAnimation(self)
        lightening.setStartValue(_BEGINS_AT)
        lightening.setEndValue(0.0)
        lightening.setDuration(MOTION.change)
        lightening.setEasingCurve(QEasingCurve.Type.OutCubic)
        lightening.valueChanged.connect(self._lighten)
        lightening.finished.connect(self.deleteLater)
        lightening.start()
        self.show()
        self.raise_()

    def _lighten(self, part: float) -> None:
        self._ground.setAlphaF(part)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is left of it."""
        QPainter(self).fillRect(event.rect(), self._ground)
