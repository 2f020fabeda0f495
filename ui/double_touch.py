"""Many touch everything twice, as they learned it with a mouse. The second touch must not answer a screen they have not seen."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, Slot
from PySide6.QtGui import QMouseEvent, QWindow

WITHIN_S = 0.25
"""The second of two touches comes after 0.1 to 0.2 s; nobody has read the next screen by then."""
NEAR_MM = 12.0
_PRESSES = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick})
_WATCHED = _PRESSES | {QEvent.Type.MouseButtonRelease}


class DoubleTouchGuard(QObject):
    """A filter for the application: swallows a touch where the last one has just brought another screen. GUI thread."""

    def __init__(self, near_px: float, now_s: Callable[[], float] = time.monotonic, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._near_px = near_px
        self._now_s = now_s
        self._lifted_s = float("-inf")
        self._lifted_at = QPointF()
        self._is_new = False

    @Slot(object)
    def new_screen(self, _step: object) -> None:
        """Another screen stands there now."""
        self._is_new = True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Only what comes to the native window is looked at: from there it goes on to the widgets."""
        kind = event.type()
        if kind not in _WATCHED or not isinstance(event, QMouseEvent) or not isinstance(watched, QWindow):
            return False
        if kind is QEvent.Type.MouseButtonRelease:
            self._lifted_s, self._lifted_at, self._is_new = self._now_s(), event.globalPosition(), False
            return False
        moved = (event.globalPosition() - self._lifted_at).manhattanLength()
        return self._is_new and self._now_s() - self._lifted_s < WITHIN_S and moved < self._near_px
