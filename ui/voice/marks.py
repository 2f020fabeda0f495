"""How a widget is marked for those who listen: what is personal, what is spelt out, what is no word at all.

A mark is a property of the widget, so that a screen says it where it makes the widget, in one line, and nobody else has to know
the screen.
"""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QWidget

W = TypeVar("W", bound=QWidget)

_PERSONAL = "personal"
_INSTEAD = "said_instead"
_SPELT = "spelt"
_SILENT = "silent"


def personal(widget: W, instead: str = "") -> W:
    """What it shows is the resident's own, and said through headphones only; aloud ``instead`` is said, or that it is shown."""
    widget.setProperty(_PERSONAL, True)
    widget.setProperty(_INSTEAD, instead)
    return widget


def mark_personal(widget: QWidget, is_own: bool, instead: str = "") -> None:
    """The same for what shows now something of the resident, now something of nobody."""
    personal(widget, instead)
    widget.setProperty(_PERSONAL, is_own)


def spelt(widget: W) -> W:
    """What it shows is a number or a code: said character by character."""
    widget.setProperty(_SPELT, True)
    return widget


def silent(widget: W) -> W:
    """It is decoration, or said elsewhere."""
    widget.setProperty(_SILENT, True)
    return widget


def is_personal(widget: QWidget) -> bool:
    """Marked so, itself or one of those it stands in."""
    link: QWidget | None = widget
    while link is not None:
        if link.property(_PERSONAL) is True:
            return True
        link = link.parentWidget()
    return False


def said_instead(widget: QWidget) -> str:
    """What is said aloud in its place; empty: that it is shown on the screen."""
    return str(widget.property(_INSTEAD) or "")


def is_spelt(widget: QWidget) -> bool:
    """Said character by character."""
    return widget.property(_SPELT) is True


def is_silent(widget: QWidget) -> bool:
    """Never said."""
    return widget.property(_SILENT) is True
