"""Notices that nobody has touched the screen for a while."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QEventPoint, QKeyEvent, QTouchEvent

from kiosk.flow.states import AT_REST, Step

_SIGNS_OF_LIFE = frozenset({QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress})
WORKING = frozenset({Step.COMMITTING, Step.DELIVERING, Step.FAREWELL})
PATIENT = frozenset({Step.CREDENTIAL, Step.SMS, Step.GUARDIAN_CARD, Step.GUARDIAN_CONSENT})
"""Steps in which hands are busy elsewhere, with a telephone or somebody else's card: twice the time."""


class IdleWatch(QObject):
    """An event filter for the system's window, through which every touch and key comes; Qt's timers run on the monotonic clock.

    Not for the whole application: Python would be asked about each of the thousands of events that make one screen.
    """

    warned = Signal()
    ended = Signal()

    def __init__(self, warning_s: float, countdown_s: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._warning = QTimer(self)
        self._warning.setSingleShot(True)
        self._warning_ms = round(warning_s * 1000)
        self._warning.timeout.connect(self._on_warning)
        self._countdown = QTimer(self)
        self._countdown.setSingleShot(True)
        self._countdown.setInterval(round(countdown_s * 1000))
        self._countdown.timeout.connect(self.ended)
        self._step = Step.IDLE

    def enter(self, step: Step) -> None:
        """A new step begins: its time starts now; at rest, or while the store works, nobody is waited for."""
        self._step = step
        self._countdown.stop()
        if step in AT_REST or step in WORKING:
            self._warning.stop()
        else:
            self._warning.start(self._patience_ms)

    def seen(self) -> None:
        """Somebody is there."""
        self._countdown.stop()
        if self._step not in AT_REST and self._step not in WORKING:
            self._warning.start(self._patience_ms)

    @property
    def _patience_ms(self) -> int:
        return self._warning_ms * (2 if self._step in PATIENT else 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watch, and let everything pass. During the countdown only the big button counts, which sends ``StayHere``."""
        if event.type() in _SIGNS_OF_LIFE and not self._countdown.isActive() and not _only_lasts(event):
            self.seen()
        return super().eventFilter(watched, event)

    def _on_warning(self) -> None:
        self._countdown.start()
        self.warned.emit()


def _only_lasts(event: QEvent) -> bool:
    """A drop of water on the screen, or a bag on the keypad, goes on touching for hours: only what begins counts."""
    if isinstance(event, QKeyEvent):
        return event.isAutoRepeat()
    if event.type() is QEvent.Type.TouchUpdate and isinstance(event, QTouchEvent):
        return not any(point.state() is QEventPoint.State.Pressed for point in event.points())
    return False
