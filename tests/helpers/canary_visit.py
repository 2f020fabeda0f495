"""A visit of a planted resident in a true terminal, and everything the terminal could still hold of them.

``python -m tests.helpers.canary_visit FOLDER URL`` walks to the form in a process of its own, prints ``ready`` and waits to be killed.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QLabel, QLineEdit, QTextEdit, QWidget

from drivers.types import Deadline
from kiosk import config
from kiosk.app import Terminal, build_terminal, make_application
from kiosk.flow import events as ev
from kiosk.flow.session import SessionContext
from kiosk.flow.states import Paper, Step
from tests.helpers.cases import CANARIES, CANARY_ADDRESS, CANARY_ID_NUMBER, CANARY_NAME
from tests.helpers.people import SENIOR, STAFF, sample_person, sample_portrait, sample_signature

CANARY_PHONE = "13800000000"
PLANTED = (*CANARIES, CANARY_PHONE)
PERSON = sample_person(name=CANARY_NAME, id_number=CANARY_ID_NUMBER, address=CANARY_ADDRESS)
_WAIT_S = 20.0


def settings_of(folder: Path, url: str, **times: float) -> config.Settings:
    return config.Settings(
        machine=config.Machine(data_dir=folder / "terminal", full_screen=False),
        platform=config.Platform(url=url),
        times=config.Times(store_poll_s=0.2, heartbeat_s=0.5, **times),
    )


def reach(terminal: Terminal, step: Step) -> None:
    """Wait for this step."""
    assert _comes(lambda: terminal.visit.state.step is step), f"still in {terminal.visit.state.step}"


def _comes(condition: Callable[[], bool]) -> bool:
    """True as soon as it holds, while the terminal goes on."""
    limit = Deadline(_WAIT_S)
    while not condition() and not limit.is_over:
        QTest.qWait(10)
    return condition()


def to_form(terminal: Terminal) -> None:
    """Identified by staff, the phone number typed by key, the name in the clipboard."""
    visit = terminal.visit
    reach(terminal, Step.IDLE)
    for event in (ev.Touched(), ev.ItemChosen(SENIOR), ev.Continue(), ev.ConsentAnswered(True), ev.RouteChosen(STAFF)):
        visit.handle(event)
    visit.handle(ev.CardWasRead(PERSON, sample_portrait()))
    visit.handle(ev.StaffCodeEntered("1001", "246810"))
    reach(terminal, Step.FORM)
    phone = terminal.window.findChild(QLineEdit, "field:phone")
    assert phone is not None
    phone.setFocus()
    QTest.keyClicks(phone, CANARY_PHONE)
    QGuiApplication.clipboard().setText(CANARY_NAME)


def to_slip(terminal: Terminal) -> None:
    """The case is stored, its slip printed and drawn."""
    to_form(terminal)
    for event in (ev.FieldEntered("collect", "hall"), ev.Continue(), ev.Continue(), ev.SignatureDrawn(sample_signature())):
        terminal.visit.handle(event)
    reach(terminal, Step.SLIP)
    assert _comes(lambda: terminal.visit.state.paper is Paper.PRINTED)
    QGuiApplication.clipboard().setText(CANARY_NAME)


def in_session(session: SessionContext) -> list[str]:
    """Names of the parts of the session that are not as in a fresh one."""
    fresh = SessionContext()
    return [name for name in SessionContext.__slots__ if getattr(session, name) != getattr(fresh, name)]


def in_widgets() -> list[str]:
    """The planted words that any widget of this application holds: shown, named, described, or to be brought back by undo."""
    words: list[str] = []
    for widget in QApplication.allWidgets():
        words += _words_of(widget)
    text = "\n".join(words).replace("\u200b", "").replace(" ", "")
    return [canary for canary in PLANTED if canary.replace(" ", "") in text]


def _words_of(widget: QWidget) -> list[str]:
    words = [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip(), widget.statusTip(), widget.whatsThis()]
    words += [widget.windowTitle(), str(widget.objectName())]
    words += [_property(widget, name.data().decode()) for name in widget.dynamicPropertyNames()]
    if isinstance(widget, QLabel | QAbstractButton):
        words.append(widget.text())
    if isinstance(widget, QTextEdit):
        words.append(widget.toPlainText())
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        model = widget.model()
        words += [
            str(model.index(row, column).data()) for row in range(model.rowCount()) for column in range(model.columnCount())
        ]
    if isinstance(widget, QLineEdit):
        words += [widget.text(), widget.selectedText(), widget.placeholderText()]
        if widget.isUndoAvailable() or widget.isRedoAvailable():
            read_only = widget.isReadOnly()
            widget.setReadOnly(False)
            widget.undo()
            words.append(widget.text())
            widget.redo()
            widget.setReadOnly(read_only)
    return words


def _property(widget: QWidget, name: str) -> str:
    try:
        return str(widget.property(name))
    except RuntimeError:  # Qt's own, of a type that Python does not know: no text
        return ""


def in_input(terminal: Terminal) -> list[str]:
    """What clipboard, keyboard and input method hold."""
    clipboard = QGuiApplication.clipboard()
    words = [clipboard.text(QClipboard.Mode.Clipboard)]
    if clipboard.supportsSelection():
        words.append(clipboard.text(QClipboard.Mode.Selection))
    if terminal.window.keyboard is not None:
        words += terminal.window.keyboard.candidates()
    focused = QGuiApplication.focusObject()
    if isinstance(focused, QLineEdit):
        words.append(focused.text())
    return [word for word in words if word]


def gone(terminal: Terminal) -> None:
    """Nothing of the planted resident is left in this process where anybody could find it."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert in_session(terminal.visit.session) == []
    assert in_widgets() == []
    assert in_input(terminal) == []
    assert _comes(lambda: not terminal._hands.printer.is_busy), "a slip still waits for its printer"


def _main() -> None:
    folder, url = Path(sys.argv[1]), sys.argv[2]
    application = make_application()
    terminal = build_terminal(settings_of(folder, url), sample=True)
    terminal.start()
    try:
        to_form(terminal)
        assert in_widgets(), "there must be something to find"
    except AssertionError:
        traceback.print_exc()
        os._exit(1)  # the terminal's threads would keep the process alive
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not Deadline(120.0).is_over:
        application.processEvents()


if __name__ == "__main__":
    _main()
