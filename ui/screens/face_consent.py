"""Separate consent to the face check. The law wants it voluntary, so neither answer stands out."""

from __future__ import annotations

from PySide6.QtCore import Qt

from kiosk.flow.views import FaceConsentView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.widgets.answers import Answers
from ui.widgets.panels import Panel, Picture, column, row
from ui.widgets.words import Words

_POINTS = (("face_consent.point1", "card"), ("face_consent.point2", "lock"), ("face_consent.point3", "staff"))


class FaceConsentScreen(StepScreen[FaceConsentView]):
    """Three short points, two answers."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.page.addStretch(1)
        self.add_picture(self.page, "face", 90)
        self.add_title(self.page, look.say("face_consent.title"), centred=True)
        panel = Panel("card")
        lines = column(look, panel, margin_mm=10.0, gap_mm=7.0)
        for key, icon in _POINTS:
            line = row(look, gap_mm=6.0)
            line.addWidget(Picture(icon, look.px(9)), 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(Words(look.say(key), "body"), 1)
            lines.addLayout(line)
        self.page.addWidget(panel)
        self.page.addStretch(2)
        answers = Answers(look, look.say("face_consent.yes"), look.say("face_consent.no"), prefer_yes=False)
        answers.happened.connect(self.happened)
        self.page.addWidget(answers)

    def show_model(self, model: FaceConsentView) -> None:
        """The text is the screen's own."""
