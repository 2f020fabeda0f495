"""What can be read of widgets, in the order in which they stand: texts, questions, choices. Never decoration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import cast

from PySide6.QtWidgets import QGridLayout, QLabel, QLayout, QLineEdit, QScrollArea, QWidget

from ui.look import Look
from ui.voice import marks
from ui.voice.spoken import spell
from ui.widgets.buttons import Button, CardButton
from ui.widgets.field import FieldBox
from ui.widgets.panels import Notice
from ui.widgets.tree import descendants


class Kind(Enum):
    """What part a piece plays."""

    TITLE = "title"
    NOTICE = "notice"
    TEXT = "text"
    QUESTION = "question"
    CHOICE = "choice"
    KEY = "key"
    """One of many on a pad: never listed."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that may be said."""

    kind: Kind
    text: str = field(repr=False)
    instead: str = ""
    """Said in its place where others hear; empty: it may be said aloud."""
    is_main: bool = False

    def to(self, *, private: bool) -> str:
        """What is said of it, in headphones or aloud."""
        return self.text if private or not self.instead else self.instead


_KEY_KINDS = frozenset({"key"})
_PAGER = frozenset({"page_up", "page_down"})


def pieces(look: Look, root: QWidget) -> Iterator[Piece]:
    """Everything of ``root`` that can be read."""
    widgets = list(speaking(root))
    asked = {widget.accessibleName() for widget in widgets if isinstance(widget, QLineEdit)}
    for widget in widgets:
        found = piece(look, widget)
        if found is not None and found.text and not (isinstance(widget, QLabel) and found.text in asked):
            yield found


def speaking(root: QWidget) -> Iterator[QWidget]:
    """The widgets of ``root`` that say something by themselves, in reading order."""
    for widget in _inside(root):
        if widget.isHidden() or marks.is_silent(widget):
            continue
        if isinstance(widget, Notice | Button | QLineEdit | FieldBox | QLabel) or _is_named(widget):
            yield widget
        else:
            yield from speaking(widget)


def _is_named(widget: QWidget) -> bool:
    """A widget painted by hand that has a name, a box to sign in for one."""
    return bool(widget.accessibleName()) and widget.layout() is None and not isinstance(widget, QScrollArea)


def _inside(root: QWidget) -> Iterator[QWidget]:
    """The children of a widget as its layout has them; then those that stand in none."""
    if isinstance(root, QScrollArea):
        content: QWidget | None = root.widget()
        if content is not None:
            yield content
        return
    laid_out: list[QWidget] = []
    layout: QLayout | None = root.layout()
    if layout is not None:
        laid_out = list(_of_layout(layout))
    yield from laid_out
    for child in root.children():
        if isinstance(child, QWidget) and child not in laid_out and not child.isWindow():
            yield child


def _of_layout(layout: QLayout) -> Iterator[QWidget]:
    numbers = list(range(layout.count()))
    if isinstance(layout, QGridLayout):
        numbers.sort(key=lambda number: _cell(layout, number))
    for number in numbers:
        item = layout.itemAt(number)
        if item is None:
            continue
        widget: QWidget | None = item.widget()
        inner: QLayout | None = item.layout()
        if widget is not None:
            yield widget
        elif inner is not None:
            yield from _of_layout(inner)


def _cell(grid: QGridLayout, number: int) -> tuple[int, int]:
    row, column, *_ = cast(tuple[int, int, int, int], grid.getItemPosition(number))
    return row, column


def piece(look: Look, widget: QWidget) -> Piece | None:
    """What one widget says; nothing for what has no words."""
    if isinstance(widget, Notice):
        return _notice(look, widget)
    if isinstance(widget, FieldBox):
        return _question(look, widget.caption, widget.target, inside=widget)
    if isinstance(widget, Button):
        return _choice(look, widget)
    if isinstance(widget, QLineEdit):
        return _question(look, widget.accessibleName(), widget)
    if isinstance(widget, QLabel):
        kind = Kind.TITLE if widget.property("role") == "title" else Kind.TEXT
        return _guarded(look, kind, widget, _written(look, widget))
    return _guarded(look, Kind.TEXT, widget, widget.accessibleName())


