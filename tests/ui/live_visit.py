"""The window with the true machine and session behind it; devices, authorities and store are played by the test."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from kiosk.flow.events import Event
from kiosk.flow.presenter import present
from kiosk.flow.states import Step
from tests.helpers.visitor import Visitor as Machine
from tests.ui.conftest import Visitor


class LiveVisit:
    """Every touch is an event of the machine, and every event may be another screen."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.machine = Machine()
        visitor.window.happened.connect(self.handle)
        self._show()

    @property
    def step(self) -> Step:
        return self.machine.state.step

    def handle(self, event: Event) -> None:
        """What the resident, a device or an authority did."""
        was_held = not self.machine.session.is_empty
        self.machine.does(event)
        if was_held and self.machine.session.is_empty:
            self.visitor.window.wipe()
        self._show()

    def does(self, *events: Event) -> LiveVisit:
        for event in events:
            self.handle(event)
        QTest.qWait(10)
        return self

    def _show(self) -> None:
        self.visitor.window.show_screen(present(self.machine.state, self.machine.context))


def type_text(entry: QLineEdit, text: str) -> None:
    """Sign by sign, as from a keyboard; also signs that QTest does not know."""
    for sign in text:
        QApplication.sendEvent(
            entry, QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, sign)
        )
