"""Take card and slip; nothing of the resident is left."""

from __future__ import annotations

from PySide6.QtCore import Qt

from kiosk.flow.events import Touched
from kiosk.flow.farewell_views import FarewellView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.widgets.chrome import MainAction
from ui.widgets.panels import Panel, Picture, row
from ui.widgets.words import Words


class FarewellScreen(StepScreen[FarewellView]):
    """Goodbye."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.page.addStretch(1)
        self._card_lies = False
        self._picture = self.add_picture(self.page, "farewell", 150)
        self._title = self.add_title(self.page, look.say("farewell.title"), centred=True)
        self._how = Words(look.say("farewell.thanks"), "soft", centred=True)
        self.page.addWidget(self._how)
        panel = Panel("pale")
        line = row(look, panel, margin_mm=7.0, gap_mm=5.0)
        line.addWidget(Picture(look, "lock", 10))
        words = Words(look.say("farewell.wiped"), "body")
        line.addWidget(words, 1)
        self.page.addWidget(panel, 0, Qt.AlignmentFlag.AlignHCenter)
        panel.setMinimumWidth(look.px(200))
        self.page.addStretch(2)

    def show_model(self, model: FarewellView) -> None:
        """Goodbye; or first of all the card, as long as it lies there."""
        self._card_lies = model.card_lies
        self._picture.draw("take_card" if model.card_lies else "farewell")
        self._title.say(self.look.say("farewell.card_title" if model.card_lies else "farewell.title"))
        self._how.say(self.look.say("farewell.card_how" if model.card_lies else "farewell.thanks"))
        self.action_changed.emit()

    def main_action(self) -> MainAction | None:
        """I have everything; not while the card lies there: taking it is the answer."""
        return None if self._card_lies else MainAction(self.look.say("farewell.done"), "done")

    def act(self) -> None:
        """Make room for the next."""
        self.happened.emit(Touched())
