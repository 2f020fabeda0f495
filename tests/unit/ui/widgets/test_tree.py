"""Searching among the children of a widget: in the order of Qt, and while some of them are being destroyed."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from ui.widgets.tree import children, descendants

_SEARCH_WHILE_ONE_DIES = """
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from shiboken6 import delete
application = QApplication([])
top = QWidget()
middle = QWidget(top)
first, second = QPushButton(middle), QPushButton(middle)
second.destroyed.connect(lambda: top.findChildren(QPushButton))
delete(middle)
"""


@pytest.fixture
def top(qtbot: QtBot) -> QWidget:
    """A page as screens are: layouts within layouts, and a scroll area whose inner widgets are Qt's own."""
    made = QWidget()
    qtbot.addWidget(made)
    line = QHBoxLayout(made)
    line.addWidget(QLabel("first"))
    area = QScrollArea()
    content = QWidget()
    inner = QHBoxLayout(content)
    for name in ("second", "third"):
        inner.addWidget(QPushButton(name))
    area.setWidget(content)
    line.addWidget(area)
    line.addWidget(QPushButton("fourth"))
    return made


@pytest.mark.parametrize("kind", [QWidget, QPushButton, QLabel])
def test_all_are_found_in_the_order_of_qt(top: QWidget, kind: type[QWidget]) -> None:
    assert descendants(top, kind) == top.findChildren(kind)
    assert len(descendants(top, kind)) >= 1


def test_only_its_own_children_are_found(top: QWidget) -> None:
    assert [button.text() for button in children(top, QPushButton)] == ["fourth"]
    assert [button.text() for button in descendants(top, QPushButton)] == ["second", "third", "fourth"]


def test_a_search_from_within_a_destructor_finds_those_who_live(top: QWidget) -> None:
    found: list[list[str]] = []
    dying = QWidget(top)
    one, other = QPushButton("one", dying), QPushButton("other", dying)

    def search() -> None:
        found.append([button.text() for button in descendants(top, QPushButton)])

    one.destroyed.connect(search)
    other.destroyed.connect(search)
    delete(dying)
    assert len(found) == 2
    assert found[-1] == ["second", "third", "fourth"]
    assert descendants(top, QPushButton) == top.findChildren(QPushButton)


def test_the_search_of_pyside_ends_the_process() -> None:
    """When this fails the binding is mended, and ``ui.widgets.tree`` with its check can go."""
    ended = subprocess.run([sys.executable, "-c", _SEARCH_WHILE_ONE_DIES], capture_output=True, check=False, timeout=60.0)
    assert ended.returncode == -signal.SIGABRT
    assert b"std::bad_typeid" in ended.stderr
