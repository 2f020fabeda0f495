"""The ways to identify, of equal size; none is preselected, and the face is not the first."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy

from kiosk.domain.identity import Route
from kiosk.flow.events import RouteChosen
from kiosk.flow.views import RouteOption, RouteView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.theme.palettes import Colour
from ui.widgets.buttons import CardButton
from ui.widgets.panels import Notice, Picture, column, row
from ui.widgets.words import Words

_PICTURES = {
    Route.ID_CARD_STAFF: "staff",
    Route.ELECTRONIC_CREDENTIAL: "credential",
    Route.ID_CARD_SMS: "text_message",
    Route.ID_CARD_FACE: "face",
}


_MANY = 4


class RouteScreen(StepScreen[RouteView]):
    """How shall we check it is you?"""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.add_title(self.page, look.say("route.title"), look.say("route.subtitle"))
        self._notice = Notice(look)
        self.page.addWidget(self._notice)
        self._cards = column(look, gap_mm=6.0)
        self.page.addLayout(self._cards, 1)
        self._shown: tuple[RouteOption, ...] = ()

    def show_model(self, model: RouteView) -> None:
        """Show the ways; a closed one says why, and a paused one when it opens again."""
        self._notice.tell_reason(model.reason, minutes=model.minutes)
        if model.options == self._shown:
            return
        self._shown = model.options
        while (item := self._cards.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        few = len(model.options) < _MANY
        for option in model.options:
            self._cards.addWidget(self._card(option, 56.0 if few else 44.0, 7.0 if few else 4.0), 1)

    def _card(self, option: RouteOption, picture_mm: float, margin_mm: float) -> CardButton:
        look = self.look
        title = look.say(f"route.{option.route.value}")
        button = CardButton(look, title, f"route:{option.route.value}")
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        how = look.say(f"route.{option.route.value}.how")
        button.setAccessibleDescription(how)
        line = row(look, button, margin_mm=margin_mm, gap_mm=8.0)
        line.addWidget(Picture(look, _PICTURES[option.route], picture_mm))
        lines = column(look, gap_mm=2.0)
        lines.addStretch()
        lines.addWidget(Words(title, "heading"))
        if option.reason:
            lines.addWidget(Words(look.reason(option.reason, minutes=option.minutes).what, "amber_small"))
        else:
            lines.addWidget(Words(how, "soft"))
        lines.addStretch()
        line.addLayout(lines, 1)
        mark = "forward" if not option.reason else "clock" if option.minutes else "info"
        colour = Colour.AMBER if option.reason else Colour.DEEP
        line.addWidget(Picture(look, mark, 10, colour), 0, Qt.AlignmentFlag.AlignVCenter)
        button.close_with(bool(option.reason))
        button.clicked.connect(self._choose)
        return button

    def _choose(self) -> None:
        button = self.sender()
        if isinstance(button, CardButton):
            self.happened.emit(RouteChosen(Route(button.objectName().partition(":")[2])))
