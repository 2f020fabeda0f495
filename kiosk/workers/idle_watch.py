"""Notices that nobody has touched the screen for a while, or that one visit goes on for very long."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QEventPoint, QKeyEvent, QTouchEvent

from kiosk.flow.states import AT_REST, Quiet, Step

_SIGNS_OF_LIFE = frozenset({QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress})
WORKING = frozenset({Step.COMMITTING, Step.DELIVERING, Step.FAREWELL})
PATIENT = frozenset({Step.CREDENTIAL, Step.SMS, Step.GUARDIAN_CARD, Step.GUARDIAN_CONSENT})
"""Steps in which hands are busy elsewhere, with a telephone or somebody else's card: twice the time."""
LIMIT_S = 900.0
MORE_S = 300.0
"""So long a visit goes on when its resident asks for more time; as often as they ask."""
_PUT_OFF_MS = 2000
_TELL_MS = 1000


def _timer(parent: QObject, milliseconds: int = 0) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setTimerType(Qt.TimerType.PreciseTimer)  # a coarse one may tell 21 s at the beginning of 20
    timer.setInterval(milliseconds)
    return timer


class IdleWatch(QObject):
    """An event filter for the system's window, through which every touch and key comes; Qt's timers run on the monotonic clock.

    Not for the whole application: Python would be asked about each of the thousands of events that make one screen.

    Every end is warned of ``countdown_s`` before, and each warning can be answered by one touch of the big button.
    """

    warned = Signal(object)
    """``Quiet``: somebody must be asked whether they are still there, and why."""
    ended = Signal()
    """Nobody answered."""
    alive = Signal()
    """A sign of life."""
    left = Signal(int)
    """Whole seconds until the next warning, or until the end while one stands; told once a second during a visit."""

    def __init__(self, warning_s: float, countdown_s: float, parent: QObject | None = None, *, limit_s: float = LIMIT_S) -> None:
        super().__init__(parent)
        self._warning_ms = round(warning_s * 1000)
        self._limit_ms = round(limit_s * 1000)
        self._more_ms = round(min(limit_s, MORE_S) * 1000)
        self._warning = _timer(self)
        self._warning.timeout.connect(self._on_quiet)
        self._countdown_ms = round(countdown_s * 1000)
        self._countdown = _timer(self, self._countdown_ms)
        self._countdown.timeout.connect(self.ended)
        self._session = _timer(self)
        self._session.timeout.connect(self._on_limit)
        self._teller = QTimer(self)
        self._teller.setInterval(_TELL_MS)
        self._teller.timeout.connect(self._tell)
        self._step = Step.IDLE
        self._factor = 1
        self._is_about_limit = False

    def set_patience(self, factor: int) -> None:
        """Give this resident so many times the usual time before a warning, from their next sign of life on; 1 again at rest."""
        if factor != self._factor:
            self._factor = factor
            if self._warning.isActive():
                self._warning.start(self._patience_ms)

    def enter(self, step: Step) -> None:
        """A new step begins: its time starts now; at rest, or while the store works, nobody is waited for."""
        self._step = step
        self._countdown.stop()
        self._is_about_limit = False
        if step in AT_REST or step is Step.FAREWELL:
            self._factor = 1
            self._session.stop()
            self._teller.stop()
        elif not self._teller.isActive():
            self._session.start(self._limit_ms)
            self._teller.start()
        if self._is_waiting:
            self._warning.start(self._patience_ms)
        else:
            self._warning.stop()

    def seen(self) -> None:
        """Somebody is there; one who was asked whether the visit must go on for so long has just said so."""
        self.alive.emit()
        self._countdown.stop()
        if self._is_about_limit:
            self._is_about_limit = False
            self._session.start(self._more_ms)
        if self._is_waiting:
            self._warning.start(self._patience_ms)
            self._tell()

    def advance(self, seconds: float) -> None:
        """As if so much more time had passed; never past a warning, which somebody must be able to answer."""
        passed_ms = round(seconds * 1000)
        for timer in (self._countdown,) if self._countdown.isActive() else (self._warning, self._session):
            if timer.isActive():
                timer.start(max(0, timer.remainingTime() - passed_ms))
        self._tell()

    def nobody_seen(self) -> None:
        """The camera has seen nobody for a while, nor was anything touched: ask at once."""
        if self._is_waiting and not self._countdown.isActive():
            self._warn(Quiet.AWAY)

    @property
    def seconds_left(self) -> float:
        """Until the end while a warning stands, else until the next warning; infinite while nobody is waited for."""
        if self._countdown.isActive():
            return self._countdown.remainingTime() / 1000
        left = [timer.remainingTime() for timer in (self._warning, self._session) if timer.isActive()]
        return min(left) / 1000 if left and self._is_waiting else math.inf

    @property
    def _is_waiting(self) -> bool:
        return self._step not in AT_REST and self._step not in WORKING

    @property
    def _patience_ms(self) -> int:
        return self._warning_ms * self._factor * (2 if self._step in PATIENT else 1)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Watch, and let everything pass. During the countdown only the big button counts, which sends ``StayHere``."""
        if event.type() in _SIGNS_OF_LIFE and not self._countdown.isActive() and not _only_lasts(event):
            self.seen()
        return False

    def _on_quiet(self) -> None:
        self._warn(Quiet.IDLE)

    def _on_limit(self) -> None:
        """A warning that stands already, and a store at work, come first."""
        if self._countdown.isActive() or not self._is_waiting:
            self._session.start(_PUT_OFF_MS)
            return
        self._is_about_limit = True
        self._warn(Quiet.LONG)

    def _warn(self, why: Quiet) -> None:
        self._warning.stop()
        self._countdown.start(self._countdown_ms)
        self.warned.emit(why)
        self._tell()

    def _tell(self) -> None:
        left_s = self.seconds_left
        if math.isfinite(left_s):
            self.left.emit(math.ceil(left_s))


def _only_lasts(event: QEvent) -> bool:
    """A drop of water on the screen, or a bag on the keypad, goes on touching for hours: only what begins counts."""
    if isinstance(event, QKeyEvent):
        return event.isAutoRepeat()
    if event.type() is QEvent.Type.TouchUpdate and isinstance(event, QTouchEvent):
        return not any(point.state() is QEventPoint.State.Pressed for point in event.points())
    return False
