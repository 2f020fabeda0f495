"""帮助: what this screen wants, and whom to ask."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout

from kiosk.flow.aid_events import StaffCalled
from kiosk.flow.states import StaffCall, Step
from ui.sheets.base import Sheet
from ui.theme.tokens import SPACE
from ui.widgets.buttons import Button
from ui.widgets.panels import Panel, Picture, column, row
from ui.widgets.words import Words

_SHARED: dict[Step, str] = {
    Step.PROGRESS_CARD: "card",
    Step.PROGRESS_ANSWER: "progress",
    Step.GUARDIAN_CARD: "card",
    Step.GUARDIAN_CONSENT: "consent",
    Step.FACE_CONSENT: "consent",
    Step.PROGRESS_ASKING: "waiting",
    Step.GATHERING: "waiting",
    Step.COMMITTING: "waiting",
    Step.DELIVERING: "waiting",
    Step.RATING_WHY: "rating",
    Step.ANOTHER: "rating",
    Step.OUT_OF_SERVICE: "closed",
    Step.NOT_ELIGIBLE: "closed",
    Step.NOT_ACCEPTED: "closed",
}
"""Steps that are explained in the same words as another one."""


def topic(step: Step) -> str:
    """The text that explains a step: ``help.TOPIC``."""
    return _SHARED.get(step, step.value)


class HelpSheet(Sheet):
    """A few sentences and a telephone number."""

    def title(self) -> str:
        """What this is."""
        return self.look.say("help.title")

    def build(self, layout: QVBoxLayout) -> None:
        """How this step works, line by line; then whom to ask."""
        for line in self.look.say(f"help.{topic(self.chrome.step)}").split("\n"):
            across = row(self.look, gap_mm=4.0)
            across.addWidget(Picture(self.look, "check_circle", 8.5))
            across.addWidget(Words(line, "body"), 1)
            layout.addLayout(across)
        panel = Panel("pale")
        lines = column(self.look, panel, margin_mm=6.0, gap_mm=2.0)
        lines.addWidget(Words(self.look.say("help.phone", phone=self.look.help_phone), "strong"))
        lines.addWidget(Words(self.look.say("help.nothing_lost"), "small"))
        layout.addWidget(panel)
        self._add_staff(layout)

    def _add_staff(self, layout: QVBoxLayout) -> None:
        call, look = self.chrome.staff_call, self.look
        if call is not StaffCall.NONE:
            told = Panel("delivered" if call is StaffCall.TOLD else "waiting")
            words = Words(look.say(f"staff_call.{call}", phone=look.help_phone), "strong")
            column(look, told, margin_mm=6.0).addWidget(words)
            layout.addWidget(told)
        button = Button(look, look.say("help.call_staff"), "quiet", "staff_called", icon="call")
        button.setMinimumHeight(look.px(SPACE.main_target))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setEnabled(call is not StaffCall.CALLING)
        button.clicked.connect(self._call)
        layout.addWidget(button)

    def _call(self) -> None:
        self.happened.emit(StaffCalled())
