"""Asks whether anybody is still there, over whatever screen stands."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from kiosk.flow.events import StayHere
from kiosk.flow.states import Quiet
from ui.look import Look
from ui.theme.tokens import SPACE
from ui.widgets.buttons import Button
from ui.widgets.panels import Panel, column, dim_behind
from ui.widgets.ring import Ring
from ui.widgets.words import Words

COUNTDOWN_S = 20
_FRAME_MS = 100
_TITLES = {
    Quiet.IDLE: "idle_warning.title",
    Quiet.AWAY: "idle_warning.title",
    Quiet.LONG: "idle_warning.long_title",
}
_ANSWERS = {
    Quiet.IDLE: "idle_warning.stay",
    Quiet.AWAY: "idle_warning.stay",
    Quiet.LONG: "idle_warning.more",
}


class IdleOverlay(QWidget):
    """Covers the window; nothing beneath can be touched."""

    happened = Signal(object)

    def __init__(self, look: Look, parent: QWidget, quiet: Quiet = Quiet.IDLE) -> None:
        super().__init__(parent)
        self.setObjectName("idle_overlay")
        self._look = look
        self._since = QElapsedTimer()
        self._since.start()
        outer = column(look, self)
        card = Panel("card")
        card.setFixedWidth(look.px(210))
        inside = column(look, card, margin_mm=12.0, gap_mm=7.0)
        self._ring = Ring(look, COUNTDOWN_S, look.say("idle_warning.ring"))
        inside.addWidget(self._ring, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addWidget(Words(look.say(_TITLES[quiet]), "title", centred=True))
        inside.addWidget(Words(look.say("idle_warning.how", seconds=COUNTDOWN_S), "soft", centred=True))
        self.stay = Button(
            look, look.say("idle_warning.more" if quiet is Quiet.LONG else "idle_warning.stay"), "main", "stay_here"
        )
        self.stay.setMinimumHeight(look.px(SPACE.main_target + 5))
        self.stay.clicked.connect(self._stay)
        inside.addWidget(self.stay)
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        self._ring.show_left(COUNTDOWN_S - self._since.elapsed() / 1000)

    def _stay(self) -> None:
        self.happened.emit(StayHere())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keep touches from what lies beneath."""
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dim what lies beneath."""
        dim_behind(self._look, self)
