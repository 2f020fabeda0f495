"""What all screens have in common."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from kiosk.flow.events import AnotherWay
from kiosk.flow.waits import WaitView
from ui.look import Look
from ui.theme.tokens import SPACE
from ui.widgets.buttons import Button
from ui.widgets.chrome import MainAction
from ui.widgets.panels import Panel, Picture, column, row
from ui.widgets.tree import descendants
from ui.widgets.waiting import Waiting
from ui.widgets.words import Words

M = TypeVar("M")
"""The model of ``kiosk.flow.views`` that a screen shows."""


class StepScreen(QWidget, Generic[M]):
    """One step of the visit. Built for one language; shown, updated and thrown away by the window."""

    happened = Signal(object)
    """An event of ``kiosk.flow.events``."""
    action_changed = Signal()
    """``main_action`` answers differently now."""

    reveal_wanted = Signal(object)
    """A widget of this screen that shall be brought into view; ``None``: the top."""

    fills_window = False
    """True for screens that stand alone, without header and footer."""
    is_drawn_on = False
    """True where a finger writes: it must not push the page."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.waiting: Waiting | None = None
        self._another_button: Button | None = None
        self.page = column(look, self, gap_mm=SPACE.wide_gap)
        side, above = look.px(SPACE.margin), look.px(8)
        self.page.setContentsMargins(side, above, side, look.px(5))

    def show_model(self, model: M) -> None:
        """Show this; called anew whenever something of it has changed."""
        raise NotImplementedError

    def show_wait(self, wait: WaitView | None) -> None:
        """Tell what is waited for now, or that nothing is; called after ``show_model``."""
        if self.waiting is not None:
            self.waiting.expect(wait)
            if self.waiting.is_late:
                self._offer_way_on()

    def add_waiting(self, layout: QVBoxLayout, *, centred: bool = True) -> Waiting:
        """Where this screen tells what it waits for."""
        self.waiting = Waiting(self.look, centred=centred)
        self.waiting.late.connect(self._offer_way_on)
        layout.addWidget(self.waiting)
        return self.waiting

    def _offer_way_on(self) -> None:
        if self._another_button is not None:
            self._another_button.show()

    def main_action(self) -> MainAction | None:
        """What the footer offers as the next thing to do."""
        return None

    def act(self) -> None:
        """The main action was touched."""

    @property
    def must_be_whole(self) -> bool:
        """What is asked for now leaves no time to move the page, or no hand: all of the screen must be seen at once."""
        return False

    def part_around(self, widget: QWidget) -> QWidget:
        """What must be seen together with a widget that is brought into view."""
        return widget

    def wipe(self) -> None:
        """Forget every word of the resident: the text of all labels and line edits, with what could be undone."""
        for edit in descendants(self, QLineEdit):
            edit.blockSignals(True)
            edit.setText("")
            edit.setAccessibleDescription("")
        for label in descendants(self, QLabel):
            label.setText("")

    def add_body(self) -> QVBoxLayout:
        """The part of the page that takes what room there is; the frame pages it when it is longer."""
        self.body = QWidget()
        inner = column(self.look, self.body, gap_mm=SPACE.wide_gap)
        self.page.addWidget(self.body, 1)
        return inner

    def add_title(self, layout: QVBoxLayout, title: str, subtitle: str = "", *, centred: bool = False) -> Words:
        """Title and line below it; returns the title."""
        block = column(self.look, gap_mm=1.5)
        words = Words(title, "title", centred=centred)
        block.addWidget(words)
        if subtitle:
            block.addWidget(Words(subtitle, "soft", centred=centred))
        layout.addLayout(block)
        return words

    def add_another_way(self, layout: QVBoxLayout, text: str = "") -> Button:
        """The way out of this way to identify; hidden until something has failed."""
        button = self.another_way_button(text)
        button.setMinimumWidth(self.look.px(120))
        layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        return button

    def another_way_button(self, text: str = "") -> Button:
        """The same, to be put anywhere."""
        button = Button(self.look, text or self.look.say("route.another"), "quiet", "another_way", icon="again")
        button.setMinimumHeight(self.look.px(SPACE.main_target))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(self._another_way)
        button.hide()
        self._another_button = button
        return button

    def _another_way(self) -> None:
        self.happened.emit(AnotherWay())

    def add_points(self, layout: QVBoxLayout, points: tuple[tuple[str, str], ...]) -> dict[str, Words]:
        """Short points in a panel, each as (key of its text, drawing); their labels by key."""
        panel = Panel("card")
        lines = column(self.look, panel, margin_mm=10.0, gap_mm=7.0)
        labels = {}
        for key, icon in points:
            line = row(self.look, gap_mm=6.0)
            line.addWidget(Picture(self.look, icon, 9), 0, Qt.AlignmentFlag.AlignTop)
            labels[key] = Words(self.look.say(key), "body")
            line.addWidget(labels[key], 1)
            lines.addLayout(line)
        layout.addWidget(panel)
        return labels

    def add_picture(self, layout: QVBoxLayout, name: str, side_mm: float) -> Picture:
        """A drawing in the middle."""
        picture = Picture(self.look, name, side_mm)
        layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        return picture
