"""Anything else? In the same visit nobody is identified twice for the same level."""

from __future__ import annotations

from PySide6.QtCore import Qt

from kiosk.flow.events import AnotherItem, Continue
from kiosk.flow.views import AnotherView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.voice import marks
from ui.widgets.buttons import CardButton
from ui.widgets.panels import Picture, column, row
from ui.widgets.words import Words


class AnotherScreen(StepScreen[AnotherView]):
    """Two big answers of one size."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.page.addStretch(1)
        self.add_title(self.page, look.say("another.title"), centred=True)
        self._known = marks.personal(Words("", "soft", centred=True), look.say("say.known"))
        self.page.addWidget(self._known)
        answers = column(look, gap_mm=8.0)
        for name, picture, slot in (("yes", "another", self._on_yes), ("no", "farewell", self._on_no)):
            button = self._answer(name, picture)
            button.clicked.connect(slot)
            answers.addWidget(button)
        self.page.addLayout(answers)
        self.page.addStretch(2)

    def show_model(self, model: AnotherView) -> None:
        """Say who is known, so that nobody goes on in somebody else's name."""
        self._known.setText(self.look.say("another.known", name=model.known_as))

    def _answer(self, name: str, picture: str) -> CardButton:
        text, how = self.look.say(f"another.{name}"), self.look.say(f"another.{name}.how")
        button = CardButton(self.look, text, f"another_{name}")
        button.setAccessibleDescription(how)
        line = row(self.look, button, margin_mm=10.0, gap_mm=9.0)
        line.addWidget(Picture(self.look, picture, 70))
        lines = column(self.look, gap_mm=2.0)
        lines.addStretch()
        lines.addWidget(Words(text, "heading"))
        lines.addWidget(Words(how, "soft"))
        lines.addStretch()
        line.addLayout(lines, 1)
        line.addWidget(Picture(self.look, "forward", 10), 0, Qt.AlignmentFlag.AlignVCenter)
        return button

    def _on_yes(self) -> None:
        self.happened.emit(AnotherItem())

    def _on_no(self) -> None:
        self.happened.emit(Continue())
