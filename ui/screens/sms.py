"""Type the code that came by text message."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtWidgets import QSizePolicy

from kiosk.flow.events import SmsCodeEntered, TryAgain
from kiosk.flow.messages import CODE_DIGITS
from kiosk.flow.views import SmsView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.theme.tokens import SPACE
from ui.theme.trouble_pictures import picture_of
from ui.voice import marks
from ui.widgets.buttons import Button
from ui.widgets.chrome import MainAction
from ui.widgets.entry import Entry, Pad
from ui.widgets.fitting import FittingGrid
from ui.widgets.keypad import Keypad
from ui.widgets.panels import Notice, Panel, Picture, column, row
from ui.widgets.words import Words

_TICK_MS = 500


class SmsScreen(StepScreen[SmsView]):
    """Where the message went, six digits on the screen's own number pad, and another message after a minute."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._busy = False
        self._phone = ""
        self._resend_in_s = 0
        self._since = QElapsedTimer()
        self._since.start()
        self.add_title(self.page, look.say("sms.title"))
        self._panel = self._sent_panel()
        self.page.addWidget(self._panel)
        self._notice = Notice(look)
        self.page.addWidget(self._notice)
        self.code = Entry(look, "sms_code", look.say("sms.code"), Pad.SCREEN, CODE_DIGITS)
        self.code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.code.textChanged.connect(self.action_changed)
        self.code.returnPressed.connect(self.act)
        self.page.addWidget(self.code)
        self._keypad = Keypad(look)
        self._keypad.digit.connect(self.code.type_digit)
        self._keypad.deleted.connect(self.code.delete_last)
        self._keypad.setFixedWidth(look.px(235))
        self.page.addWidget(self._keypad, 0, Qt.AlignmentFlag.AlignHCenter)
        self._ways = FittingGrid(look, most=2, gap_mm=6.0)
        self._resend = Button(look, look.say("sms.resend"), "quiet", "resend", icon="again")
        self._resend.setMinimumHeight(look.px(SPACE.main_target))
        self._resend.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._resend.clicked.connect(self._on_resend)
        self._ways.add(self._resend)
        self._another = self.another_way_button()
        self._ways.add(self._another)
        self.page.addWidget(self._ways)
        self.page.addStretch(1)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._show_resend)
        self._timer.start()

    def _sent_panel(self) -> Panel:
        panel = Panel("pale")
        line = row(self.look, panel, margin_mm=7.0, gap_mm=7.0)
        line.addWidget(Picture(self.look, "text_message", 36))
        lines = column(self.look, gap_mm=1.5)
        self._sent = Words(self.look.say("sms.sending"), "heading")
        self._how = Words(self.look.say("sms.how"), "soft")
        lines.addWidget(self._sent)
        lines.addWidget(self._how)
        self.add_waiting(lines, centred=False)
        line.addLayout(lines, 1)
        return panel

    def show_model(self, model: SmsView) -> None:
        """Show where the message went, and what became of the last code; a wrong one is wiped."""
        if self._busy and not model.busy:
            self.code.wipe()
        self._busy, self._phone = model.busy, model.masked_phone
        if model.resend_in_s != self._resend_in_s:
            self._resend_in_s = model.resend_in_s
            self._since.restart()
        was_sent = bool(self._phone)
        self._sent.setText(self.look.say("sms.sent", phone=self._phone) if was_sent else self.look.say("sms.sending"))
        marks.mark_personal(self._sent, was_sent, self.look.say("say.sms_sent"))
        self._how.setVisible(was_sent)
        self._panel.setVisible(was_sent or self._busy)
        self._resend.setVisible(was_sent or not self._busy)
        self.code.setVisible(was_sent)
        self._keypad.setVisible(was_sent)
        self._another.setVisible(bool(model.reason))
        self._tell(model)
        self._show_resend()
        self._ways.refit()
        self.action_changed.emit()

    def _tell(self, model: SmsView) -> None:
        if not model.reason:
            self._notice.hide()
            return
        reason = self.look.reason(model.reason)
        tries = self.look.say("sms.tries", count=model.tries_left)
        todo = self.look.pair(reason.todo, tries) if model.reason == "sms.wrong_code" else reason.todo
        self._notice.tell(reason.what, todo, picture_of(model.reason))

    def _offer_way_on(self) -> None:
        super()._offer_way_on()
        self._ways.refit()

    def _show_resend(self) -> None:
        left = max(0, round(self._resend_in_s - self._since.elapsed() / 1000))
        again = self.look.say("sms.resend" if self._phone else "sms.try_again")
        self._resend.say(self.look.say("sms.resend_in", seconds=left) if left else again)
        self._resend.setEnabled(not left and not self._busy)

    def main_action(self) -> MainAction | None:
        """Check, once six digits are written."""
        if not self._phone:
            return None
        ready = len(self.code.text()) == CODE_DIGITS and not self._busy
        return MainAction(self.look.say("sms.checking" if self._busy else "sms.confirm"), enabled=ready)

    def act(self) -> None:
        """Check."""
        action = self.main_action()
        if action is not None and action.enabled:
            self.happened.emit(SmsCodeEntered(self.code.text()))

    def _on_resend(self) -> None:
        self.happened.emit(TryAgain())
