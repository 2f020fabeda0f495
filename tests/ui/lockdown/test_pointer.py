"""Touch and mouse: one finger, one button, nothing dragged, nothing zoomed, no menu and no bubble."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QHelpEvent,
    QNativeGestureEvent,
    QPointingDevice,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QScrollArea, QWhatsThis, QWidget

from kiosk.domain.language import Language
from kiosk.flow import events as ev
from tests.ui.conftest import Visitor
from ui.gallery import sample
from ui.gallery.plates import Plate, plates
from ui.gallery.render import show

PLATES = {plate.name: plate for plate in plates(Language.ZH)}
NAMES = sorted(PLATES)
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
UNWANTED = (
    QEvent.Type.ContextMenu,
    QEvent.Type.DragEnter,
    QEvent.Type.Drop,
    QEvent.Type.ToolTip,
    QEvent.Type.WhatsThis,
    QEvent.Type.QueryWhatsThis,
    QEvent.Type.Gesture,
    QEvent.Type.NativeGesture,
)


class Ear(QObject):
    """Hears of unwanted events at any widget of a window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self.heard: list[QEvent.Type] = []
        for widget in (window, *window.findChildren(QWidget)):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in UNWANTED:
            self.heard.append(event.type())
        return False


def plate(name: str) -> Plate:
    return PLATES[name]


def middle(widget: QWidget, window: QWidget) -> QPoint:
    return widget.mapTo(window, widget.rect().center())


def test_no_widget_of_any_screen_hears_of_a_context_menu(locked: Visitor) -> None:
    for name in NAMES:
        show(locked.window, plate(name))
        ear = Ear(locked.window)
        for widget in [locked.window, *locked.window.findChildren(QWidget)]:
            for reason in QContextMenuEvent.Reason:
                QApplication.sendEvent(widget, QContextMenuEvent(reason, QPoint(3, 3), QPoint(3, 3)))
        assert ear.heard == []
    assert [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QMenu)] == []


def test_a_long_press_is_no_more_than_a_touch(locked: Visitor) -> None:
    show(locked.window, plate("form"))
    ear = Ear(locked.window)
    entry = locked.find("field:name")
    locked.touch_at(middle(entry, locked.window), held_ms=1200)
    assert ear.heard == []
    assert [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()] == [locked.window]
    assert locked.events == []


@pytest.mark.parametrize("button", [Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.BackButton])
def test_other_buttons_of_a_mouse_do_nothing(locked: Visitor, button: Qt.MouseButton) -> None:
    QApplication.clipboard().setText("planted")
    show(locked.window, plate("form"))
    entry = locked.find("field:name")
    assert isinstance(entry, QLineEdit)
    before = entry.text()
    for widget in (locked.find("main_action"), locked.find("quit"), entry):
        QTest.mouseClick(locked.window.windowHandle(), button, NONE, middle(widget, locked.window))
        QTest.mouseDClick(locked.window.windowHandle(), button, NONE, middle(widget, locked.window))
    assert locked.events == []
    assert (entry.text(), entry.hasFocus()) == (before, False)
    QApplication.clipboard().clear()


def test_nothing_can_be_dropped(locked: Visitor) -> None:
    show(locked.window, plate("form"))
    ear = Ear(locked.window)
    parcel = QMimeData()
    parcel.setText("planted")
    parcel.setUrls([QUrl("file:///etc/passwd")])
    entry = locked.find("field:name")
    assert isinstance(entry, QLineEdit)
    before, copy, left = entry.text(), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    for widget in (entry, locked.window):
        enter = QDragEnterEvent(QPoint(3, 3), copy, parcel, left, NONE)
        QApplication.sendEvent(widget, enter)
        assert not enter.isAccepted()
        drop = QDropEvent(QPointF(3, 3), copy, parcel, left, NONE)
        QApplication.sendEvent(widget, drop)
        assert not drop.isAccepted()
    assert ear.heard == []
    assert entry.text() == before
    assert not any(widget.acceptDrops() for widget in locked.window.findChildren(QWidget))


