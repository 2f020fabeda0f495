"""Consent to handling the resident's data for this item."""

from __future__ import annotations

from kiosk.flow.views import ConsentView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.widgets.answers import Answers
from ui.widgets.panels import Panel, column
from ui.widgets.words import Words


class ConsentScreen(StepScreen[ConsentView]):
    """What is done with the resident's data."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.page.addStretch(1)
        self.add_picture(self.page, "consent", 62)
        self.add_title(self.page, look.say("consent.title"), centred=True)
        panel = Panel("card")
        self._lines = column(look, panel, margin_mm=10.0, gap_mm=5.0)
        self._text = Words("", "body")
        self._lines.addWidget(self._text)
        self._lines.addWidget(Words(look.say("consent.no_note"), "soft"))
        self.page.addWidget(panel)
        self.page.addStretch(1)
        answers = Answers(look, look.say("consent.yes"), look.say("consent.no"), prefer_yes=True)
        answers.happened.connect(self.happened)
        self.page.addWidget(answers)
        self.page.addStretch(1)

    def show_model(self, model: ConsentView) -> None:
        """Show the text of the catalogue."""
        self._text.setText(model.text.replace("\n", "\n\n"))
