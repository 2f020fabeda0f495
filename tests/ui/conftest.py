"""The window under test, with and without the Pinyin keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from kiosk.flow.events import Event
from ui.window import KioskWindow


class Visitor:
    """Touches a window by object names, and hears the events it tells."""

    def __init__(self, window: KioskWindow, finger: QPointingDevice) -> None:
        self.window = window
        self._finger = finger
        self.events: list[Event] = []
        window.happened.connect(self.events.append)

    def find(self, name: str) -> QWidget:
        """The visible widget of this name."""
        found = [widget for widget in self.window.findChildren(QWidget, name) if widget.isVisible()]
        assert len(found) == 1, f"{name}: {len(found)} on the screen"
        return found[0]

    def sees(self, name: str) -> bool:
        """Whether such a widget is visible."""
        return any(widget.isVisible() for widget in self.window.findChildren(QWidget, name))

    def touch(self, name: str) -> None:
        """Touch its middle as a finger does."""
        widget = self.find(name)
        self._page_to(widget)
        self.touch_at(widget.mapTo(self.window, widget.rect().center()))

    def _page_to(self, widget: QWidget) -> None:
        """A page that is longer than its place is moved first."""
        parent = widget.parentWidget()
        while parent is not None and not isinstance(parent, QScrollArea):
            parent = parent.parentWidget()
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget, 0, 20)
            QTest.qWait(10)

    def touch_at(self, point: QPoint, held_ms: int = 20) -> None:
        """Touch a point of the window."""
        QTest.touchEvent(self.window, self._finger).press(0, point, self.window).commit()
        QTest.qWait(held_ms)
        QTest.touchEvent(self.window, self._finger).release(0, point, self.window).commit()
        QTest.qWait(20)

    def swipe(self, start: QPoint, end: QPoint, steps: int = 12) -> None:
        """Draw a finger from one point of the window to another."""
        QTest.touchEvent(self.window, self._finger).press(0, start, self.window).commit()
        for step in range(1, steps + 1):
            QTest.qWait(15)
            point = start + (end - start) * (step / steps)
            QTest.touchEvent(self.window, self._finger).move(0, point, self.window).commit()
        QTest.touchEvent(self.window, self._finger).release(0, end, self.window).commit()
        QTest.qWait(50)

    def two_fingers(self, one: QPoint, other: QPoint) -> None:
        """Press two points at once and pull them apart."""
        QTest.touchEvent(self.window, self._finger).press(0, one, self.window).press(1, other, self.window).commit()
        for step in range(1, 8):
            apart = QPoint(0, 12 * step)
            sequence = QTest.touchEvent(self.window, self._finger)
            sequence.move(0, one - apart, self.window).move(1, other + apart, self.window).commit()
        sequence = QTest.touchEvent(self.window, self._finger)
        sequence.release(0, one, self.window).release(1, other, self.window).commit()
        QTest.qWait(30)


@pytest.fixture(scope="session")
def finger() -> QPointingDevice:
    return QTest.createTouchDevice()


MakeWindow = Callable[..., KioskWindow]


@pytest.fixture
def make_window(qtbot: QtBot) -> Iterator[MakeWindow]:
    """Makes windows; by default without the keyboard, which takes a moment to load."""
    made: list[KioskWindow] = []

    def make(**options: object) -> KioskWindow:
        window = KioskWindow(**({"with_keyboard": False} | options))  # type: ignore[arg-type]
        made.append(window)
        window.show()
        assert QTest.qWaitForWindowActive(window)
        return window

    yield make
    for window in made:
        window.close()
        window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def window(make_window: MakeWindow) -> KioskWindow:
    return make_window()


@pytest.fixture
def subject(window: KioskWindow, finger: QPointingDevice) -> Visitor:
    """A visitor before a window without keyboard."""
    return Visitor(window, finger)


@pytest.fixture
def with_keyboard(make_window: MakeWindow, finger: QPointingDevice) -> Visitor:
    """A visitor before a window with the Pinyin keyboard."""
    return Visitor(make_window(with_keyboard=True), finger)
