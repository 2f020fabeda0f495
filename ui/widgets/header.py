"""What stands above the screens of a visit, or beside them where the screen lies: who we are, where I am, and the switches."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kiosk.domain.aids import Voice
from kiosk.flow.aid_events import AidsChosen
from kiosk.flow.events import Quit
from kiosk.flow.states import Step
from kiosk.flow.views import Chrome
from ui.look import Look
from ui.theme.tokens import SPACE
from ui.widgets.buttons import Button
from ui.widgets.fitting import FittingGrid
from ui.widgets.language_choice import others
from ui.widgets.panels import Picture, column, row
from ui.widgets.river import River
from ui.widgets.time_left import TimeLeft
from ui.widgets.words import Words


def hide_in_place(widgets: list[QWidget], hidden: bool) -> None:
    """Hide widgets in such a way that nothing else moves."""
    for widget in widgets:
        policy = widget.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        widget.setSizePolicy(policy)
        widget.setVisible(not hidden)


class Header(QWidget):
    """The same parts in the same order, on all screens."""

    happened = Signal(object)
    display_wanted = Signal()
    """The switches of sight and sound shall be shown."""
    help_wanted = Signal()
    language_wanted = Signal()

    def __init__(self, look: Look, chrome: Chrome) -> None:
        super().__init__()
        self._look, self._chrome = look, chrome
        self._dims: list[QWidget] = []
        self._left = TimeLeft(look)
        if look.is_wide:
            self._build_rail()
        else:
            self._build_top()

    def dim(self, dimmed: bool) -> None:
        """Show the buttons alone: what else stands here could not be read on a shining window."""
        hide_in_place(self._dims, dimmed)

    def show_left(self, seconds: int) -> None:
        """Seconds until somebody is asked for; none while the machine itself is at work."""
        if self._chrome.can_quit:
            self._left.show_left(seconds)

    def _build_top(self) -> None:
        look = self._look
        layout = column(look, self, gap_mm=3.5)
        layout.setContentsMargins(0, look.px(6), 0, 0)
        side = look.px(SPACE.margin)
        above = column(look, gap_mm=3.5)
        above.setContentsMargins(side, 0, side, 0)
        above.addLayout(self._first_line())
        above.addWidget(self._switches(most=4))
        layout.addLayout(above)
        self._add_river(layout)

    def _build_rail(self) -> None:
        look = self._look
        self.setFixedWidth(look.px(look.rail_mm))
        layout = column(look, self, gap_mm=3.0)
        layout.setContentsMargins(look.px(7), look.px(6), look.px(4), look.px(5))
        layout.addLayout(self._brand())
        self._add_river(layout)
        layout.addWidget(self._left)
        layout.addStretch(1)
        layout.addWidget(self._switches(most=1))
        layout.addWidget(self._quit_button())

    def _first_line(self) -> QHBoxLayout:
        line = row(self._look, gap_mm=4.0)
        line.addLayout(self._brand(), 1)
        line.addWidget(self._left)
        line.addWidget(self._quit_button())
        return line

    def _brand(self) -> QHBoxLayout:
        look, chrome = self._look, self._chrome
        line = row(look, gap_mm=4.0)
        mark = Picture(look, "mark", SPACE.target)
        line.addWidget(mark)
        names = column(look, gap_mm=0.0)
        brand = Words(look.say("brand.name"), "strong")
        tagline = Words(chrome.item_name or look.say("brand.tagline"), "small")
        names.addWidget(brand)
        names.addWidget(tagline)
        line.addLayout(names, 1)
        self._dims += [mark, brand, tagline]
        return line

    def _switches(self, *, most: int) -> FittingGrid:
        look, aids = self._look, self._chrome.aids
        switches = FittingGrid(look, most=most, gap_mm=3.2)
        self.language = self._switch(switches, "language", others(look.language), "language")
        self.language.setAccessibleName(look.say("chrome.language_hint"))
        self.language.clicked.connect(self.language_wanted)
        elder = self._switch(switches, "elder", look.say("chrome.standard" if aids.elder else "chrome.elder"), "elder")
        elder.clicked.connect(self._change_elder)
        spoken = aids.voice is not Voice.OFF
        display = self._switch(switches, "display", look.say("chrome.display"), "voice" if spoken else "display")
        display.clicked.connect(self.display_wanted)
        asked = self._switch(switches, "help", look.say("chrome.help_button"), "help")
        asked.clicked.connect(self.help_wanted)
        if self._chrome.step is Step.FAREWELL:
            for button in (self.language, elder, display, asked):
                button.hide()
        return switches

    def _switch(self, switches: FittingGrid, name: str, text: str, icon: str) -> Button:
        button = Button(self._look, text, "bar", name, icon=icon)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        switches.add(button)
        return button

    def _quit_button(self) -> Button:
        self.quit = Button(self._look, self._look.say("chrome.quit"), "bar", "quit", icon="close")
        self.quit.clicked.connect(self._quit)
        if not self._chrome.can_quit:
            self.quit.hide()
        return self.quit

    def _add_river(self, layout: QVBoxLayout) -> None:
        if self._chrome.position:
            river = River(self._look, self._chrome.position, self._chrome.landings)
            layout.addWidget(river, 0, Qt.AlignmentFlag.AlignTop)
            self._dims.append(river)

    def _change_elder(self) -> None:
        self.happened.emit(AidsChosen(self._chrome.aids.switch_elder()))

    def _quit(self) -> None:
        self.happened.emit(Quit())
