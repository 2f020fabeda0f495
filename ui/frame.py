"""How header, screen, footer and keyboard share the window: one above the other, side by side where the screen lies, low when
that is asked for."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QLayout, QWidget
from shiboken6 import isValid

from kiosk.flow.views import Chrome
from ui.look import Look
from ui.screens.base import StepScreen
from ui.theme import drawings
from ui.theme.tokens import SPACE
from ui.widgets.chrome import Footer, MainAction
from ui.widgets.dock import Dock
from ui.widgets.header import Header
from ui.widgets.scroll import PagedScroll
from ui.widgets.tree import descendants
from ui.widgets.veil import Veil

_SCENE = (1080, 760)
_NESTED = 4
"""Layouts that stand in one another, at most."""
_LET_GO_MS = 30
"""How often a button that is held down is looked at again."""
_AROUND_PX = 10
"""Air above and below what is brought into view."""


class Headspace(QWidget):
    """What is above the reach of somebody who sits: the river, and nothing to touch."""

    def __init__(self) -> None:
        super().__init__()
        self._look: Look | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def wear(self, look: Look) -> None:
        """Take these colours."""
        self._look = look
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the landscape at the foot."""
        if self._look is None:
            return
        height = self.width() * _SCENE[1] // _SCENE[0]
        drawn = drawings.pixmap("river_scene", QSize(self.width(), height), self._look.palette)
        QPainter(self).drawPixmap(0, self.height() - height, drawn)