def _written(look: Look, label: QLabel) -> str:
    text = label.text().replace("\u200b", "")
    return _spelt(text, look) if marks.is_spelt(label) else text


def _spelt(text: str, look: Look) -> str:
    """The number in a text character by character; words before it as they are."""
    words, gap, number = text.rpartition("  ")
    return f"{words}{gap}{spell(number, look.language)}"


def _guarded(look: Look, kind: Kind, widget: QWidget, text: str, *, is_main: bool = False) -> Piece:
    """A piece that knows whether it may be said aloud."""
    if not text or not marks.is_personal(widget):
        return Piece(kind, text, is_main=is_main)
    return Piece(kind, text, marks.said_instead(widget) or look.say("say.on_screen"), is_main)


def _notice(look: Look, notice: Notice) -> Piece:
    parts = [_guarded(look, Kind.NOTICE, label, _written(look, label)) for label in _labels(notice)]
    text = "\n".join(part.text for part in parts)
    return Piece(Kind.NOTICE, text, "\n".join(part.to(private=False) for part in parts) if any(p.instead for p in parts) else "")


def _labels(root: QWidget) -> Iterator[QLabel]:
    for widget in _inside(root):
        if widget.isHidden() or marks.is_silent(widget):
            continue
        if isinstance(widget, QLabel):
            if widget.text():
                yield widget
        else:
            yield from _labels(widget)


def _choice(look: Look, button: Button) -> Piece | None:
    if button.objectName() in _PAGER:
        return None
    kind = Kind.KEY if button.property("kind") in _KEY_KINDS else Kind.CHOICE
    return _guarded(look, kind, button, button.accessibleName(), is_main=button.property("kind") == "main")


def details(look: Look, button: Button) -> Piece:
    """What a choice says besides its name: the lines on the card, or its description."""
    name = button.accessibleName()
    found = [_guarded(look, Kind.TEXT, label, _written(look, label)) for label in _labels(button)] if is_card(button) else []
    found = [part for part in found if part.text != name]
    if not found and button.accessibleDescription():
        found = [_guarded(look, Kind.TEXT, button, button.accessibleDescription())]
    text = "\n".join(part.text for part in found)
    return Piece(Kind.TEXT, text, "\n".join(part.to(private=False) for part in found) if any(p.instead for p in found) else "")


def is_answer(button: Button) -> bool:
    """One of the answers to a question of the form."""
    link: QWidget | None = button.parentWidget()
    while link is not None and not isinstance(link, FieldBox):
        link = link.parentWidget()
    return link is not None


def is_card(widget: QWidget) -> bool:
    """A choice with lines of its own."""
    return isinstance(widget, CardButton)


def _question(look: Look, name: str, answer: QWidget, inside: QWidget | None = None) -> Piece:
    """A question with what is written there, and what is wrong with it."""
    value, problem = value_of(answer), answer.accessibleDescription() if inside is not None else ""
    written = value if value else look.say("say.empty")
    is_secret = isinstance(answer, QLineEdit) and answer.echoMode() is not QLineEdit.EchoMode.Normal
    if is_secret and value:
        written = look.say("say.digits_written", count=len(value))
    name = name.rstrip("?？:：")
    text = look.say("say.question", name=name, answer=written)
    instead = ""
    if value and (inside is not None or marks.is_personal(answer)):
        instead = look.say("say.question", name=name, answer=look.say("say.written"))
    if problem:
        text, instead = f"{text}\n{problem}", f"{instead}\n{problem}" if instead else ""
    return Piece(Kind.QUESTION, text, instead)


def value_of(answer: QWidget) -> str:
    """What a question is answered with now, in words."""
    if isinstance(answer, QLineEdit):
        return str(answer.text())
    chosen = [button.text() for button in descendants(answer, Button) if button.isCheckable() and button.isChecked()]
    return "、".join(chosen) if chosen and not chosen[0].isascii() else ", ".join(chosen)
