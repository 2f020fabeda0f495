"""How long the farewell stands: a moment, and as long as the card lies there, but not for ever."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal


class FarewellTimer(QObject):
    """One farewell after the other. While the card lies there ``over`` comes again and again, and at last ``given_up``."""

    over = Signal()
    """It has been shown for a while."""
    given_up = Signal()
    """It has been shown for so long that nobody will come for the card any more."""

    def __init__(self, shown_s: float, patience_s: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(round(shown_s * 1000))
        self._timer.timeout.connect(self.over)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(round(patience_s * 1000))
        self._patience.timeout.connect(self.given_up)

    def begin(self) -> None:
        """The farewell is shown now."""
        self._timer.start()
        self._patience.start()

    def end(self) -> None:
        """It is not any more."""
        self._timer.stop()
        self._patience.stop()
