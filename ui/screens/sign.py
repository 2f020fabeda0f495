"""Sign with the finger."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy

from kiosk.domain.aids import Voice
from kiosk.domain.signature import Signature
from kiosk.flow.events import SignatureDrawn
from kiosk.flow.views import SignView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.theme.tokens import SPACE
from ui.widgets.buttons import Button
from ui.widgets.chrome import MainAction
from ui.widgets.panels import Notice, row
from ui.widgets.signature_pad import SignaturePad


class SignScreen(StepScreen[SignView]):
    """A box to write in, as high as there is room; ways to take the last stroke back, and to start over."""

    is_drawn_on = True

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.page.addStretch(1)
        self.add_picture(self.page, "sign", look.picture_mm(46))
        self.add_title(self.page, look.say("sign.title"), look.say("sign.how"), centred=True)
        self._notice = Notice(look)
        self.page.addWidget(self._notice)
        self.pad = SignaturePad(look)
        self.pad.changed.connect(self._on_changed)
        self.page.addWidget(self.pad, 20)
        ways = row(look)
        self._undo = self._way("sign.undo", "signature_undo", "undo")
        self._undo.clicked.connect(self.pad.undo)
        self._clear = self._way("sign.clear", "signature_clear", "pencil")
        self._clear.clicked.connect(self.pad.wipe)
        for way in (self._undo, self._clear):
            ways.addWidget(way, 1)
        self.page.addLayout(ways)
        self._stated = self._way("sign.stated", "signature_stated", "check")
        self._stated.setMinimumHeight(look.px(SPACE.main_target))
        self._stated.clicked.connect(self._state)
        self.page.addWidget(self._stated)
        # Only who listens is likely to need it; to all others it would be one thing more to understand.
        self._stated.setVisible(look.aids.voice is not Voice.OFF)
        self.page.addStretch(2)
        self._on_changed()

    def _way(self, key: str, name: str, icon: str) -> Button:
        button = Button(self.look, self.look.say(key), "quiet", name, icon=icon)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def show_model(self, model: SignView) -> None:
        """Say when the last try was too short."""
        self._notice.tell_reason(model.reason)

    def _on_changed(self) -> None:
        for way in (self._undo, self._clear):
            way.setEnabled(not self.pad.is_empty)
        self.action_changed.emit()

    def main_action(self) -> MainAction:
        """Hand in, once something is written."""
        return MainAction(self.look.say("sign.confirm"), enabled=not self.pad.is_empty)

    def act(self) -> None:
        """Hand in."""
        self.happened.emit(SignatureDrawn(self.pad.signature()))

    def _state(self) -> None:
        self.happened.emit(SignatureDrawn(Signature((), is_stated=True)))

    def wipe(self) -> None:
        """Forget the signature too."""
        super().wipe()
        self.pad.wipe()
