"""Visit after visit without a pause, from inside the terminal: for what stays behind in memory."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from benchmarks.ui.plan import SIGN, Wish, touches
from kiosk.app import Terminal
from kiosk.domain.identity import Route
from kiosk.flow.states import Step
from kiosk.flow.views import Model, Screen
from ui.window import KioskWindow

_LOOK_MS = 4
_AGAIN_TICKS = 250
_FACE_EVERY, _LANGUAGE_EVERY = 50, 2
_STUCK_TICKS = 60_000 // _LOOK_MS


class Stroller(QObject):
    """Touches whatever lets the matter go on, as soon as it is there; each visit a little different from the one before."""

    def __init__(
        self,
        terminal: Terminal,
        matters: list[list[str]],
        visits: int,
        every: int,
        tell: Callable[[int, float], None],
    ) -> None:
        super().__init__(terminal)
        self._visit, self._window = terminal.visit, terminal.window
        self._matters, self._visits, self._every, self._tell = matters, visits, every, tell
        self._model: Model | None = None
        self._count = 0
        self._done: tuple[Step, tuple[str, ...]] = (Step.IDLE, ())
        self._ticks = self._switched = 0
        self._visit.screen_changed.connect(self._on_screen)
        self._visit.step_changed.connect(self._on_step)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._on_tick)
        self._timer.start()

    @Slot(object)
    def _on_screen(self, screen: Screen) -> None:
        self._model = screen.model

    @Slot(object)
    def _on_step(self, step: Step) -> None:
        self._done = (step, ())
        self._ticks = 0
        if step is not Step.FAREWELL:
            return
        self._count += 1
        if self._count % self._every == 0 or self._count == self._visits:
            QTimer.singleShot(0, self, self._measure)

    @Slot()
    def _measure(self) -> None:
        """What nobody holds any more is let go of first."""
        gc.collect()
        self._tell(self._count, resident_mib())
        if self._count >= self._visits:
            self._timer.stop()

    @Slot()
    def _on_tick(self) -> None:
        self._ticks += 1
        if self._ticks > _STUCK_TICKS:
            raise RuntimeError(f"the visit does not go on in {self._visit.state.step}")
        step, route = self._visit.state.step, Route.ID_CARD_STAFF
        if self._count % _FACE_EVERY == _FACE_EVERY - 1:
            route = Route.ID_CARD_FACE
        code, shelf = self._matters[self._count % len(self._matters)]
        wish = Wish(code, route, shelf)
        names = () if step is Step.OUT_OF_SERVICE else touches(step, self._model, wish, self._is_there)
        if not names or ((step, names) == self._done and self._ticks % _AGAIN_TICKS):
            return
        self._done = (step, names)
        if step is Step.IDLE and self._count % _LANGUAGE_EVERY and self._switched != self._count:
            self._switched, names, self._done = self._count, ("language",), (step, ())
        for name in names:
            press(self._window, name)

    def _is_there(self, name: str) -> bool:
        return any(widget.isVisible() for widget in self._window.findChildren(QWidget, name))


def press(window: KioskWindow, name: str) -> bool:
    """Press and let go, or draw; tells whether there was such a widget to be used."""
    for widget in window.findChildren(QWidget, name):
        if widget.isVisible() and widget.isEnabled():
            middle = widget.rect().center()
            if name == SIGN:
                QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=middle)
                for number in range(1, 20):
                    QTest.mouseMove(widget, middle + QPoint(6 * number, 4 * (number % 5)))
                QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=middle)
            elif isinstance(widget, QAbstractButton):
                widget.click()
            else:
                QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=middle)
            return True
    return False


def resident_mib() -> float:
    """Memory of this process that lies in the machine's."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 2**20
