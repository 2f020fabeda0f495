"""What no resident may reach: one filter over the whole application, from the terminal's start to its end.

An allow-list for keys, no second button of a mouse, no menu, drop, bubble, shortcut or gesture, no window but the one, no link to
another program. What only the system can keep away (virtual terminals, SysRq, keys of the compositor): ``docs/lockdown.md``.
"""

from __future__ import annotations

import logging

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeyEvent, QMouseEvent, QWheelEvent, QWindow
from PySide6.QtWidgets import QApplication, QDialog, QGestureEvent, QWidget
from shiboken6 import isValid

from ui.widgets.entry import Entry

_log = logging.getLogger(__name__)

_Type = QEvent.Type
_Key = Qt.Key

NEVER = frozenset(
    {
        _Type.ContextMenu, _Type.DragEnter, _Type.DragMove, _Type.DragLeave, _Type.Drop, _Type.ToolTip, _Type.WhatsThis,
        _Type.QueryWhatsThis, _Type.WhatsThisClicked, _Type.EnterWhatsThisMode, _Type.StatusTip, _Type.Shortcut,
        _Type.NativeGesture, _Type.FileOpen, _Type.OkRequest, _Type.HelpRequest,
    }
)  # fmt: skip
"""Events that reach no part of the terminal."""
_KEYS = frozenset({_Type.KeyPress, _Type.KeyRelease, _Type.ShortcutOverride})
_MOUSE = frozenset({_Type.MouseButtonPress, _Type.MouseButtonRelease, _Type.MouseButtonDblClick})
_OF_WINDOWS = frozenset({_Type.Show, _Type.Close, _Type.Hide, _Type.WindowStateChange, _Type.WindowDeactivate})
_WATCHED = NEVER | _KEYS | _MOUSE | _OF_WINDOWS | {_Type.Wheel, _Type.Gesture}
_GESTURES = tuple(Qt.GestureType(kind) for kind in range(1, 6))
"""Tap, tap and hold, pan, pinch, swipe; pushing a page with one finger is none of them."""

MOVING_KEYS = frozenset(
    {_Key.Key_Up, _Key.Key_Down, _Key.Key_Left, _Key.Key_Right, _Key.Key_Tab, _Key.Key_Backtab, _Key.Key_Return, _Key.Key_Enter,
     _Key.Key_Escape}
)  # fmt: skip
"""The keypad of five keys, and the two that every keyboard has for going on and back."""
EDITING_KEYS = frozenset({_Key.Key_Backspace, _Key.Key_Delete, _Key.Key_Home, _Key.Key_End})
_HARMLESS_MODIFIERS = (
    Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier
)
SCHEMES = (
    "http",
    "https",
    "file",
    "ftp",
    "sftp",
    "mailto",
    "tel",
    "sms",
    "data",
    "javascript",
    "smb",
    "ssh",
    "telnet",
    "qrc",
    "weixin",
)
"""Qt can refuse links only by their scheme; no code of the terminal opens any (``tests/ui/lockdown/test_links.py``)."""

_WIDGETS_OWN = "QWidgetWindow"
"""The native window of a widget, which is dealt with as the widget."""
_COME_BACK_MS = 200
_TRY_AGAIN_MS = 1000


def passes(event: QKeyEvent, in_entry: bool) -> bool:
    """Whether a key may go on. ``in_entry``: somebody is writing, so that text and the keys that mend it are wanted too."""
    key, modifiers = event.key(), event.modifiers()
    if modifiers & ~_HARMLESS_MODIFIERS:
        return False
    if key in MOVING_KEYS:
        return True
    if not in_entry:
        return False
    if key in EDITING_KEYS:
        # Shift and Delete is an old way to cut.
        return key != _Key.Key_Delete or not modifiers & Qt.KeyboardModifier.ShiftModifier
    text = event.text()
    return bool(text) and text.isprintable()


