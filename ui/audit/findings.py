"""What a person would call broken about a screen: cut text, controls too small, on one another, unnamed, or passed by by keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from ui.screens.base import StepScreen
from ui.theme.tokens import ELDER_CAPITAL_MM, ELDER_TARGET_MM, MIN_CAPITAL_MM, MIN_TARGET_MM
from ui.widgets.scroll import PagedScroll
from ui.widgets.words import Words
from ui.window import KioskWindow

W = TypeVar("W", bound=QWidget)
_INVISIBLE_PX = 2
"""Rounding of millimetres to pixels."""


def visible(window: QWidget, kind: type[W]) -> Iterator[W]:
    """All visible widgets of a kind."""
    return (widget for widget in window.findChildren(kind) if widget.isVisible())


def place(widget: QWidget, window: QWidget) -> QRect:
    """Where a widget stands in the window."""
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def cut_texts(window: QWidget) -> list[str]:
    """Texts that get less room than they need."""
    found = []
    for label in visible(window, QLabel):
        if label.wordWrap():
            longest = max((label.fontMetrics().horizontalAdvance(word) for word in label.text().split()), default=0)
            if label.heightForWidth(label.width()) > label.height() or (label.text().isascii() and longest > label.width()):
                found.append(f"label {label.text()!r} in {label.size()}")
        elif label.sizeHint().width() > label.width() or label.sizeHint().height() > label.height() + 1:
            found.append(f"label {label.text()!r} in {label.size()}")
    return found + _cut_buttons(window)


def _cut_buttons(window: QWidget) -> list[str]:
    found = []
    for button in visible(window, QAbstractButton):
        # Cards wrap the lines in them, which are looked at one by one above.
        hint = button.minimumSizeHint() if button.layout() is not None else button.sizeHint()
        if hint.width() > button.width() or button.fontMetrics().height() > button.height():
            found.append(f"button {button.objectName()} needs {hint}, has {button.size()}")
    return found


def outside(window: QWidget) -> list[str]:
    """Controls and labels that stick out of the window sideways."""
    everything = [*visible(window, QLabel), *visible(window, QAbstractButton), *visible(window, QLineEdit)]
    return [
        f"{w.objectName()} {place(w, window)}"
        for w in everything
        if place(w, window).left() < 0 or place(w, window).right() >= window.width()
    ]


def small_targets(window: KioskWindow) -> list[str]:
    """Controls smaller than a finger."""
    least = window.metrics.px(ELDER_TARGET_MM if window.aids.elder else MIN_TARGET_MM)
    controls = [*visible(window, QAbstractButton), *visible(window, QLineEdit)]
    return [f"{w.objectName()} {w.size()}" for w in controls if w.width() < least or w.height() < least]


def overlaps(window: QWidget) -> list[str]:
    """Pairs of labels or controls of which one stands upon the other, though neither is part of the other."""
    controls = [*visible(window, QLabel), *visible(window, QAbstractButton), *visible(window, QLineEdit)]
    found = []
    for number, one in enumerate(controls):
        for other in controls[number + 1 :]:
            related = one.isAncestorOf(other) or other.isAncestorOf(one)
            if not related and _shown(one, window).intersects(_shown(other, window)):
                found.append(f"{_called(one)} and {_called(other)}")
    return found


def below_the_fold(window: QWidget) -> list[str]:
    """Screens that must be seen whole, and are longer than their place."""
    screens = [screen for screen in visible(window, StepScreen) if screen.must_be_whole]
    rooms = [room for room in visible(window, PagedScroll) if room.is_longer]
    return [_called(screen) for screen in screens for room in rooms if room.isAncestorOf(screen)]


def unnamed(window: QWidget) -> list[str]:
    """Controls without a name for people who cannot see them."""
    found = []
    for widget in [*visible(window, QAbstractButton), *visible(window, QLineEdit)]:
        interface = QAccessible.queryAccessibleInterface(widget)
        if not interface.text(QAccessible.Text.Name).strip():
            found.append(widget.objectName() or type(widget).__name__)
    return found


def out_of_reach(window: QWidget) -> list[str]:
    """Controls that the tab key passes by."""
    controls = [*visible(window, QAbstractButton), *visible(window, QLineEdit)]
    return [_called(one) for one in controls if one.isEnabled() and not one.focusPolicy() & Qt.FocusPolicy.TabFocus]


def low_capitals(window: KioskWindow) -> list[str]:
    """Texts whose capitals are lower than can be read from where one stands."""
    least = window.metrics.px(ELDER_CAPITAL_MM if window.aids.elder else MIN_CAPITAL_MM) - _INVISIBLE_PX
    return [
        f"{label.text()[:30]!r} {label.fontMetrics().capHeight()} px"
        for label in visible(window, Words)
        if label.text() and label.fontMetrics().capHeight() < least
    ]


def _shown(widget: QWidget, window: QWidget) -> QRect:
    """The part of a widget that no scroll area hides."""
    area = place(widget, window)
    parent = widget.parentWidget()
    while parent is not None and parent is not window:
        area = area.intersected(place(parent, window))
        parent = parent.parentWidget()
    return area


def _called(widget: QWidget) -> str:
    return widget.objectName() or str(widget.property("text"))
