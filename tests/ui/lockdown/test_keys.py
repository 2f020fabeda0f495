"""Keyboard: only the keys of the keypad pass, and while somebody writes what writing needs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWhatsThis, QWidget

from kiosk.domain.language import Language
from tests.ui.conftest import Visitor
from ui.gallery.plates import Plate, plates
from ui.gallery.render import show
from ui.lockdown import EDITING_KEYS, MOVING_KEYS, Lockdown, passes

PLATES = {plate.name: plate for plate in plates(Language.ZH)}
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CTRL, ALT, META = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.MetaModifier
KEY = Qt.Key

BREAKOUTS: dict[str, tuple[Qt.Key, Qt.KeyboardModifier]] = {
    "Alt+F4": (KEY.Key_F4, ALT),
    "Alt+Tab": (KEY.Key_Tab, ALT),
    "Alt+Shift+Tab": (KEY.Key_Backtab, ALT | SHIFT),
    "Alt+Escape": (KEY.Key_Escape, ALT),
    "Alt+Space": (KEY.Key_Space, ALT),
    "Alt+Return": (KEY.Key_Return, ALT),
    "Alt+F2": (KEY.Key_F2, ALT),
    "Ctrl+Q": (KEY.Key_Q, CTRL),
    "Ctrl+W": (KEY.Key_W, CTRL),
    "Ctrl+N": (KEY.Key_N, CTRL),
    "Ctrl+P": (KEY.Key_P, CTRL),
    "Ctrl+O": (KEY.Key_O, CTRL),
    "Ctrl+S": (KEY.Key_S, CTRL),
    "Ctrl+Tab": (KEY.Key_Tab, CTRL),
    "Ctrl+Escape": (KEY.Key_Escape, CTRL),
    "Ctrl+Alt+Del": (KEY.Key_Delete, CTRL | ALT),
    "Ctrl+Alt+F1": (KEY.Key_F1, CTRL | ALT),
    "Ctrl+Alt+F12": (KEY.Key_F12, CTRL | ALT),
    "Ctrl+Alt+Backspace": (KEY.Key_Backspace, CTRL | ALT),
    "Ctrl+Alt+T": (KEY.Key_T, CTRL | ALT),
    "Ctrl+Space": (KEY.Key_Space, CTRL),
    "Ctrl+Shift": (KEY.Key_Shift, CTRL | SHIFT),
    "Ctrl+plus": (KEY.Key_Plus, CTRL),
    "Ctrl+minus": (KEY.Key_Minus, CTRL),
    "Win": (KEY.Key_Super_L, NONE),
    "Win+D": (KEY.Key_D, META),
    "Win+L": (KEY.Key_L, META),
    "Win+period": (KEY.Key_Period, META),
    "Shift+F1": (KEY.Key_F1, SHIFT),
    "Shift+F10": (KEY.Key_F10, SHIFT),
    **{f"F{number}": (KEY(KEY.Key_F1.value + number - 1), NONE) for number in range(1, 25)},
    "Menu": (KEY.Key_Menu, NONE),
    "Print": (KEY.Key_Print, NONE),
    "Alt+Print": (KEY.Key_Print, ALT),
    "SysReq": (KEY.Key_SysReq, ALT),
    "Help": (KEY.Key_Help, NONE),
    "PowerOff": (KEY.Key_PowerOff, NONE),
    "Sleep": (KEY.Key_Sleep, NONE),
    "HomePage": (KEY.Key_HomePage, NONE),
    "WWW": (KEY.Key_WWW, NONE),
    "Explorer": (KEY.Key_Explorer, NONE),
    "LaunchMail": (KEY.Key_LaunchMail, NONE),
    "Calculator": (KEY.Key_Calculator, NONE),
    "Search": (KEY.Key_Search, NONE),
    "Back": (KEY.Key_Back, NONE),
    "Refresh": (KEY.Key_Refresh, NONE),
    "Eject": (KEY.Key_Eject, NONE),
    "Multi_key": (KEY.Key_Multi_key, NONE),
    "Insert": (KEY.Key_Insert, NONE),
    "Pause": (KEY.Key_Pause, NONE),
    "Kanji": (KEY.Key_Kanji, NONE),
    "Zenkaku_Hankaku": (KEY.Key_Zenkaku_Hankaku, NONE),
}
"""Everything that opens, leaves or stops something, somewhere."""
IN_ENTRIES: dict[str, tuple[Qt.Key, Qt.KeyboardModifier]] = {
    **{f"Ctrl+{letter}": (KEY(ord(letter)), CTRL) for letter in "ACVXZYKUFGEH"},
    "Ctrl+Shift+Z": (KEY.Key_Z, CTRL | SHIFT),
    "Ctrl+Insert": (KEY.Key_Insert, CTRL),
    "Shift+Insert": (KEY.Key_Insert, SHIFT),
    "Shift+Delete": (KEY.Key_Delete, SHIFT),
    "Ctrl+Backspace": (KEY.Key_Backspace, CTRL),
    "Copy": (KEY.Key_Copy, NONE),
    "Cut": (KEY.Key_Cut, NONE),
    "Paste": (KEY.Key_Paste, NONE),
    "Undo": (KEY.Key_Undo, NONE),
    "Redo": (KEY.Key_Redo, NONE),
}


class Ear(QObject):
    """Hears what arrives at a widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.keys: list[int] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            self.keys.append(event.key())
        return False


