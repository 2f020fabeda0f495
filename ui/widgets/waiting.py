"""Water in motion: something is being done, how long that usually takes, and how to go on when it takes longer."""

from __future__ import annotations

import math

from PySide6.QtCore import QElapsedTimer, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.domain.waiting import Patience
from kiosk.flow.waits import WaitView
from ui.look import Look
from ui.theme.palettes import Colour
from ui.theme.tokens import MOTION
from ui.widgets.panels import column
from ui.widgets.words import Words

_DOTS = 5
_PERIOD_FRAMES = 24
_STILL_LIFT = 0.5


class Waiting(QWidget):
    """Hidden while nothing is waited for. What is over within 300 ms is not told at all: a flicker helps nobody."""

    late = Signal()
    """It takes longer than was said."""

    def __init__(self, look: Look, *, centred: bool = True) -> None:
        super().__init__()
        self._look = look
        self._wait: WaitView | None = None
        self._since = QElapsedTimer()
        self._drops = Drops(look)
        kept = self._drops.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._drops.setSizePolicy(kept)
        self._words = Words("", "soft", centred=centred)
        self._words.setMinimumHeight(look.px(9))
        lines = column(look, self, gap_mm=2.0)
        lines.addWidget(self._drops, 0, Qt.AlignmentFlag.AlignHCenter if centred else Qt.AlignmentFlag.AlignLeft)
        lines.addWidget(self._words)
        self._timer = QTimer(self)
        self._timer.setInterval(MOTION.waiting_looks)
        self._timer.timeout.connect(self._tell)
        self.hide()

    @property
    def is_late(self) -> bool:
        """It takes longer than was said."""
        late_after_s = self._wait.patience.late_after_s if self._wait is not None else None
        return late_after_s is not None and self._elapsed_s() > late_after_s

    def expect(self, wait: WaitView | None) -> None:
        """Wait for this from now on; the same as before goes on."""
        self._wait = wait
        if wait is None:
            self._timer.stop()
            self.hide()
            return
        self._since.start()
        self._timer.start()
        self._tell()
        self.show()

    def _elapsed_s(self) -> float:
        return self._wait.patience.elapsed_s + self._since.elapsed() / 1000 if self._wait is not None else 0.0

    def _tell(self) -> None:
        if self._wait is None:
            return
        is_shown = self._elapsed_s() * 1000 >= MOTION.before_waiting_shows
        self._drops.setVisible(is_shown)
        words = _words(self._look, self._wait, is_late=self.is_late) if is_shown else ""
        if words != self._words.text():
            self._words.setText(words)
            if self.is_late:
                self.late.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self._timer.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """Go on."""
        super().showEvent(event)
        if self._wait is not None:
            self._timer.start()


def _words(look: Look, wait: WaitView, *, is_late: bool) -> str:
    patience = wait.patience
    if is_late:
        return look.say(f"wait.late.{wait.way}", phone=look.help_phone)
    if patience.is_for_resident:
        return look.say("wait.for_you", seconds=round(patience.at_most_s)) if patience.at_most_s is not None else ""
    return _how_long(look, patience)


def _how_long(look: Look, patience: Patience) -> str:
    if patience.usual_s is not None:
        return look.say("wait.usual", seconds=max(1, round(patience.usual_s)))
    if patience.at_most_s is not None:
        return look.say("wait.at_most", seconds=max(1, round(patience.at_most_s)))
    return look.say("wait.moment")


class Drops(QWidget):
    """Five drops that rise and fall one after another; still when hidden, and where nothing shall move."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._frame = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self)
        self._timer.setInterval(MOTION.waiting_frame)
        self._timer.timeout.connect(self._tick)

    def sizeHint(self) -> QSize:
        """Five drops with air between."""
        return QSize(self._look.px(56), self._look.px(14))

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to move."""
        super().showEvent(event)
        if MOTION.is_allowed:
            self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self._timer.stop()

    def _tick(self) -> None:
        self._frame = (self._frame + 1) % _PERIOD_FRAMES
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the drops."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self._look.colour(Colour.CELADON)))
        step, radius = self.width() / _DOTS, self._look.px(2.4)
        for number in range(_DOTS):
            phase = 2 * math.pi * (self._frame / _PERIOD_FRAMES - number / _DOTS)
            lift = (1 + math.sin(phase)) / 2 if MOTION.is_allowed else _STILL_LIFT
            painter.setBrush(QColor(self._look.colour(Colour.CELADON if lift >= _STILL_LIFT else Colour.CELADON_LIGHT)))
            y = self.height() - radius - 1 - lift * (self.height() - 2 * radius - 2)
            painter.drawEllipse(QPointF(step * (number + 0.5), y), radius, radius)
