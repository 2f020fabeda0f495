"""The proof 证明: being made and printed on A4, out, or why not."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy

from kiosk.flow.events import Continue, PrintAgain
from kiosk.flow.proof_views import ProofView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.theme.tokens import SPACE
from ui.voice import marks
from ui.widgets import groups
from ui.widgets.buttons import Button
from ui.widgets.chrome import MainAction
from ui.widgets.panels import Notice, Panel, column
from ui.widgets.words import Words


class ProofScreen(StepScreen[ProofView]):
    """One picture, one sentence; the verification code once the sheet is out."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._busy = True
        self.page.addStretch(1)
        self._picture = self.add_picture(self.page, "printer", 110)
        self._title = self.add_title(self.page, "", centred=True)
        self._how = Words("", "soft", centred=True)
        self.page.addWidget(self._how)
        self.add_waiting(self.page)
        self.page.addWidget(self._code_panel())
        self._notice = Notice(look)
        self.page.addWidget(self._notice)
        self._again = Button(look, look.say("proof.again"), "quiet", "print_again", icon="again")
        self._again.setMinimumHeight(look.px(SPACE.main_target))
        self._again.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._again.clicked.connect(lambda: self.happened.emit(PrintAgain()))
        self.page.addWidget(self._again)
        self.page.addStretch(2)

    def _code_panel(self) -> Panel:
        self._panel = Panel("delivered")
        lines = column(self.look, self._panel, margin_mm=8.0, gap_mm=2.0)
        lines.addWidget(Words(self.look.say("proof.code"), "soft"))
        self._code = marks.personal(marks.spelt(Words("", "numeral")))
        lines.addWidget(self._code)
        lines.addWidget(Words(self.look.say("proof.code.how"), "body"))
        return self._panel

    def show_model(self, model: ProofView) -> None:
        """Say where it is."""
        self._busy = model.busy
        is_out = bool(model.code) and not model.busy and not model.reason
        self._panel.setVisible(is_out)
        self._code.setText(groups.verification_code(model.code))
        key = "proof.making" if model.busy else "proof.out" if is_out else "proof.none"
        self._title.setText(self.look.say(key, item=model.item_name, pages=model.pages))
        self._how.setText(self.look.say(f"{key}.how"))
        self._picture.draw("printer" if model.busy else "check_circle" if is_out else "pages")
        self._say_why(model)
        self._again.setVisible(model.may_try_again and not model.busy)
        self.action_changed.emit()

    def _say_why(self, model: ProofView) -> None:
        if not model.reason:
            self._notice.hide()
        elif model.words:
            self._notice.tell(model.words, self.look.sentence(model.reason), "info", personal=True)
        else:
            self._notice.tell_reason(model.reason)

    def main_action(self) -> MainAction:
        """On, once the printer is done."""
        return MainAction(self.look.say("proof.go_on"), enabled=not self._busy)

    def act(self) -> None:
        """On."""
        if not self._busy:
            self.happened.emit(Continue())
