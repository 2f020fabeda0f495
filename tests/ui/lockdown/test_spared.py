"""A developer's window beside the terminal has its keys; the terminal's own stay locked, and in service there is no such window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.lockdown import Lockdown


class Desk(QWidget):
    """A window with a field and a shortcut."""

    def __init__(self) -> None:
        super().__init__()
        self.field = QLineEdit()
        QVBoxLayout(self).addWidget(self.field)
        self.pressed = 0
        QShortcut(QKeySequence("C, 1"), self).activated.connect(self._on_pressed)

    def _on_pressed(self) -> None:
        self.pressed += 1

    def type_in(self, qtbot: QtBot) -> tuple[str, int]:
        """What comes of typing into the field, and of the two keys beside it."""
        self.activateWindow()
        assert QTest.qWaitForWindowActive(self)
        self.field.setFocus()
        qtbot.keyClicks(self.field, "abc")
        self.field.clearFocus()
        self.setFocus()
        for key in (Qt.Key.Key_C, Qt.Key.Key_1):
            qtbot.keyClick(self, key)
        return self.field.text(), self.pressed


@pytest.fixture
def desks(qtbot: QtBot) -> Iterator[tuple[Desk, Desk, Lockdown]]:
    terminal, beside = Desk(), Desk()
    for window in (terminal, beside):
        qtbot.addWidget(window)
        window.show()
    lockdown = Lockdown(terminal, holds_screen=False)
    lockdown.begin()
    yield terminal, beside, lockdown
    lockdown.end()


def test_only_the_spared_window_has_its_keys(desks: tuple[Desk, Desk, Lockdown], qtbot: QtBot) -> None:
    terminal, beside, lockdown = desks
    assert beside.type_in(qtbot) == ("", 0)
    lockdown.spare(beside)
    assert beside.type_in(qtbot) == ("abc", 1)
    assert terminal.type_in(qtbot) == ("", 0)


def test_a_window_that_has_gone_is_spared_no_more(desks: tuple[Desk, Desk, Lockdown], qtbot: QtBot) -> None:
    terminal, _, lockdown = desks
    gone = QWidget()
    lockdown.spare(gone)
    gone.deleteLater()
    qtbot.wait(20)
    assert terminal.type_in(qtbot) == ("", 0)


def test_in_service_no_window_is_spared(qtbot: QtBot) -> None:
    terminal = QWidget()
    qtbot.addWidget(terminal)
    with pytest.raises(RuntimeError, match="in service"):
        Lockdown(terminal, holds_screen=True).spare(QWidget())
