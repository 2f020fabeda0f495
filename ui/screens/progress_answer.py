"""Where the cases are: the newest state first, in words, with its time, who did it, and what comes next."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from kiosk.domain.progress import Told
from kiosk.flow.events import Continue
from kiosk.flow.progress_events import ProgressOpened
from kiosk.flow.progress_views import CaseLine, ProgressAnswerView, StepLine
from kiosk.flow.proof_events import ProofWanted
from ui.look import Look
from ui.screens.base import StepScreen
from ui.theme.tokens import SPACE
from ui.voice import marks
from ui.widgets import groups
from ui.widgets.buttons import Button
from ui.widgets.chrome import MainAction
from ui.widgets.panels import Notice, Panel, Picture, clear, column, row
from ui.widgets.words import Words

_GOOD = frozenset({"granted", "finished", "sent", "collected"})
_TROUBLE = frozenset({"refused", "supplement", "denied"})
_PICTURES = {"collect": "gift", "correct": "pencil", "bring_papers": "pages", "nothing": "check_circle", "ask_window": "office"}
_KNOWN_STATES = _GOOD | _TROUBLE | {"submitted", "received", "checking", "accepted", "accepted_lacking", "in_review", "withdrawn"}
_KNOWN_ACTORS = frozenset({"resident", "platform", "window", "department", "courier"})


class ProgressAnswerScreen(StepScreen[ProgressAnswerView]):
    """One panel a case."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.add_title(self.page, look.say("progress.answer"))
        self._notice = Notice(look)
        self.page.addWidget(self._notice)
        body = self.add_body()
        self._cases = column(look, gap_mm=7.0)
        body.addLayout(self._cases)
        body.addStretch(1)
        self._again = Button(look, look.say("progress.another"), "quiet", "another_number", icon="again")
        self._again.setMinimumHeight(look.px(SPACE.main_target))
        self._again.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._again.clicked.connect(lambda: self.happened.emit(ProgressOpened()))
        self.page.addWidget(self._again)
        self._shown: ProgressAnswerView | None = None

    def show_model(self, model: ProgressAnswerView) -> None:
        """Show all cases, or why there is none."""
        if model == self._shown:
            return
        self._shown = model
        self._tell(model)
        clear(self._cases)
        for case in model.cases:
            self._cases.addWidget(self._panel(case))

    def _tell(self, model: ProgressAnswerView) -> None:
        if model.reason:
            self._notice.tell_reason(model.reason)
        elif not model.cases:
            self._notice.tell(self.look.say("progress.nothing"), self.look.say("progress.nothing.how"), "info")
        elif model.told_by is Told.MACHINE:
            age = self._age(model.age_minutes)
            words = self.look.say("progress.by_machine.how", time=model.known_at, age=age)
            self._notice.tell(self.look.say("progress.by_machine"), words, "network")
        else:
            self._notice.hide()

    def _age(self, minutes: int) -> str:
        if minutes < 60:
            return self.look.say("progress.age.minutes", count=minutes)
        hours = minutes // 60
        if hours < 48:
            return self.look.say("progress.age.hours", count=hours)
        return self.look.say("progress.age.days", count=hours // 24)

    def _panel(self, case: CaseLine) -> Panel:
        newest, *earlier = case.steps
        panel = Panel("card")
        lines = column(self.look, panel, margin_mm=8.0, gap_mm=3.5)
        say = self.look.say
        title = Words(case.item_name or say("progress.some_matter"), "heading")
        lines.addWidget(marks.personal(title, say("progress.some_matter")))
        number = Words(f"{say('slip.number')}  {groups.receipt_number(case.number)}", "soft")
        lines.addWidget(marks.personal(marks.spelt(number), self.look.pair(say("slip.number"), say("say.on_screen"))))
        lines.addWidget(self._newest(newest, case))
        for name, due in case.lacking:
            key = "progress.lacking" if due else "progress.lacking.open"
            lines.addWidget(marks.personal(Words(self.look.say(key, paper=name, day=due), "amber")))
        for step in earlier:
            lines.addLayout(self._earlier(step))
        if case.may_print:
            lines.addWidget(self._print(case))
        return panel

    def _print(self, case: CaseLine) -> Button:
        button = Button(self.look, self.look.say("progress.print"), "quiet", f"print:{case.number}", icon="printer")
        button.setMinimumHeight(self.look.px(SPACE.target))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        marks.personal(button, self.look.say("progress.print"))
        button.setAccessibleDescription(case.item_name)
        button.clicked.connect(lambda: self.happened.emit(ProofWanted(case.number)))
        return button

    def _newest(self, step: StepLine, case: CaseLine) -> Panel:
        ground = "delivered" if step.state in _GOOD else "trouble" if step.state in _TROUBLE else "waiting"
        panel = Panel(ground)
        line = row(self.look, panel, margin_mm=6.0, gap_mm=6.0)
        line.addWidget(Picture(self.look, _PICTURES.get(case.next_step, "clock"), 17), 0, Qt.AlignmentFlag.AlignTop)
        lines = column(self.look, gap_mm=1.0)
        lines.addWidget(Words(self._state(step), "strong"))
        lines.addWidget(Words(f"{step.at}  {self._actor(step)}", "soft"))
        if step.words:
            lines.addWidget(marks.personal(Words(step.words, "body")))
        known = case.next_step in _PICTURES
        lines.addWidget(Words(self.look.say(f"progress.next.{case.next_step if known else 'wait'}"), "body"))
        line.addLayout(lines, 1)
        return panel

    def _earlier(self, step: StepLine) -> QHBoxLayout:
        line = row(self.look, gap_mm=5.0)
        line.addWidget(Picture(self.look, "check", 8), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(Words(self._state(step), "body"), 1)
        line.addWidget(Words(f"{step.at}  {self._actor(step)}", "soft"), 0, Qt.AlignmentFlag.AlignRight)
        return line

    def _state(self, step: StepLine) -> str:
        return self.look.say(f"progress.state.{step.state if step.state in _KNOWN_STATES else 'other'}")

    def _actor(self, step: StepLine) -> str:
        return self.look.say(f"progress.actor.{step.actor if step.actor in _KNOWN_ACTORS else 'other'}")

    def main_action(self) -> MainAction:
        """All matters."""
        return MainAction(self.look.say("progress.done"))

    def act(self) -> None:
        """All matters."""
        self.happened.emit(Continue())

    def wipe(self) -> None:
        """Forget the cases too."""
        super().wipe()
        self._shown = None
