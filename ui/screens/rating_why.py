"""What was not well? Only who was not satisfied is asked, and nobody has to say."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy

from kiosk.domain.rating import RatingReason
from kiosk.flow.events import RatingExplained
from kiosk.flow.views import RatingWhyView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.theme.tokens import SPACE
from ui.widgets.buttons import Button
from ui.widgets.chrome import MainAction
from ui.widgets.panels import column


class RatingWhyScreen(StepScreen[RatingWhyView]):
    """Several may be chosen, none is chosen beforehand."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.page.addStretch(1)
        self.add_title(self.page, look.say("rating_why.title"), look.say("rating_why.how"), centred=True)
        reasons = column(look, gap_mm=4.5)
        self._buttons = {reason: self._reason(reason) for reason in RatingReason}
        for button in self._buttons.values():
            reasons.addWidget(button)
        self.page.addLayout(reasons)
        self.page.addStretch(2)

    def _reason(self, reason: RatingReason) -> Button:
        button = Button(self.look, self.look.say(f"rating_why.{reason.value}"), "choice", f"reason:{reason.value}")
        button.setCheckable(True)
        button.setMinimumHeight(self.look.px(SPACE.main_target))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def show_model(self, model: RatingWhyView) -> None:
        """Nothing to fill in."""

    def main_action(self) -> MainAction:
        """Done."""
        return MainAction(self.look.say("rating_why.done"))

    def act(self) -> None:
        """Done."""
        self.happened.emit(RatingExplained(tuple(reason for reason, button in self._buttons.items() if button.isChecked())))

    def wipe(self) -> None:
        """Choose nothing."""
        for button in self._buttons.values():
            button.setChecked(False)
        super().wipe()
