"""The terminal that is measured, in a process of its own: as ``kiosk run`` starts it, with somebody who notes and answers.

Packets on the line (a seqpacket socket), JSON: there ``{"where": name}``, ``{"touches": wish}``, ``{"results": …}``,
``{"stroll": …}``; here the answers, and unasked ``{"step": …}``, ``{"asks": …}`` and ``{"memory": [visits, MiB]}``.
"""

from __future__ import annotations

import gc
import json
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLoggingCategory, QObject, QPoint, QSocketNotifier, QTimer, Slot
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

import kiosk.app
from benchmarks.ui.plan import DeadEnd, Wish, touches
from benchmarks.ui.stroll import Stroller
from benchmarks.ui.watch import Changes, PaintedWindow, TimedVisit, Watchdog, results
from kiosk import config
from kiosk.commands.run import PULSE_MS
from kiosk.domain.identity import Route
from kiosk.flow.events import FaceAsks
from kiosk.flow.states import Step
from kiosk.flow.views import Screen
from kiosk.hardening import harden
from kiosk.workers import card_watch

PACKET_BYTES = 1 << 20
HASTY = "hasty"
"""The word for a terminal that looks more often whether the card has gone: a thousand visits would wait for it half an hour."""
_HASTY_LOOK_MS = 100


class Witness(QObject):
    """Tells the other end of the line what it asks, and every step."""

    def __init__(self, terminal: kiosk.app.Terminal, line: socket.socket) -> None:
        super().__init__(terminal)
        self._terminal = terminal
        self._window = terminal.window
        self._line = line
        self._screen: Screen | None = None
        self._stroller: Stroller | None = None
        self._changes = Changes(terminal.visit)
        self._watchdog = Watchdog(lambda: terminal.visit.state.step, self)
        terminal.visit.screen_changed.connect(self._on_screen)
        terminal.visit.step_changed.connect(self._on_step)
        terminal.visit.face_asked.connect(self._on_asks)
        self._ear = QSocketNotifier(line.fileno(), QSocketNotifier.Type.Read, self)
        self._ear.activated.connect(self._on_question)

    def stop(self) -> None:
        """Let go."""
        self._ear.setEnabled(False)
        self._watchdog.stop()

    def _tell(self, **words: Any) -> None:
        self._line.send(json.dumps(words).encode())

    @Slot(object)
    def _on_screen(self, screen: Screen) -> None:
        self._screen = screen

    @Slot(object)
    def _on_step(self, step: Step) -> None:
        self._tell(step=step.value)

    @Slot(object)
    def _on_asks(self, asks: FaceAsks) -> None:
        self._tell(asks=[asks.action, asks.done], light=self._window.light)

    @Slot()
    def _on_question(self) -> None:
        question = json.loads(self._line.recv(PACKET_BYTES) or b"null")
        if question is None:
            QTimer.singleShot(0, QApplication.exit)  # not quit(): the window refuses to be closed
            self._ear.setEnabled(False)
        elif "where" in question:
            self._tell(answer=self._where(question["where"]))
        elif "touches" in question:
            self._tell(answer=self._touches(Wish(question["touches"][0], Route(question["touches"][1]), question["touches"][2])))
        elif question.get("watch"):
            self._watchdog.start()
            self._tell(answer=True)
        elif "stroll" in question:
            matters, count, every = question["stroll"]
            self._stroller = Stroller(self._terminal, matters, count, every, lambda made, mib: self._tell(memory=[made, mib]))
            self._tell(answer=True)
        else:
            self._tell(answer=results(self._changes, self._watchdog))

    def _touches(self, wish: Wish) -> list[str] | str:
        if self._screen is None:
            return []
        try:
            return list(touches(self._terminal.visit.state.step, self._screen.model, wish, self._is_there))
        except DeadEnd as error:
            return str(error)

    def _is_there(self, name: str) -> bool:
        return any(widget.isVisible() for widget in self._window.findChildren(QWidget, name))

    def _where(self, name: str) -> list[int] | None:
        """The widget that can be seen and used, pushed into view if need be: left, top, width, height, pushed."""
        for widget in self._window.findChildren(QWidget, name):
            if widget.isVisible() and widget.isEnabled():
                pushed = push_into_view(widget)
                corner = widget.mapTo(self._window, QPoint(0, 0)) + self._window.pos()
                return [corner.x(), corner.y(), widget.width(), widget.height(), int(pushed)]
        return None


def push_into_view(widget: QWidget) -> bool:
    """Push the page as a finger would, where it is longer than the screen; tells whether it had to be."""
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QScrollArea):
        parent = parent.parentWidget()
    if not isinstance(parent, QScrollArea):
        return False
    before = parent.verticalScrollBar().value()
    parent.ensureWidgetVisible(widget, 0, 20)
    return parent.verticalScrollBar().value() != before


def main() -> int:
    """``python -m benchmarks.ui.terminal SETTINGS LINE [hasty]``."""
    harden()
    gc.disable()
    QLoggingCategory.setFilterRules("qt.*=false\ndefault.warning=false")
    application = kiosk.app.make_application()
    signal.signal(signal.SIGTERM, lambda _number, _frame: QTimer.singleShot(0, application.exit))
    pulse = QTimer(application)
    pulse.timeout.connect(lambda: None)
    pulse.start(PULSE_MS)
    setattr(kiosk.app, "KioskWindow", PaintedWindow)  # noqa: B010 - the parts that note are put in where the terminal is built
    setattr(kiosk.app, "Visit", TimedVisit)  # noqa: B010
    if HASTY in sys.argv[3:]:
        card_watch.LOOK_MS = _HASTY_LOOK_MS
    terminal = kiosk.app.build_terminal(config.load(Path(sys.argv[1])), sample=True)
    with socket.socket(fileno=int(sys.argv[2])) as line:
        witness = Witness(terminal, line)
        try:
            return kiosk.app.run_terminal(terminal)
        finally:
            witness.stop()


if __name__ == "__main__":
    sys.exit(main())
