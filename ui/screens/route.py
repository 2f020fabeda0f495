"""The ways to identify, of equal size; none is preselected."""

from __future__ import annotations

from PySide6.QtCore import Qt

from kiosk.domain.identity import Route
from kiosk.flow.events import RouteChosen
from kiosk.flow.views import RouteOption, RouteView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.widgets.buttons import CardButton
from ui.widgets.panels import Notice, Picture, column
from ui.widgets.words import Words

_PICTURES = {
    Route.ID_CARD_STAFF: "staff",
    Route.ELECTRONIC_CREDENTIAL: "phone",
    Route.ID_CARD_SMS: "phone",
    Route.ID_CARD_FACE: "face",
}


class RouteScreen(StepScreen[RouteView]):
    """How shall we check it is you?"""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.add_title(self.page, look.say("route.title"), look.say("route.subtitle"))
        self._notice = Notice(look)
        self.page.addWidget(self._notice)
        self._cards = column(look, gap_mm=7.0)
        self.page.addLayout(self._cards, 1)
        self._shown: tuple[RouteOption, ...] = ()

    def show_model(self, model: RouteView) -> None:
        """Show the ways; a closed one says why."""
        self._notice.tell_reason(model.reason)
        if model.options == self._shown:
            return
        self._shown = model.options
        while (item := self._cards.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for option in model.options:
            self._cards.addWidget(self._card(option), 1)

    def _card(self, option: RouteOption) -> CardButton:
        look = self.look
        title = look.say(f"route.{option.route.value}")
        button = CardButton(look, title, f"route:{option.route.value}")
        how = look.say(f"route.{option.route.value}.how")
        button.setAccessibleDescription(how)
        lines = column(look, button, margin_mm=10.0, gap_mm=4.0)
        lines.addStretch()
        lines.addWidget(Picture(_PICTURES[option.route], look.px(80)), 0, Qt.AlignmentFlag.AlignHCenter)
        lines.addWidget(Words(title, "heading", centred=True))
        lines.addWidget(Words(how, "soft", centred=True))
        if option.reason:
            lines.addWidget(Words(look.reason(option.reason).what, "amber_small", centred=True))
        lines.addStretch()
        button.close_with(bool(option.reason))
        button.clicked.connect(self._choose)
        return button

    def _choose(self) -> None:
        button = self.sender()
        if isinstance(button, CardButton):
            self.happened.emit(RouteChosen(Route(button.objectName().partition(":")[2])))
