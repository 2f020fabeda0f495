"""Why this item is not for this person, before any form was shown."""

from __future__ import annotations

from kiosk.flow.events import Continue
from kiosk.flow.views import NotEligibleView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.widgets.chrome import MainAction
from ui.widgets.panels import Notice
from ui.widgets.words import Words


class NotEligibleScreen(StepScreen[NotEligibleView]):
    """Says why, and leads on."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.page.addStretch(1)
        self.add_picture(self.page, "not_eligible", 100)
        self.add_title(self.page, look.say("not_eligible.title"), centred=True)
        self._item = Words("", "soft", centred=True)
        self.page.addWidget(self._item)
        self._notice = Notice(look)
        self.page.addWidget(self._notice)
        self.page.addStretch(2)

    def show_model(self, model: NotEligibleView) -> None:
        """Show the reason."""
        self._item.setText(model.item_name)
        if model.conditions:
            said = self.look.reason(model.reason)
            self._notice.tell("\n".join(model.conditions), said.todo, personal=True, instead=said.what)
        else:
            self._notice.tell_reason(model.reason)

    def main_action(self) -> MainAction:
        """Look at the other items."""
        return MainAction(self.look.say("not_eligible.other"))

    def act(self) -> None:
        """Look at the other items."""
        self.happened.emit(Continue())
