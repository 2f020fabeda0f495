"""The face check: a mirror, one movement at a time, and how far it has got."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from kiosk.flow.events import FaceAsks, TryAgain
from kiosk.flow.views import FaceView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.theme import drawings
from ui.widgets.chrome import MainAction
from ui.widgets.images import Mirror
from ui.widgets.panels import Notice, Panel, Picture, column, row
from ui.widgets.words import Words


class FaceScreen(StepScreen[FaceView]):
    """Look at the camera."""

    light_changed = Signal(str)
    """The window must shine in this colour now, or in none."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._failed = False
        self._is_demonstration = False
        self.light = ""
        """``#rrggbb`` in which the whole window shines now; the window paints it."""
        self.page.addWidget(self._head())
        self.mirror = Mirror(look, look.say("face.picture"))
        told = self._beside_mirror()
        self._request = self._make_request()
        told.addWidget(self._request)
        self._notice = Notice(look)
        told.addWidget(self._notice)
        self._tries = Words("", "soft", centred=True)
        told.addWidget(self._tries)
        self._another = self.add_another_way(told)
        if look.is_short:
            told.addStretch(1)
        self._demonstration = Words(look.say("face.demonstration"), "amber_small", centred=True)
        kept = self._demonstration.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._demonstration.setSizePolicy(kept)
        self._demonstration.hide()
        self.page.addWidget(self._demonstration)
        self.page.addStretch(1)
        self._count.hide()
        self._hint.hide()

    def _beside_mirror(self) -> QVBoxLayout:
        """Where it is told what to do: what is asked for must be seen together with the mirror, whatever the screen's height."""
        if not self.look.is_short:
            self.page.addWidget(self.mirror, 10)
            return self.page
        told = column(self.look, gap_mm=4.0)
        told.addStretch(1)
        line = row(self.look, gap_mm=6.0)
        line.addWidget(self.mirror, 4)
        line.addLayout(told, 5)
        self.page.addLayout(line, 10)
        return told

    def _make_request(self) -> Panel:
        """The movement: a picture of it, how many there are, and what it is called."""
        look = self.look
        panel = Panel("card")
        line: QBoxLayout
        self._movement = Picture(look, "face", 40 if look.is_short else 48)
        if look.is_short:
            line = column(look, panel, margin_mm=5.0, gap_mm=3.0)
            line.addWidget(self._movement, 0, Qt.AlignmentFlag.AlignHCenter)
        else:
            line = row(look, panel, margin_mm=7.0, gap_mm=7.0)
            line.addWidget(self._movement)
        lines = column(look, gap_mm=2.0)
        lines.addStretch()
        self._count = Words("", "deep_small")
        self._words = Words(look.say("face.starting"), "heading")
        self._hint = Words("", "amber_small")
        for words in (self._count, self._words, self._hint):
            lines.addWidget(words)
        self.add_waiting(lines, centred=False)
        lines.addStretch()
        line.addLayout(lines, 1)
        return panel

    def _head(self) -> QWidget:
        """Goes dark while the window shines: black words on a deep colour cannot be read, and the light is wanted."""
        self._words_above = QWidget()
        kept = self._words_above.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._words_above.setSizePolicy(kept)
        self.add_title(column(self.look, self._words_above), self.look.say("face.title"), self.look.say("face.how"), centred=True)
        return self._words_above

    def show_model(self, model: FaceView) -> None:
        """Running, or why it did not work and how many tries are left."""
        if self._failed and model.running:
            self._movement.draw("face")
            self._words.setText(self.look.say("face.starting"))
            self._count.hide()
            self._hint.hide()
        self._failed = not model.running
        self._request.setVisible(model.running)
        self._notice.tell_reason(model.reason)
        self._tries.say(self.look.say("face.tries", count=model.tries_left) if model.reason else "")
        self._another.setVisible(self._failed)
        self._is_demonstration = model.is_demonstration
        if not model.running:
            self.mirror.wipe()
            if self.light:
                self._shine("")
        self._demonstration.setVisible(self._is_demonstration and not self.light)
        self.action_changed.emit()

    def _shine(self, light: str) -> None:
        if bool(light) != bool(self.light):
            self._words_above.setVisible(not light)
            self._demonstration.setVisible(self._is_demonstration and not light)
        self.light = light
        self.light_changed.emit(light)

    def show_request(self, asks: FaceAsks) -> None:
        """The movement to make now, or a hint on how to stand."""
        if self._failed:
            return
        if asks.light != self.light:
            self._shine(asks.light)
        if asks.action and asks.done < asks.total:
            picture = f"action_{asks.action}"
            self._movement.draw(picture if picture in drawings.names() else "face")
            self._words.setText(self.look.say(f"action.{asks.action}"))
            self._count.say(self.look.say("face.progress", number=asks.done + 1, total=asks.total))
        elif asks.total and asks.done >= asks.total:
            self._movement.draw("face")
            self._words.setText(self.look.say("light.hold" if asks.light else "face.checking"))
            self._count.say("")
        hint = self.look.say(f"hint.{asks.hint}") if asks.hint else ""
        if hint and not asks.action:
            self._movement.draw("face")
            self._count.say("")
            self._words.setText(hint)
        self._hint.say(hint if asks.action else "")

    def show_preview(self, image: QImage) -> None:
        """The newest frame."""
        if not self._failed:
            self.mirror.show_picture(image)

    @property
    def must_be_whole(self) -> bool:
        """Movements are made within seconds, from where the camera sees the face."""
        return not self._failed

    def main_action(self) -> MainAction | None:
        """Another try, after a failure."""
        return MainAction(self.look.say("face.try_again"), "try_again") if self._failed else None

    def act(self) -> None:
        """Another try."""
        self.happened.emit(TryAgain())

    def wipe(self) -> None:
        """Forget the frame too."""
        super().wipe()
        self.mirror.wipe()
        self.light = ""
