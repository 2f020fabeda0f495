"""Put the card on the reader."""

from __future__ import annotations

from kiosk.flow.card_events import LEFT_BEHIND
from kiosk.flow.events import TryAgain
from kiosk.flow.views import CardView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.widgets.chrome import MainAction
from ui.widgets.panels import Notice
from ui.widgets.words import Words


class CardScreen(StepScreen[CardView]):
    """One large picture of what to do."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._failed = False
        self.page.addStretch(1)
        self._picture = self.add_picture(self.page, "card_on_reader", 140)
        self.add_title(self.page, look.say("card.title"), look.say("card.how"), centred=True)
        self.add_waiting(self.page)
        self._status = Words(look.say("card.reading"), "deep_small", centred=True)
        self.page.addWidget(self._status)
        self._notice = Notice(look)
        self.page.addWidget(self._notice)
        self._another = self.add_another_way(self.page)
        self.page.addStretch(2)

    def show_model(self, model: CardView) -> None:
        """Waiting, or why it did not work."""
        self._failed = not model.waiting
        self._picture.draw("take_card" if model.reason == LEFT_BEHIND else "card_on_reader")
        self._status.setVisible(model.waiting)
        self._notice.tell_reason(model.reason)
        self._another.setVisible(self._failed)
        self.action_changed.emit()

    def main_action(self) -> MainAction | None:
        """Another try, after a failure."""
        return MainAction(self.look.say("card.try_again"), "try_again") if self._failed else None

    def act(self) -> None:
        """Another try."""
        self.happened.emit(TryAgain())
