"""Nothing can be done here now."""

from __future__ import annotations

from kiosk.flow.closed_views import OutOfServiceView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.widgets.closed import tell_closed
from ui.widgets.panels import Notice
from ui.widgets.words import Words


class OutOfServiceScreen(StepScreen[OutOfServiceView]):
    """Says so, why, and where help is."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.page.addStretch(2)
        self.add_picture(self.page, "out_of_service", 110)
        self.page.addWidget(Words(look.say("out.title"), "title", centred=True))
        self._notice = Notice(look)
        self.page.addWidget(self._notice)
        self.page.addWidget(Words(look.say("out.help", phone=look.help_phone), "soft", centred=True))
        self.page.addStretch(3)

    def show_model(self, model: OutOfServiceView) -> None:
        """Show the reason."""
        tell_closed(self._notice, self.look, model.closed)
