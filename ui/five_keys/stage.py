"""The window, as the five keys see it: what can be reached, in reading order."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QLineEdit, QWidget

from kiosk.flow.events import Event
from ui.five_keys.writing import PinyinKeys
from ui.look import Look
from ui.speech import Speech
from ui.voice import reading
from ui.voice.narrator import Scene
from ui.voice.reading import Kind
from ui.widgets.buttons import Button
from ui.widgets.field import FieldBox
from ui.widgets.tree import descendants
from ui.window import KioskWindow


class WindowStage:
    """What lies on top, then the footer, then the header."""

    def __init__(self, window: KioskWindow) -> None:
        self._window = window

    def stops(self) -> list[QWidget]:
        """What can be read or touched now; keys of pads are left out, for entries are written in another way."""
        scene = self._window.scene
        if scene is None:
            return []
        return [widget for widget in _of_scene(scene) if _is_stop(scene.look, widget)]

    def point_at(self, widget: QWidget | None) -> None:
        """Show what is reached, and bring it into view."""
        self._window.point_at(widget)

    def look_now(self) -> Look:
        """Language and aids."""
        return self._window.look

    def can_go_back(self) -> bool:
        """*Back* leads somewhere."""
        return self._window.can_go_back

    def close_top(self) -> bool:
        """Close the sheet, if there is one."""
        return self._window.close_sheet()

    def go_on(self) -> bool:
        """Do the main action."""
        return self._window.do_main_action()

    def tell(self, event: Event) -> None:
        """The resident did this."""
        self._window.happened.emit(event)

    def pinyin(self) -> PinyinKeys | None:
        """The keyboard for Chinese, if there is one."""
        return self._window.keyboard

    def is_written_in(self) -> bool:
        """The focus is in an entry."""
        return isinstance(self._window.focusWidget(), QLineEdit)


class SpeechListener:
    """The terminal's voice."""

    def __init__(self, window: KioskWindow, speech: Speech) -> None:
        self._window, self._speech = window, speech

    @property
    def is_private(self) -> bool:
        """Only the resident hears it."""
        return self._speech.is_private

    def say_widget(self, widget: QWidget) -> None:
        """Name, state and place."""
        self._speech.say(self._window.look, widget)

    def say_words(self, text: str, *, personal: bool) -> None:
        """A sentence."""
        self._speech.say_text(text, self._window.look.language, personal=personal)

    def replay(self) -> None:
        """The last utterance again."""
        self._speech.replay()


def _of_scene(scene: Scene) -> Iterator[QWidget]:
    for widget in reading.speaking(scene.top):
        yield from _opened(widget)
    for part in (scene.footer, scene.header):
        if part is not None:
            yield from (widget for widget in reading.speaking(part) if isinstance(widget, Button))


def _opened(widget: QWidget) -> Iterator[QWidget]:
    """A question is reached as a whole, then each of its answers; one that is written is reached once, where it is written."""
    if not isinstance(widget, FieldBox):
        yield widget
        return
    parts = [part for part in descendants(widget, QWidget) if isinstance(part, Button | QLineEdit) and part.isVisible()]
    if not any(isinstance(part, QLineEdit) for part in parts):
        yield widget
    yield from parts


def _is_stop(look: Look, widget: QWidget) -> bool:
    if not widget.isVisible():
        return False
    found = reading.piece(look, widget)
    return found is not None and bool(found.text) and found.kind is not Kind.KEY
