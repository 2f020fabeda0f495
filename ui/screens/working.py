"""The store or the sync is at work."""

from __future__ import annotations

from kiosk.flow.views import WorkingView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.widgets.words import Words

_PICTURES = {"committing": "saving", "delivering": "delivering", "asking": "office"}


class WorkingScreen(StepScreen[WorkingView]):
    """What is being done, and that it is short."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.page.addStretch(2)
        self._picture = self.add_picture(self.page, "saving", 125)
        self._title = self.add_title(self.page, "", centred=True)
        self._how = Words("", "soft", centred=True)
        self.page.addWidget(self._how)
        self.add_waiting(self.page)
        self.page.addStretch(3)

    def show_model(self, model: WorkingView) -> None:
        """Name the work."""
        self._picture.draw(_PICTURES[model.what])
        self._title.setText(self.look.say(f"working.{model.what}"))
        self._how.setText(self.look.say(f"working.{model.what}.how"))
