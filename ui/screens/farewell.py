"""Take card and slip; nothing of the resident is left."""

from __future__ import annotations

from PySide6.QtCore import Qt

from kiosk.flow.events import Touched
from kiosk.flow.views import FarewellView
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
        self.add_picture(self.page, "farewell", 150)
        self.add_title(self.page, look.say("farewell.title"), look.say("farewell.thanks"), centred=True)
        panel = Panel("pale")
        line = row(look, panel, margin_mm=7.0, gap_mm=5.0)
        line.addWidget(Picture(look, "lock", 10))
        words = Words(look.say("farewell.wiped"), "body")
        line.addWidget(words, 1)
        self.page.addWidget(panel, 0, Qt.AlignmentFlag.AlignHCenter)
        panel.setMinimumWidth(look.px(200))
        self.page.addStretch(2)

    def show_model(self, model: FarewellView) -> None:
        """Nothing to fill in."""

    def main_action(self) -> MainAction:
        """I have everything."""
        return MainAction(self.look.say("farewell.done"), "done")

    def act(self) -> None:
        """Make room for the next."""
        self.happened.emit(Touched())