def test_nothing_can_be_dragged_out(locked: Visitor) -> None:
    for name in NAMES:
        show(locked.window, plate(name))
        assert not any(entry.dragEnabled() for entry in locked.window.findChildren(QLineEdit))
    show(locked.window, plate("form"))
    entry = locked.find("field:name")
    assert isinstance(entry, QLineEdit)
    entry.setFocus()
    entry.selectAll()
    text, start = entry.text(), QPoint(40, entry.height() // 2)
    QTest.mousePress(entry, Qt.MouseButton.LeftButton, NONE, start)
    QTest.qWait(QApplication.startDragTime() + 50)
    for step in range(1, 20):
        QTest.mouseMove(entry, start + QPoint(step * 10, step * 10), 1)
    QTest.mouseRelease(entry, Qt.MouseButton.LeftButton, NONE, start + QPoint(200, 200))
    assert entry.text() == text
    assert QApplication.clipboard().text() == ""


def test_there_are_no_bubbles_and_no_whats_this(locked: Visitor) -> None:
    for name in NAMES:
        show(locked.window, plate(name))
        ear = Ear(locked.window)
        for widget in [locked.window, *locked.window.findChildren(QWidget)]:
            assert (widget.toolTip(), widget.whatsThis(), widget.statusTip()) == ("", "", ""), widget.objectName()
            for kind in (QEvent.Type.ToolTip, QEvent.Type.WhatsThis, QEvent.Type.QueryWhatsThis):
                QApplication.sendEvent(widget, QHelpEvent(kind, QPoint(3, 3), QPoint(3, 3)))
        assert ear.heard == []
    assert not QWhatsThis.inWhatsThisMode()


@pytest.mark.parametrize("name", ["home", "form", "slip-stored", "face", "idle"])
def test_two_and_three_fingers_zoom_turn_and_swipe_nothing(locked: Visitor, finger: QPointingDevice, name: str) -> None:
    show(locked.window, plate(name))
    ear, window = Ear(locked.window), locked.window
    size, shown = window.size(), window.grab().toImage()
    centre = window.rect().center()
    for fingers in (2, 3, 4, 5):
        places = [centre + QPoint(60 * number - 120, 40 * (number % 2)) for number in range(fingers)]
        touch = QTest.touchEvent(window, finger)
        for number, place in enumerate(places):
            touch.press(number, place, window)
        touch.commit()
        for step in range(1, 10):
            touch = QTest.touchEvent(window, finger)
            for number, place in enumerate(places):
                touch.move(number, place + QPoint((number - 1) * 9 * step, -6 * step), window)
            touch.commit()
            QTest.qWait(4)
        touch = QTest.touchEvent(window, finger)
        for number, place in enumerate(places):
            touch.release(number, place, window)
        touch.commit()
        QTest.qWait(20)
    assert ear.heard == []
    assert window.size() == size
    assert len(locked.events) <= 4, "no more than the first finger of each would"
    if not locked.events and name != "home":
        assert window.grab().toImage().size() == shown.size()


def test_a_touchpad_pinch_is_not_heard(locked: Visitor) -> None:
    show(locked.window, plate("home"))
    ear = Ear(locked.window)
    for kind in (
        Qt.NativeGestureType.ZoomNativeGesture,
        Qt.NativeGestureType.RotateNativeGesture,
        Qt.NativeGestureType.SwipeNativeGesture,
    ):
        event = QNativeGestureEvent(
            kind, QPointingDevice.primaryPointingDevice(), 2, QPointF(9, 9), QPointF(9, 9), QPointF(9, 9), 0.5, QPointF(1, 1)
        )
        QApplication.sendEvent(locked.window, event)
    assert ear.heard == []


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_a_swipe_from_an_edge_opens_nothing(locked: Visitor, side: str) -> None:
    show(locked.window, plate("guide"))
    width, height = locked.window.width(), locked.window.height()
    start, end = {
        "left": (QPoint(0, height // 2), QPoint(width // 2, height // 2)),
        "right": (QPoint(width - 1, height // 2), QPoint(width // 2, height // 2)),
        "top": (QPoint(width // 2, 0), QPoint(width // 2, height // 2)),
        "bottom": (QPoint(width // 2, height - 1), QPoint(width // 2, height // 2)),
    }[side]
    locked.swipe(start, end)
    assert locked.events == []
    assert [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()] == [locked.window]
    assert locked.window.pos() == QPoint(0, 0)


def test_ctrl_and_wheel_zoom_nothing_and_the_wheel_alone_pushes_the_page(locked: Visitor) -> None:
    show(locked.window, plate("home-limited"))
    area = locked.window.findChild(QScrollArea)
    assert area is not None
    card = locked.find(f"item:{sample.PERMIT}")
    font, place = card.font().pixelSize(), QPointF(20, 20)

    def turn(modifiers: Qt.KeyboardModifier) -> None:
        for _ in range(5):
            turned = QWheelEvent(
                place, card.mapToGlobal(place), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, modifiers,
                Qt.ScrollPhase.NoScrollPhase, False,
            )  # fmt: skip
            QApplication.sendEvent(area.viewport(), turned)

    turn(CTRL)
    assert (area.verticalScrollBar().value(), card.font().pixelSize()) == (0, font)
    turn(NONE)
    assert area.verticalScrollBar().value() > 0


def test_a_finger_that_stays_when_the_screen_changes_presses_nothing_of_the_next(
    locked: Visitor, finger: QPointingDevice
) -> None:
    show(locked.window, plate("guide"))
    point = middle(locked.find("main_action"), locked.window)
    QTest.touchEvent(locked.window, finger).press(0, point, locked.window).commit()
    show(locked.window, plate("review"))
    QTest.touchEvent(locked.window, finger).move(0, point + QPoint(1, 0), locked.window).commit()
    QTest.touchEvent(locked.window, finger).release(0, point, locked.window).commit()
    QTest.qWait(30)
    assert locked.events == []
    locked.touch("main_action")
    assert locked.events == [ev.Continue()], "and the next touch counts"