class Lockdown(QObject):
    """Owned by the terminal; ``begin`` and ``end`` may each be called twice. Lives on the GUI thread."""

    def __init__(self, window: QWidget, *, holds_screen: bool, parent: QObject | None = None) -> None:
        """``holds_screen``, as in production: the window cannot be closed, put away or left behind from outside, and there is no
        other. Without it a developer can close it, and have a drawer beside it."""
        super().__init__(parent)
        self._window = window
        self._holds_screen = holds_screen
        self._is_on = False
        self._unwanted: list[QWidget | QWindow] = []
        self._spared: QWidget | None = None
        self._come_back = QTimer(self)
        self._come_back.setSingleShot(True)
        self._come_back.timeout.connect(self._on_come_back)

    def begin(self) -> None:
        """Lock from now on."""
        application = QApplication.instance()
        if self._is_on or application is None:
            return
        self._is_on = True
        application.installEventFilter(self)
        for scheme in SCHEMES:
            # The binding takes the name as text only, whatever its stub says (PySide6 6.11.3).
            QDesktopServices.setUrlHandler(scheme, self, "refuse_link")  # type: ignore[arg-type]
        screen = QGuiApplication.primaryScreen()
        if self._holds_screen and screen is not None:
            screen.geometryChanged.connect(self._on_screen_changed)

    def spare(self, window: QWidget) -> None:
        """A developer's window beside the terminal is left as it is; ``RuntimeError`` where the screen is held."""
        if self._holds_screen:
            raise RuntimeError("no window stands beside a terminal in service")
        self._spared = window

    def end(self) -> None:
        """Let the window be closed again."""
        application = QApplication.instance()
        if not self._is_on or application is None:
            return
        self._is_on = False
        self._come_back.stop()
        application.removeEventFilter(self)
        for scheme in SCHEMES:
            QDesktopServices.unsetUrlHandler(scheme)
        screen = QGuiApplication.primaryScreen()
        if self._holds_screen and screen is not None:
            screen.geometryChanged.disconnect(self._on_screen_changed)

    @Slot(QUrl)
    def refuse_link(self, link: QUrl) -> None:
        """Nothing is opened. The address may come from a code somebody showed: only its scheme is logged."""
        _log.warning("a link was not opened (%s)", link.scheme())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """True for what must not go on."""
        kind = event.type()
        if kind not in _WATCHED or self._is_spared(watched) or not self._is_unwanted(watched, event, kind):
            return False
        event.ignore()
        return True

    def _is_spared(self, watched: QObject) -> bool:
        spared = self._spared
        if spared is None or not isValid(spared):
            return False
        part: QObject | None = watched
        while part is not None and part != spared:  # shortcuts are children too
            part = part.parent()
        return part is not None or watched == spared.windowHandle()

    def _is_unwanted(self, watched: QObject, event: QEvent, kind: QEvent.Type) -> bool:
        if kind in NEVER:
            return True
        if kind in _OF_WINDOWS:
            return self._is_unwanted_of_window(watched, kind)
        if isinstance(event, QKeyEvent):
            return not passes(event, _is_written_in(watched))
        if isinstance(event, QMouseEvent):
            return event.button() is not Qt.MouseButton.LeftButton
        if isinstance(event, QWheelEvent):
            return event.modifiers() != Qt.KeyboardModifier.NoModifier
        return isinstance(event, QGestureEvent) and any(event.gesture(gesture) is not None for gesture in _GESTURES)

    def _is_unwanted_of_window(self, watched: QObject, kind: QEvent.Type) -> bool:
        is_ours = watched == self._window or watched == self._window.windowHandle()
        if not self._holds_screen:
            return False
        if not is_ours or kind is _Type.Show:
            if not is_ours and kind is _Type.Show:
                self._keep_away(watched)
            return False
        if kind is not _Type.Close and not self._come_back.isActive():
            self._come_back.start(_COME_BACK_MS)
        return kind is _Type.Close

    def _keep_away(self, window: QObject) -> None:
        """A window that nobody ordered: a dialog, a menu, a bubble. It is closed as soon as the loop runs."""
        if isinstance(window, QWidget):
            if not window.isWindow():
                return
            # Qt tells of the showing just before it does it, so that it need not be seen for a moment. Dialogs use this mark for
            # ends of their own: they would stay modal after their end (PySide6 6.11.3).
            if not isinstance(window, QDialog):
                window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        elif not isinstance(window, QWindow) or not window.isTopLevel() or window.metaObject().className() == _WIDGETS_OWN:
            return
        _log.error("a second window was kept away: %s", window.metaObject().className())
        self._unwanted.append(window)
        QTimer.singleShot(0, self, self._close_unwanted)

    def _close_unwanted(self) -> None:
        while self._unwanted:
            window = self._unwanted.pop()
            if isValid(window):
                window.close()

    def _on_come_back(self) -> None:
        window = self._window
        if window.isMinimized() or not window.isVisible():
            window.showFullScreen()
        window.raise_()
        window.activateWindow()
        if not window.isActiveWindow():
            self._come_back.start(_TRY_AGAIN_MS)

    @Slot(QRect)
    def _on_screen_changed(self, place: QRect) -> None:
        """The screen was turned, or has another size: without a window manager nobody else fits the window to it."""
        self._window.setGeometry(place)


def _is_written_in(watched: QObject) -> bool:
    """Keys come to the native window first, and then to whatever has the focus."""
    target = watched if isinstance(watched, QWidget) else QApplication.focusWidget()
    return isinstance(target, Entry) and not target.isReadOnly()
