"""The case could not be stored: nothing was taken on, and the resident is told so."""

from __future__ import annotations

from kiosk.flow.events import TryAgain
from kiosk.flow.views import NotAcceptedView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.widgets.chrome import MainAction
from ui.widgets.panels import Notice
from ui.widgets.words import Words


class NotAcceptedScreen(StepScreen[NotAcceptedView]):
    """What happened, what it means, and another try."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.page.addStretch(1)
        self.add_picture(self.page, "not_accepted", 105)
        self.add_title(self.page, look.say("not_accepted.title"), centred=True)
        self._notice = Notice(look, urgent=True)
        self.page.addWidget(self._notice)
        self.page.addWidget(Words(look.say("not_accepted.nothing"), "body", centred=True))
        self.page.addStretch(2)

    def show_model(self, model: NotAcceptedView) -> None:
        """Show the reason."""
        self._notice.tell_reason(model.reason)

    def main_action(self) -> MainAction:
        """Try again."""
        return MainAction(self.look.say("not_accepted.try_again"), "try_again")

    def act(self) -> None:
        """Try again."""
        self.happened.emit(TryAgain())