def press(target: QObject, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """As a key comes from the system; QTest knows no sleep keys and the like."""
    text = chr(key.value).lower() if key.value < 0x80 and not modifiers else ""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(target, QKeyEvent(kind, key, modifiers, text))


def plate(name: str) -> Plate:
    return PLATES[name]


def entry_of(visitor: Visitor, name: str = "field:name") -> QLineEdit:
    found = visitor.find(name)
    assert isinstance(found, QLineEdit)
    found.setFocus()
    assert found.hasFocus()
    return found


@pytest.mark.parametrize("name", BREAKOUTS)
@pytest.mark.parametrize("screen", ["home", "form"])
def test_no_key_that_leads_elsewhere_arrives_anywhere(locked: Visitor, screen: str, name: str) -> None:
    show(locked.window, plate(screen))
    target: QWidget = entry_of(locked) if screen == "form" else locked.window
    text = target.text() if isinstance(target, QLineEdit) else ""
    ear = Ear(target)
    key, modifiers = BREAKOUTS[name]
    windows = set(QApplication.topLevelWidgets())
    press(target, key, modifiers)
    press(locked.window.windowHandle(), key, modifiers)
    QTest.qWait(5)
    assert ear.keys == []
    assert locked.events == []
    assert set(QApplication.topLevelWidgets()) == windows
    assert locked.window.isVisible()
    assert not QWhatsThis.inWhatsThisMode()
    if isinstance(target, QLineEdit):
        assert target.text() == text


def test_the_same_keys_would_arrive_without_the_lock(subject: Visitor) -> None:
    """Else the tests above prove nothing."""
    show(subject.window, plate("home"))
    ear = Ear(subject.window)
    for key, modifiers in BREAKOUTS.values():
        press(subject.window, key, modifiers)
    assert len(ear.keys) > len(BREAKOUTS)


@pytest.mark.parametrize("name", IN_ENTRIES)
def test_nothing_is_copied_cut_pasted_or_undone_in_an_entry(locked: Visitor, name: str) -> None:
    show(locked.window, plate("form"))
    clipboard = QApplication.clipboard()
    clipboard.setText("planted")
    entry = entry_of(locked)
    entry.selectAll()
    before = entry.text()
    key, modifiers = IN_ENTRIES[name]
    press(entry, key, modifiers)
    press(locked.window.windowHandle(), key, modifiers)
    assert (entry.text(), clipboard.text()) == (before, "planted")
    clipboard.clear()


@pytest.mark.parametrize("key", sorted(MOVING_KEYS, key=lambda key: key.value))
def test_the_keypad_arrives_everywhere(locked: Visitor, key: Qt.Key) -> None:
    assert passes(QKeyEvent(QEvent.Type.KeyPress, key, NONE), in_entry=False)
    assert passes(QKeyEvent(QEvent.Type.KeyPress, key, NONE), in_entry=True)


@pytest.mark.parametrize("key", sorted(EDITING_KEYS, key=lambda key: key.value))
def test_keys_that_mend_a_text_arrive_only_where_one_is_written(key: Qt.Key) -> None:
    assert passes(QKeyEvent(QEvent.Type.KeyPress, key, NONE), in_entry=True)
    assert not passes(QKeyEvent(QEvent.Type.KeyPress, key, NONE), in_entry=False)


@pytest.mark.parametrize("text", ["a", "Z", "7", "瓯", " ", "é", "😀"])
def test_text_is_written_in_an_entry_and_nowhere_else(text: str) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, KEY.Key_unknown, NONE, text)
    assert passes(event, in_entry=True)
    assert not passes(event, in_entry=False)


@pytest.mark.parametrize("text", ["\x00", "\x1b", "\x7f", "\n", "\u202e", "\u2066", "\u200b", "\ue000", ""])
def test_signs_that_cannot_be_seen_are_not_written(text: str) -> None:
    assert not passes(QKeyEvent(QEvent.Type.KeyPress, KEY.Key_unknown, NONE, text), in_entry=True)


def test_a_field_that_cannot_be_written_takes_no_text(locked: Visitor) -> None:
    show(locked.window, plate("form"))
    number = entry_of(locked, "field:id_number")
    ear = Ear(number)
    QTest.keyClicks(number, "9x")
    assert ear.keys == []


def test_a_device_that_types_like_a_keyboard_opens_nothing(locked: Visitor) -> None:
    """Keystrokes of a malicious stick: a run box, a terminal, a command, Enter."""
    show(locked.window, plate("guide"))
    before = locked.window.focusWidget()
    for key, modifiers in ((KEY.Key_R, META), (KEY.Key_F2, ALT), (KEY.Key_T, CTRL | ALT)):
        QTest.keyClick(locked.window, key, modifiers)
        for letter in "xterm -e rm":
            QTest.keyClick(locked.window, letter)
    assert locked.events == []
    assert locked.window.focusWidget() is before


def test_a_shortcut_that_somebody_adds_by_mistake_never_fires(locked: Visitor) -> None:
    show(locked.window, plate("home"))
    fired: list[bool] = []
    shortcut = QShortcut(QKeySequence("Ctrl+Q"), locked.window)
    plain = QShortcut(QKeySequence("Escape"), locked.window)
    for one in (shortcut, plain):
        one.setContext(Qt.ShortcutContext.ApplicationShortcut)
        one.activated.connect(lambda: fired.append(True))
    QTest.keyClick(locked.window.windowHandle(), KEY.Key_Q, CTRL)
    QTest.keyClick(locked.window.windowHandle(), KEY.Key_Escape)
    assert fired == []
    shortcut.setParent(None)
    plain.setParent(None)


def test_the_lock_ends_and_begins_again(locked: Visitor, lockdown: Lockdown) -> None:
    show(locked.window, plate("home"))
    ear = Ear(locked.window)
    lockdown.end()
    lockdown.end()
    QTest.keyClick(locked.window, KEY.Key_F1)
    assert KEY.Key_F1.value in ear.keys
    lockdown.begin()
    lockdown.begin()
    ear.keys.clear()
    QTest.keyClick(locked.window, KEY.Key_F1)
    assert ear.keys == []
