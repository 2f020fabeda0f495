"""Windows: there is one, it cannot be closed or put away from outside, and no dialog or menu is ever seen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QInputDialog, QMenu, QMessageBox, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from kiosk.domain.language import Language
from tests.ui.conftest import Visitor
from ui.gallery.plates import Plate, plates
from ui.gallery.render import show
from ui.lockdown import Lockdown

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|propagateSizeHints)")
"""The offscreen platform has no order of windows."""
PLATES = {plate.name: plate for plate in plates(Language.ZH)}


def plate(name: str) -> Plate:
    return PLATES[name]


def seen() -> list[QWindow]:
    return [window for window in QGuiApplication.topLevelWindows() if window.isVisible()]


@pytest.mark.expects_warnings
@pytest.mark.parametrize("kind", [QWidget, QDialog, QMessageBox, QFileDialog, QInputDialog, QMenu])
def test_a_second_window_is_never_seen(
    locked: Visitor, kind: type[QWidget], caplog: pytest.LogCaptureFixture, qtbot: QtBot
) -> None:
    show(locked.window, plate("form"))
    other = kind()
    if isinstance(other, QMenu):
        other.addAction("planted")
        other.popup(QPoint(10, 10))
    else:
        other.show()
    QTest.qWait(1)
    assert seen() == [locked.window.windowHandle()]
    assert not other.isVisible()
    assert QGuiApplication.modalWindow() is None
    qtbot.waitUntil(locked.window.isActiveWindow, timeout=5000)
    assert QApplication.activePopupWidget() is None
    assert "a second window was kept away" in caplog.text
    locked.touch("quit")
    assert len(locked.events) == 1, "the screen goes on"
    other.deleteLater()


@pytest.mark.expects_warnings
@pytest.mark.parametrize("kind", ["dialog", "menu", "question"])
def test_a_window_that_waits_for_an_answer_does_not_hold_up_the_visit(locked: Visitor, qtbot: QtBot, kind: str) -> None:
    show(locked.window, plate("form"))
    ended: list[object] = []

    def ask() -> None:
        if kind == "dialog":
            ended.append(QDialog(locked.window).exec())
        elif kind == "menu":
            menu = QMenu(locked.window)
            menu.addAction("planted")
            ended.append(menu.exec(QPoint(5, 5)))
        else:
            ended.append(QMessageBox.question(locked.window, "?", "?"))

    QTimer.singleShot(0, ask)
    qtbot.waitUntil(lambda: bool(ended), timeout=5000)
    assert seen() == [locked.window.windowHandle()]
    locked.touch("quit")
    assert len(locked.events) == 1


@pytest.mark.expects_warnings
def test_a_bubble_is_never_seen(locked: Visitor) -> None:
    show(locked.window, plate("form"))
    QToolTip.showText(QPoint(40, 40), "planted", locked.window)
    QTest.qWait(50)
    assert seen() == [locked.window.windowHandle()]


@pytest.mark.expects_warnings
def test_a_window_without_widgets_is_sent_away(locked: Visitor, qtbot: QtBot) -> None:
    other = QWindow()
    other.show()
    qtbot.waitUntil(lambda: seen() == [locked.window.windowHandle()], timeout=2000)


@pytest.mark.parametrize("name", ["idle", "form", "sign"])
def test_the_window_manager_cannot_close_the_window(locked: Visitor, name: str) -> None:
    show(locked.window, plate(name))
    assert not locked.window.close()
    event = QCloseEvent()
    QApplication.sendEvent(locked.window.windowHandle(), event)
    assert not event.isAccepted()
    QTest.qWait(20)
    assert locked.window.isVisible()
    assert locked.find(f"screen:{name}"), "what was written is still there"


def test_when_the_lock_ends_the_window_closes(locked: Visitor, lockdown: Lockdown) -> None:
    lockdown.end()
    assert locked.window.close()


def test_in_development_the_window_closes(subject: Visitor) -> None:
    lockdown = Lockdown(subject.window, holds_screen=False)
    lockdown.begin()
    show(subject.window, plate("form"))
    assert subject.window.close()
    lockdown.end()


def test_a_window_that_was_put_away_comes_back(locked: Visitor, qtbot: QtBot) -> None:
    show(locked.window, plate("form"))
    locked.window.showMinimized()
    qtbot.waitUntil(lambda: not locked.window.isMinimized() and locked.window.isVisible(), timeout=5000)
    locked.window.hide()
    qtbot.waitUntil(locked.window.isVisible, timeout=5000)
    assert locked.find("screen:form")


def test_a_window_that_lost_the_keys_takes_them_back(locked: Visitor, lockdown: Lockdown, qtbot: QtBot) -> None:
    show(locked.window, plate("form"))
    phone = locked.find("field:phone")
    phone.setFocus()
    lockdown.end()
    other = QWindow()
    other.show()
    lockdown.begin()
    locked.window.activateWindow()
    qtbot.waitUntil(locked.window.isActiveWindow, timeout=5000)
    other.requestActivate()
    qtbot.waitUntil(other.isActive, timeout=5000)
    qtbot.waitUntil(locked.window.isActiveWindow, timeout=5000)
    assert locked.window.focusWidget() is phone
    lockdown.end()
    other.close()


def test_a_turned_screen_is_filled(locked: Visitor, qtbot: QtBot) -> None:
    show(locked.window, plate("form"))
    screen = QGuiApplication.primaryScreen()
    for width, height in ((1920, 1080), (1080, 1920)):
        screen.geometryChanged.emit(QRect(0, 0, width, height))
        qtbot.waitUntil(lambda: locked.sees("main_action"), timeout=5000)
        assert (locked.window.width(), locked.window.height()) == (width, height)
