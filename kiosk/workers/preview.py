"""The live picture on the face screen: the newest frame, some twenty times a second, never kept."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from drivers.types import Frame, Image

INTERVAL_MS = 50


def to_qimage(image: Image) -> QImage:
    """Copy of a grey or BGR picture as ``QImage``."""
    pixels = np.ascontiguousarray(image)
    height, width = pixels.shape[:2]
    kind = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_BGR888
    return QImage(pixels.data, width, height, pixels.strides[0], kind).copy()


class Preview(QObject):
    """Shows what ``newest`` delivers while it is started."""

    picture = Signal(QImage)

    def __init__(self, newest: Callable[[], Frame | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest = newest
        self._last = -1
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._tick)

    def set_running(self, running: bool) -> None:
        """Start or stop showing."""
        if running:
            self._last = -1
            self._timer.start()
        else:
            self._timer.stop()

    def _tick(self) -> None:
        frame = self._newest()
        if frame is not None and frame.sequence != self._last:
            self._last = frame.sequence
            self.picture.emit(to_qimage(frame.image))
