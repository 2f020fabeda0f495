"""Separate consent to the face check. The law wants it voluntary, so neither answer stands out."""

from __future__ import annotations

from kiosk.flow.views import FaceConsentView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.widgets.answers import Answers

_POINTS = (
    ("face_consent.point1", "card"),
    ("face_consent.point2", "lock"),
    ("face_consent.point3", "delete"),
    ("face_consent.point4", "check_circle"),
)


class FaceConsentScreen(StepScreen[FaceConsentView]):
    """What for, where, how long, and that it is voluntary; two answers."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.page.addStretch(1)
        self.add_picture(self.page, "face", 90)
        self.add_title(self.page, look.say("face_consent.title"), centred=True)
        points = self.add_points(self.page, _POINTS)
        self._where, self._kept = points["face_consent.point2"], points["face_consent.point3"]
        self.page.addStretch(2)
        answers = Answers(look, look.say("face_consent.yes"), look.say("face_consent.no"), prefer_yes=False)
        answers.happened.connect(self.happened)
        self.page.addWidget(answers)

    def show_model(self, model: FaceConsentView) -> None:
        """What is told of the network depends on how the terminal is set up."""
        self._where.setText(self.look.say("face_consent.where_platform" if model.asks_platform else "face_consent.point2"))
        self._kept.setText(self.look.say("face_consent.kept_presence" if model.presence else "face_consent.point3"))
