"""Authorities are asked for what they know already, so that nobody has to bring it."""

from __future__ import annotations

from kiosk.flow.paper_views import GatheringView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.widgets.words import Words


class GatheringScreen(StepScreen[GatheringView]):
    """Who is asked, and that it is short."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.page.addStretch(2)
        self.add_picture(self.page, "office", 90)
        self.add_title(self.page, look.say("gathering.title"), look.say("gathering.how"), centred=True)
        self._who = Words("", "body", centred=True)
        self.page.addWidget(self._who)
        self.add_waiting(self.page)
        self.page.addStretch(3)

    def show_model(self, model: GatheringView) -> None:
        """Name the authorities."""
        self._who.setText("\n".join(model.authorities))
