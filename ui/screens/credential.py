"""Show the code on the telephone to the scanner."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, Qt, QTimer

from kiosk.domain.waiting import Wait
from kiosk.flow.events import TryAgain
from kiosk.flow.views import CredentialView
from kiosk.flow.waits import WaitView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.widgets.chrome import MainAction
from ui.widgets.panels import Notice, Picture, row
from ui.widgets.ring import Ring
from ui.widgets.words import Words

_FRAME_MS = 200
_DEFAULT_S = 60


class CredentialScreen(StepScreen[CredentialView]):
    """One large picture of what to do, and how long it is waited for."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._waits = False
        self._seconds = _DEFAULT_S
        self._since = QElapsedTimer()
        self.page.addStretch(1)
        self._ring = Ring(look, _DEFAULT_S, look.say("credential.countdown"), side_mm=40.0)
        if look.is_short:
            line = row(look, gap_mm=8.0)
            line.addStretch(1)
            line.addWidget(Picture(look, "credential_on_scanner", 96))
            line.addWidget(self._ring)
            line.addStretch(1)
            self.page.addLayout(line)
        else:
            self.add_picture(self.page, "credential_on_scanner", 130)
        self.add_title(self.page, look.say("credential.title"), look.say("credential.how"), centred=True)
        if not look.is_short:
            self.page.addWidget(self._ring, 0, Qt.AlignmentFlag.AlignHCenter)
        self.add_waiting(self.page)
        self._status = Words(look.say("credential.waiting"), "deep_small", centred=True)
        self.page.addWidget(self._status)
        self._notice = Notice(look)
        self.page.addWidget(self._notice)
        self._tries = Words("", "soft", centred=True)
        self.page.addWidget(self._tries)
        self._another = self.add_another_way(self.page)
        self._another.show()
        self.page.addStretch(2)
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._tick)

    def show_model(self, model: CredentialView) -> None:
        """Waiting, or why it did not work."""
        if model.waiting and not self._waits:
            self._seconds = model.seconds
            self._since.start()
            self._timer.start()
            self._tick()
        elif not model.waiting:
            self._timer.stop()
        self._waits = model.waiting
        self._ring.setVisible(model.waiting)
        self._status.setVisible(model.waiting)
        self._notice.tell_reason(model.reason)
        self._tries.say(self.look.say("credential.tries", count=model.tries_left) if model.reason else "")
        self.action_changed.emit()

    def show_wait(self, wait: WaitView | None) -> None:
        """The ring tells how long a code is waited for; once one was seen, how long its check takes."""
        checking = wait is not None and wait.patience.kind is Wait.CODE_CHECK
        super().show_wait(wait if checking else None)
        self._ring.setVisible(self._waits and not checking)
        self._status.setText(self.look.say("credential.checking" if checking else "credential.waiting"))

    def _tick(self) -> None:
        self._ring.show_left(self._seconds - self._since.elapsed() / 1000)

    @property
    def must_be_whole(self) -> bool:
        """One hand holds the telephone, and the time runs."""
        return self._waits

    def main_action(self) -> MainAction | None:
        """Another try, after a failure."""
        return None if self._waits else MainAction(self.look.say("credential.try_again"), "try_again")

    def act(self) -> None:
        """Another try."""
        self.happened.emit(TryAgain())
