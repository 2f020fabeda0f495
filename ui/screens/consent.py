"""Consent to handling the resident's data for this item."""

from __future__ import annotations

from PySide6.QtCore import Qt

from kiosk.flow.views import ConsentView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.widgets.answers import Answers
from ui.widgets.panels import Panel, Picture, column, row
from ui.widgets.words import Words


class ConsentScreen(StepScreen[ConsentView]):
    """What is done with the resident's data."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._shown = ""
        self.page.addStretch(1)
        self.add_picture(self.page, "consent", 78)
        self.add_title(self.page, look.say("consent.title"), centred=True)
        panel = Panel("card")
        lines = column(look, panel, margin_mm=10.0, gap_mm=6.0)
        self._points = column(look, gap_mm=6.0)
        lines.addLayout(self._points)
        self.page.addWidget(panel)
        self._no_note = Words(look.say("consent.no_note"), "soft", centred=True)
        self.page.addWidget(self._no_note)
        self.page.addStretch(2)
        answers = Answers(look, look.say("consent.yes"), look.say("consent.no"), prefer_yes=True)
        answers.happened.connect(self.happened)
        self.page.addWidget(answers)

    def show_model(self, model: ConsentView) -> None:
        """Show the text of the catalogue, a point a line."""
        if self._shown:
            return
        self._shown = model.text
        if model.known:
            self._no_note.setText(self.look.say("consent.no_note_known"))
        for paragraph in filter(None, (part.strip() for part in model.text.split("\n"))):
            line = row(self.look, gap_mm=5.0)
            line.addWidget(Picture(self.look, "check_circle", 9), 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(Words(paragraph, "body"), 1)
            self._points.addLayout(line)
