"""Whoever stands before the simulated terminal: lays the card down and makes the movements, unless told not to."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from drivers.face.types import Action
from kiosk.demo.stage import Stage
from kiosk.flow.events import FaceAsks
from kiosk.flow.states import Step

CARD_AFTER_MS = 1500


class Bystander(QObject):
    """Lives on the GUI thread. The light of the screen falls on the person whatever else is switched off."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.terminal)
        self._stage = stage
        self._asked = ("", -1)
        self.lays_card = True
        """The card lies down by itself when it is asked for, and is taken at the farewell."""
        self.obeys = True
        """The movements of the face check are made when they are asked for."""
        visit = stage.terminal.visit
        visit.step_changed.connect(self._on_step)
        visit.face_asked.connect(self._on_asked)

    @Slot(object)
    def _on_step(self, step: Step) -> None:
        self._stage.camera.illuminate(None)
        if not self.lays_card:
            return
        if step is Step.CARD:
            QTimer.singleShot(CARD_AFTER_MS, self._lay_card_down)
        elif step is Step.FAREWELL:
            self._stage.reader.lift_card()

    @Slot(object)
    def _on_asked(self, asks: FaceAsks) -> None:
        self._stage.camera.illuminate(self._stage.terminal.window.light)
        if not asks.action:
            self._asked = ("", -1)  # a check begins: what it asks first may be what the last one asked
        if self.obeys and asks.action and (asks.action, asks.done) != self._asked:
            self._asked = (asks.action, asks.done)
            self._stage.camera.perform(Action(asks.action))

    def _lay_card_down(self) -> None:
        if self.lays_card and self._stage.terminal.visit.state.step is Step.CARD:
            self._stage.reader.put_card(self._stage.elder_card())
