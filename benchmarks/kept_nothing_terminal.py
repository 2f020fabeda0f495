"""The terminal of ``benchmarks.nothing_kept``, in a process of its own: the true window, preview, camera memory, face check and
worker. Only the lens is scripted: whoever holds the other end of the line sends each picture when it is asked for, in a time of
its own, so that a check takes as long as its computing.

Packets on the line (a seqpacket socket): JSON here to there, ``{"want": true}``, ``{"asks": …}``, ``{"decided": reason}``;
pictures there to here as header and bytes through a pipe, which keeps no copy once it is read.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication

from drivers.camera.factory import open_camera
from drivers.camera.newest import NewestFrame
from drivers.face.factory import FaceSettings
from drivers.face.verifier import WorkerVerifier
from drivers.face.worker.messages import ChallengeSettings
from drivers.overwritten import overwritten_picture
from drivers.types import Deadline, Frame, Image
from kiosk.domain.identity import Portrait
from kiosk.domain.language import Language
from kiosk.flow.events import FaceAsks
from kiosk.flow.states import Step
from kiosk.flow.views import Chrome, FaceView, Screen
from kiosk.hardening import harden
from kiosk.services.faces import FaceCheck
from kiosk.workers.job_thread import JobThread
from kiosk.workers.preview import Preview
from ui.window import KioskWindow

CHROME = Chrome(Step.FACE, Language.ZH, "", 0, 0, can_go_back=True, can_quit=True, idle_warning=False)
CHECK_S = 120.0


class ScriptedLens:
    """A camera whose pictures come from the line; holds the newest as every camera does."""

    def __init__(self, line: socket.socket, pipe: int) -> None:
        self._line = line
        self._pipe = pipe
        self._now_s = 0.0
        self._frames = NewestFrame(clock=lambda: self._now_s)
        self.is_planting = False
        self.planted: list[Image] = []

    def start(self) -> None:
        """Let pictures come."""
        self._frames.open()

    def stop(self) -> None:
        """Overwrite the newest."""
        self._frames.close()

    def newest(self) -> Frame | None:
        """The newest picture."""
        return self._frames.get()

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:  # noqa: ARG002 - it comes at once
        """Ask for one."""
        self._line.send(b'{"want": true}')
        header = json.loads(self._line.recv(1000))
        if header is None:
            return None
        picture = overwritten_picture(tuple(header["shape"]))
        _fill(self._pipe, picture)
        if self.is_planting:
            self.planted.append(picture.copy())
        self._now_s = header["now_s"]
        self._frames.put(picture)
        return self._frames.get()


def _fill(pipe: int, picture: Image) -> None:
    room = memoryview(picture.reshape(-1))
    while room:
        room = room[os.readv(pipe, [room]) :]


class Kiosk(QObject):
    """One resident after the other."""

    def __init__(self, line: socket.socket, pipe: int) -> None:
        super().__init__()
        self._line = line
        self._pipe = pipe
        self._lens = ScriptedLens(line, pipe)
        self._verifier = WorkerVerifier(FaceSettings("dlib"), ChallengeSettings(screen_light=False))
        self.window = KioskWindow(with_keyboard=False)
        self._thread = JobThread("face", self)
        self._thread.done.connect(self._on_decided)
        self._thread.submit(lambda _deadline: self._verifier.warm_up(), 60.0)
        self._preview: Preview | None = None
        self._portrait: Portrait | None = None
        self._order = QSocketNotifier(line.fileno(), QSocketNotifier.Type.Read, self)
        self._order.activated.connect(self._on_order)

    def _on_order(self) -> None:
        self._order.setEnabled(False)  # until the decision the line belongs to the face thread
        order = json.loads(self._line.recv(1000) or b"null")
        if order is None:
            self._thread.stop()
            self._verifier.close()
            QApplication.quit()
            return
        self._begin(order)

    def _begin(self, order: dict[str, Any]) -> None:
        card = overwritten_picture(tuple(order["card_shape"]))
        _fill(self._pipe, card)
        self._portrait = portrait = Portrait(card)
        self._lens.is_planting = order["plant"]
        camera = open_camera(order["url"]) if order["url"] else self._lens
        check = FaceCheck(camera, self._verifier)
        self._preview = Preview(camera.newest, self)
        self._preview.picture.connect(self.window.show_preview)
        self.window.show_screen(Screen(CHROME, FaceView(True, "", 3)))
        self.window.show()
        self._preview.set_running(True)
        self._thread.submit(lambda deadline: check.prove(portrait, deadline, self._tell), order["seconds"])

    def _tell(self, asks: FaceAsks) -> None:
        self._line.send(json.dumps({"asks": [asks.action, asks.done]}).encode())

    def _on_decided(self, outcome: object) -> None:
        if outcome is None or self._preview is None or self._portrait is None:
            return  # the models are loaded
        self._preview.set_running(False)
        self._preview.deleteLater()
        self._preview = None
        self._portrait.forget()
        self._portrait = None
        self.window.wipe()
        # The flow shows the next screen at once; here that is the face screen at rest.
        self.window.show_screen(Screen(CHROME, FaceView(False, "", 3)))
        words = getattr(outcome, "reason", type(outcome).__name__)
        QTimer.singleShot(0, self, lambda: self._line.send(json.dumps({"decided": words}).encode()))
        self._order.setEnabled(True)


def main() -> None:
    """``python -m benchmarks.kept_nothing_terminal LINE PIPE``."""
    harden()
    application = QApplication(sys.argv[:1])
    np.seterr(all="raise")
    with socket.socket(fileno=int(sys.argv[1])) as line:
        kiosk = Kiosk(line, int(sys.argv[2]))
        application.exec()
        kiosk.window.close()


if __name__ == "__main__":
    main()