class Frame(QWidget):
    """The parts of one window. Those of a visit are made anew for each screen; the place of the keyboard stays."""

    happened = Signal(object)
    display_wanted = Signal()
    help_wanted = Signal()
    language_wanted = Signal()
    staff_wanted = Signal()

    def __init__(self, dock: Dock) -> None:
        super().__init__()
        self.setObjectName("page")
        self.header: Header | None = None
        self.footer: Footer | None = None
        self._room: PagedScroll | None = None
        self._screen: StepScreen[Any] | None = None
        self._dock = dock
        self._headspace = Headspace()
        self._focus_order: list[QWidget] = []
        self._action: MainAction | None = None
        self._is_dimmed = False
        self._due: tuple[Look, Chrome] | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        # The screen has one size; long contents must never push the window beyond it.
        self._grid.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._grid.setRowStretch(2, 1)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self._headspace, 0, 0, 1, 2)
        self._grid.addWidget(dock, 4, 1)

    def arrange(self, look: Look) -> None:
        """Leave what is out of reach to the landscape."""
        out_of_reach = self.height() - look.px(look.height_mm)
        self._headspace.setVisible(out_of_reach > look.px(1.0))
        self._headspace.setFixedHeight(max(0, out_of_reach))
        self._headspace.wear(look)

    @staticmethod
    def rail_px(look: Look) -> int:
        """What the header takes of the width."""
        return look.px(look.rail_mm) if look.is_wide else 0

    def place(self, look: Look, screen: StepScreen[Any]) -> None:
        """Put another screen in; the one before is thrown away first."""
        self._screen = screen
        self._discard_frame()
        self._room = PagedScroll(look, screen, by_finger=not screen.is_drawn_on, side_mm=SPACE.margin)
        screen.reveal_wanted.connect(self._reveal_soon)
        self._grid.addWidget(self._room, 2, 1)

    def surround(self, look: Look, chrome: Chrome) -> None:
        """Header and footer for this screen. While a finger is on one of their buttons they stay: it shall not lift in vain."""
        if self._is_held():
            if self._due is None:
                QTimer.singleShot(_LET_GO_MS, self, self._surround_late)
            self._due = look, chrome
            return
        self._due = None
        self._discard_frame()
        screen = self._screen
        if screen is None or screen.fills_window:
            return
        self.header = Header(look, chrome)
        self.header.happened.connect(self.happened)
        self.header.display_wanted.connect(self.display_wanted)
        self.header.help_wanted.connect(self.help_wanted)
        self.header.language_wanted.connect(self.language_wanted)
        self.footer = Footer(look, chrome)
        self.footer.happened.connect(self.happened)
        self.footer.acted.connect(screen.act)
        self.footer.staff_wanted.connect(self.staff_wanted)
        if look.is_wide:
            self._grid.addWidget(self.header, 1, 0, 4, 1)
        else:
            self._grid.addWidget(self.header, 1, 1)
        self._grid.addWidget(self.footer, 3, 1)

    def _is_held(self) -> bool:
        parts = (part for part in (self.header, self.footer) if part is not None)
        return any(button.isDown() for part in parts for button in descendants(part, QAbstractButton))

    def _surround_late(self) -> None:
        if self._due is None:
            return
        due, self._due = self._due, None
        self.surround(*due)
        self.offer(self._action)
        self.dim(self._is_dimmed)
        self.order_focus()

    def unveil(self, look: Look) -> None:
        """Let the new screen come up gently."""
        if self._room is not None:
            self._grid.activate()
            Veil(look, self._room)

    def offer(self, action: MainAction | None) -> None:
        """Show this main action, or none."""
        self._action = action
        if self.footer is not None:
            self.footer.offer(action)

    def show_left(self, seconds: int) -> None:
        """Show in the header how long the machine waits."""
        if self.header is not None:
            self.header.show_left(seconds)

    def dim(self, dimmed: bool) -> None:
        """Let nothing be read outside the screen while the window shines."""
        self._is_dimmed = dimmed
        for part in (self.header, self.footer):
            if part is not None:
                part.dim(dimmed)

    def order_focus(self) -> None:
        """Tab goes from the header through the screen to the footer, whatever was made first."""
        parts = (self.header, self._room, self.footer)
        takers = [widget for part in parts if part is not None for widget in descendants(part, QWidget) if takes_focus(widget)]
        if takers != self._focus_order:
            self._focus_order = takers
            for one, next_one in pairwise(takers):
                QWidget.setTabOrder(one, next_one)

    def reveal(self, widget: QWidget | None) -> None:
        """Bring a widget of the screen into view, with what belongs to it; nothing: the top of the page."""
        screen, room = self._screen, self._room
        if screen is None or room is None:
            return
        if widget is None:
            room.go_to_top()
        elif isValid(widget) and screen.isAncestorOf(widget):
            # Widgets within widgets tell their heights upwards one by one; without this the page is still as long as it was.
            for _ in range(_NESTED):
                QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
            room.reveal(screen.part_around(widget), _AROUND_PX)

    def _reveal_soon(self, widget: QWidget | None) -> None:
        # The layout knows the new places only with the next turn of the event loop.
        QTimer.singleShot(0, self, lambda: self.reveal(widget))

    def clear(self) -> None:
        """Throw away all parts that may show something of a visit."""
        self._discard_frame()
        self.discard_screen()
        self._focus_order = []

    def discard_screen(self) -> None:
        """Throw the screen away, with every word on it."""
        screen, room, self._screen, self._room = self._screen, self._room, None, None
        if screen is not None:
            screen.blockSignals(True)
            screen.wipe()
            screen.setObjectName("")
        self._discard(room)

    def _discard_frame(self) -> None:
        for part in (self.header, self.footer):
            self._discard(part)
        self.header = self.footer = self._due = None

    def _discard(self, part: QWidget | None) -> None:
        if part is not None:
            # Never setParent(None): Python would own the widget and delete it at once, perhaps while it handles the very touch.
            part.blockSignals(True)  # a finger may still be on it, and be lifted when another screen stands there
            part.hide()
            self._grid.removeWidget(part)
            part.setObjectName("")
            part.deleteLater()


def takes_focus(widget: QWidget) -> bool:
    """True for what the Tab key stops at."""
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.objectName() != ""
