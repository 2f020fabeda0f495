"""``kiosk run --simulate``: the terminal in a window, with platform and devices of its own; the card lies down by itself."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from drivers.face.types import Action
from kiosk.app import StartError
from kiosk.demo.platform import PlatformFailed
from kiosk.demo.stage import Stage
from kiosk.flow.events import FaceAsks
from kiosk.flow.states import Step
from kiosk.services.platform import PlatformTrouble

CARD_AFTER_MS = 1500


class Bystander(QObject):
    """Lays the card down and makes the movements, so that whoever looks around needs only the screen."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self._asked = ("", -1)
        visit = stage.terminal.visit
        visit.step_changed.connect(self._on_step)
        visit.face_asked.connect(self._on_asked)

    @Slot(object)
    def _on_step(self, step: Step) -> None:
        self._stage.camera.illuminate(None)
        if step is Step.CARD:
            QTimer.singleShot(CARD_AFTER_MS, self._lay_card_down)
        elif step is Step.FAREWELL:
            self._stage.reader.lift_card()

    @Slot(object)
    def _on_asked(self, asks: FaceAsks) -> None:
        self._stage.camera.illuminate(self._stage.terminal.window.light)
        if asks.action and (asks.action, asks.done) != self._asked:
            self._asked = (asks.action, asks.done)
            self._stage.camera.perform(Action(asks.action))

    def _lay_card_down(self) -> None:
        self._stage.reader.put_card(self._stage.elder_card())


def run_simulated(application: QApplication) -> int:
    """Serve until the window is closed; everything lies in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="oueban-") as folder:
        stage = Stage(Path(folder))
        try:
            stage.start()
            bystander = Bystander(stage)
            bystander.setParent(stage.terminal)
            return application.exec()
        except (PlatformFailed, PlatformTrouble) as error:
            raise StartError(str(error)) from error
        finally:
            stage.stop()
