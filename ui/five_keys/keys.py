"""The keypad with five keys: which widget they have reached, and what each key does there.

The stops are what can be read of the screen, in reading order, then the ways on in the footer and the switches in the header.
Nothing takes Qt's focus by being passed: an entry would bring its keyboard up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from kiosk.domain.aids import Aids, Voice
from kiosk.flow.aid_events import AidsChosen
from kiosk.flow.events import Back, Event
from ui.five_keys.writing import PinyinKeys, Writing
from ui.look import Look
from ui.widgets.buttons import Button
from ui.widgets.entry import Entry

UP, DOWN, LEFT, RIGHT = Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right
CONFIRM = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_KEYS = frozenset({UP, DOWN, LEFT, RIGHT}) | CONFIRM
_TOUCHES = frozenset({QEvent.Type.TouchBegin, QEvent.Type.MouseButtonPress})


class Stage(Protocol):
    """The window, as the keys see it."""

    def stops(self) -> list[QWidget]:
        """What can be reached now, in reading order: of what lies on top only."""
        ...

    def point_at(self, widget: QWidget | None) -> None:
        """Show what is reached, and bring it into view."""
        ...

    def look_now(self) -> Look:
        """Language and aids."""
        ...

    def can_go_back(self) -> bool:
        """*Back* leads somewhere."""
        ...

    def close_top(self) -> bool:
        """Close the sheet that lies over the screen; False when there is none."""
        ...

    def go_on(self) -> bool:
        """Do the main action; False when there is none now."""
        ...

    def tell(self, event: Event) -> None:
        """The resident did this."""
        ...

    def pinyin(self) -> PinyinKeys | None:
        """The keyboard for Chinese, if there is one."""
        ...

    def is_written_in(self) -> bool:
        """The focus is in an entry."""
        ...


class Listener(Protocol):
    """Who speaks."""

    @property
    def is_private(self) -> bool:
        """Only the resident hears it."""
        ...

    def say_widget(self, widget: QWidget) -> None:
        """Name, state and place of what is reached."""
        ...

    def say_words(self, text: str, *, personal: bool) -> None:
        """A sentence; what is personal is said through headphones only."""
        ...

    def replay(self) -> None:
        """The last utterance again."""
        ...


class FiveKeys(QObject):
    """An event filter of the native window, where keys come first; passes on every key that is none of the five."""

    def __init__(self, stage: Stage, listener: Listener, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stage, self._listener = stage, listener
        self._here: QWidget | None = None
        self._writing: Writing | None = None
        self.is_used = False
        """The resident goes by keys; a touch ends it."""

    def start_over(self) -> None:
        """Another screen, or another resident: nothing is reached yet."""
        self._here, self._writing = None, None
        self._stage.point_at(None)

    def forget(self) -> None:
        """The resident has gone."""
        self.is_used = False
        self.start_over()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take the five keys wherever the focus is; those that begin to type on a full keyboard keep theirs."""
        if event.type() in _TOUCHES and self.is_used:
            self.forget()
        if event.type() not in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) or not isinstance(event, QKeyEvent):
            return False
        if event.key() not in _KEYS or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if not self.is_used and self._stage.is_written_in():
            return False
        if event.type() is QEvent.Type.KeyPress:
            self.press(Qt.Key(event.key()))
        return True

    def press(self, key: Qt.Key) -> None:
        """One of the five."""
        if not self.is_used:
            self.is_used = True
            self._begin_speaking()
        if self._writing is not None and isValid(self._writing.entry):
            self._write(self._writing, key)
        elif key in (UP, DOWN):
            self._move(1 if key == DOWN else -1)
        elif key in CONFIRM:
            self._confirm()
        elif key == LEFT:
            self._back()
        else:
            self._next()

    def _begin_speaking(self) -> None:
        """Nobody who cannot see the screen must find a switch first."""
        aids: Aids = self._stage.look_now().aids
        if aids.voice is Voice.OFF:
            self._stage.tell(AidsChosen(replace(aids, voice=Voice.ALOUD)))

    def _move(self, by: int) -> None:
        stops = self._stage.stops()
        if not stops:
            return
        if self._here in stops:
            at = stops.index(self._here) + by
            if not 0 <= at < len(stops):
                self._say("keys.end" if by > 0 else "keys.beginning")
                return
        else:
            at = 0 if by > 0 else len(stops) - 1
        self._reach(stops[at])

    def _reach(self, widget: QWidget) -> None:
        self._here = widget
        self._stage.point_at(widget)
        self._listener.say_widget(widget)

    def _confirm(self) -> None:
        here = self._here
        if here is None or not isValid(here) or here not in self._stage.stops():
            self._listener.replay()
        elif isinstance(here, Button):
            self._press_button(here)
        elif isinstance(here, Entry):
            self._begin_writing(here)
        else:
            self._listener.say_widget(here)

    def _press_button(self, button: Button) -> None:
        if button.isEnabled():
            button.click()
            if isValid(button) and button.isCheckable():
                self._listener.say_widget(button)
        else:
            self._listener.say_widget(button)

    def _begin_writing(self, entry: Entry) -> None:
        if entry.isReadOnly():
            self._listener.say_widget(entry)
            return
        entry.setFocus(Qt.FocusReason.OtherFocusReason)
        self._writing = Writing(
            self._stage.look_now(), entry, self._stage.pinyin(), self._say_words, is_private=self._listener.is_private
        )

    def _write(self, writing: Writing, key: Qt.Key) -> None:
        actions: dict[Qt.Key, Callable[[], object]] = {
            UP: lambda: writing.turn(-1),
            DOWN: lambda: writing.turn(1),
            LEFT: writing.take_back,
            RIGHT: writing.take,
        }
        if key not in CONFIRM:
            actions[key]()
        elif writing.confirm():
            self._writing = None
            writing.entry.clearFocus()
            self._stage.point_at(writing.entry)

    def _back(self) -> None:
        if self._stage.close_top():
            self.start_over()
        elif self._stage.can_go_back():
            self._stage.tell(Back())
        else:
            self._say("keys.no_back")

    def _next(self) -> None:
        if not self._stage.go_on():
            self._say("keys.no_next")

    def _say(self, key: str) -> None:
        self._listener.say_words(self._stage.look_now().say(key), personal=False)

    def _say_words(self, text: str, personal: bool) -> None:
        self._listener.say_words(text, personal=personal)
