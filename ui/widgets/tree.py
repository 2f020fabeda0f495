"""Searching among the children of a widget, also while some of them are being destroyed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

T = TypeVar("T", bound=QWidget)


def children(parent: QWidget, kind: type[T]) -> list[T]:
    """Its own children of this kind, in their order."""
    return [child for child in _children(parent) if isinstance(child, kind)]


def descendants(parent: QWidget, kind: type[T]) -> list[T]:
    """Children of this kind, and theirs, in the order of ``QObject.findChildren``."""
    return list(_descendants(parent, kind))


def _descendants(parent: QWidget, kind: type[T]) -> Iterator[T]:
    for child in _children(parent):
        if isinstance(child, kind):
            yield child
        if isinstance(child, QWidget):
            yield from _descendants(child, kind)


def _children(parent: QWidget) -> Iterator[QObject]:
    """WORKAROUND: never ``findChild`` or ``findChildren``, which end the process (PySide6 6.11.3).

    While Qt deletes the children of an object, it leaves a null pointer in the list for each that has gone. ``findChildren``
    asks every entry for its type without looking: ``std::bad_typeid``, thrown through the destructor, so that nobody can catch
    it. Python runs inside a destructor more often than one thinks: filters, ``event``, ``focusChanged``, ``destroyed``, and
    ``sys.excepthook`` for whatever fails in them. ``children`` gives ``None`` instead; a page takes 0.2 ms, not 0.02 (measured).
    """
    found: list[QObject | None] = list(parent.children())
    return (child for child in found if child is not None)
