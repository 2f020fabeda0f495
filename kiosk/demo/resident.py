"""A resident made of touch events: finds what the screen offers, touches it, and waits for what comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPoint, QTimer
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QScrollArea, QWidget

from kiosk.flow.states import Step
from ui.double_touch import WITHIN_S
from ui.keyboard.keyboard_widget import KeyboardWidget
from ui.widgets.tree import descendants

POLL_MS = 20
SETTLE_MS = 150
"""A person does not touch in the very frame in which a screen appears."""
READS_S = WITHIN_S + 0.05
"""Nobody has read a new screen sooner; whoever touches sooner has touched twice, and the terminal takes no notice."""


class GaveUp(Exception):
    """What the resident waited for did not come; the message says what."""


def wait(milliseconds: int) -> None:
    """Let the application live for so long."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


class Resident:
    """Touches the window as a finger would, counts the touches, and keeps a picture of every screen seen."""

    def __init__(self, window: QWidget, step: Callable[[], Step], pictures: Path) -> None:
        self._window = window
        self._step = step
        self._pictures = pictures
        self._finger: QPointingDevice = QTest.createTouchDevice()
        self._lifted_s = float("-inf")
        self._lifted_in: Step | None = None
        self.touches = 0
        self.screens: list[str] = []

    def touch(self, name: str) -> None:
        """Touch the visible, enabled widget with this object name, in its middle; raises ``GaveUp``."""
        widget = self._wait_widget(name)
        self._push_into_view(widget)
        self._tap(widget, widget.rect().center())

    @staticmethod
    def _push_into_view(widget: QWidget) -> None:
        """A page that is longer than the screen is pushed up or down first, as a finger would."""
        parent = widget.parentWidget()
        while parent is not None and not isinstance(parent, QScrollArea):
            parent = parent.parentWidget()
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget, 0, 20)

    def touch_if_there(self, name: str) -> bool:
        """Touch the widget when it is on the screen; tells whether it was."""
        widget = self._find(name)
        if widget is not None:
            self._push_into_view(widget)
            self._tap(widget, widget.rect().center())
        return widget is not None

    def type_on_keypad(self, digits: str) -> None:
        """Touch the keys of the number pad, one by one."""
        for digit in digits:
            self.touch(f"key:{digit}")

    def type_pinyin(self, words: Sequence[str]) -> None:
        """Write each word on the Pinyin keyboard, letter by letter, and take the first candidate."""
        self.wait_until(lambda: self._keyboard() is not None, "the keyboard", 10.0)
        for word in words:
            for letter in word:
                self._tap_key(letter)
            self.wait_until(lambda: bool(self._shown_keyboard().candidates()), f"candidates for {word}", 5.0)
            keyboard = self._shown_keyboard()
            place = keyboard.candidate_centre(keyboard.candidates()[0])
            if place is None:
                raise GaveUp(f"the first candidate for {word} is not to be seen")
            self._tap(keyboard, place)

    def sign(self) -> None:
        """Draw two strokes on the signature pad."""
        pad = self._wait_widget("signature_pad")
        width, height = pad.width(), pad.height()
        for row, bend in ((0.35, 0.12), (0.6, -0.15)):
            points = [QPoint(round(width * (0.2 + 0.05 * n)), round(height * (row + bend * ((n % 4) / 4)))) for n in range(13)]
            touch = QTest.touchEvent(self._window, self._finger)
            touch.press(0, pad.mapTo(self._window, points[0]), self._window).commit()
            for point in points[1:]:
                QTest.touchEvent(self._window, self._finger).move(0, pad.mapTo(self._window, point), self._window).commit()
                wait(5)
            QTest.touchEvent(self._window, self._finger).release(0, pad.mapTo(self._window, points[-1]), self._window).commit()
            self.touches += 1

    def wait_step(self, *steps: Step, seconds: float = 30.0) -> Step:
        """Wait until the visit is in one of the steps."""
        self.wait_until(lambda: self._step() in steps, f"step {' or '.join(steps)} (still in {self._step()})", seconds)
        wait(SETTLE_MS)
        return self._step()

    def wait_until(self, condition: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
        """Wait until the condition holds; raises ``GaveUp`` after so long."""
        ends = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > ends:
                raise GaveUp(f"waited {seconds:.0f} s for {what}")
            wait(POLL_MS)

    def wait_milliseconds(self, milliseconds: int) -> None:
        """Do nothing for a moment, while the terminal goes on."""
        wait(milliseconds)

    def picture(self, name: str) -> Path:
        """Keep a picture of the screen as it is now."""
        path = self._pictures / f"{len(self.screens) + 1:02d}-{name}.png"
        if not self._window.grab().save(str(path)):
            raise GaveUp(f"cannot write {path}")
        self.screens.append(str(path))
        return path

    def _keyboard(self) -> KeyboardWidget | None:
        widget = self._find("keyboard")
        return widget if isinstance(widget, KeyboardWidget) else None

    def _shown_keyboard(self) -> KeyboardWidget:
        keyboard = self._keyboard()
        if keyboard is None:
            raise GaveUp("the keyboard has left the screen")
        return keyboard

    def _tap_key(self, letter: str) -> None:
        self.wait_until(lambda: self._shown_keyboard().key_centre(letter) is not None, f"key {letter}", 5.0)
        place = self._shown_keyboard().key_centre(letter)
        if place is None:
            raise GaveUp(f"the key {letter} has left the screen")
        self._tap(self._shown_keyboard(), place)

    def _wait_widget(self, name: str) -> QWidget:
        self.wait_until(lambda: self._find(name) is not None, f"{name!r} on the screen (step {self._step()})", 10.0)
        widget = self._find(name)
        if widget is None:
            raise GaveUp(f"{name!r} has just left the screen")
        return widget

    def _find(self, name: str) -> QWidget | None:
        for widget in descendants(self._window, QWidget):
            if widget.objectName() == name and widget.isVisible() and widget.isEnabled():
                return widget
        return None

    def _tap(self, widget: QWidget, at: QPoint) -> None:
        while self._step() is not self._lifted_in and time.monotonic() - self._lifted_s < READS_S:
            wait(POLL_MS)
        point = widget.mapTo(self._window, at)
        QTest.touchEvent(self._window, self._finger).press(0, point, self._window).commit()
        wait(30)
        if isinstance(widget, QAbstractButton) or widget.isVisible():
            self._lifted_s, self._lifted_in = time.monotonic(), self._step()
            QTest.touchEvent(self._window, self._finger).release(0, point, self._window).commit()
        self.touches += 1
        wait(SETTLE_MS)
