"""好差评: five grades, none preselected, and a way to skip."""

from __future__ import annotations

from PySide6.QtCore import Qt

from kiosk.domain.rating import Grade
from kiosk.flow.events import RatingGiven, RatingSkipped
from kiosk.flow.views import RatingView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.widgets.buttons import Button, CardButton
from ui.widgets.panels import Picture, column, row
from ui.widgets.words import Words


class RatingScreen(StepScreen[RatingView]):
    """One touch, or skip."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.page.addStretch(1)
        self.add_title(self.page, look.say("rating.title"), look.say("rating.subtitle"), centred=True)
        grades = column(look, gap_mm=4.5)
        for grade in sorted(Grade, reverse=True):
            grades.addWidget(self._grade(grade))
        self.page.addLayout(grades)
        skip = Button(look, look.say("rating.skip"), "quiet", "rating_skip")
        skip.setMinimumWidth(look.px(70))
        skip.clicked.connect(self._skip)
        self.page.addWidget(skip, 0, Qt.AlignmentFlag.AlignHCenter)
        self.page.addStretch(2)

    def show_model(self, model: RatingView) -> None:
        """Nothing to fill in."""

    def _grade(self, grade: Grade) -> CardButton:
        text = self.look.say(f"rating.{grade.value}")
        button = CardButton(self.look, text, f"grade:{grade.value}")
        line = row(self.look, button, gap_mm=9.0)
        line.setContentsMargins(self.look.px(12), self.look.px(6), self.look.px(12), self.look.px(6))
        line.addWidget(Picture(self.look, f"grade_{grade.value}", 30))
        line.addWidget(Words(text, "heading"), 1)
        button.clicked.connect(self._rate)
        return button

    def _rate(self) -> None:
        button = self.sender()
        if isinstance(button, CardButton):
            self.happened.emit(RatingGiven(Grade(int(button.objectName().partition(":")[2]))))

    def _skip(self) -> None:
        self.happened.emit(RatingSkipped())
