"""Notices that whoever was served has walked away; see docs/identity.md for what the camera may be used for and when."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from kiosk.flow.moves import PURPOSE_PRESENCE
from kiosk.flow.session import SessionContext
from kiosk.flow.states import AT_REST, IDENTIFYING, Step
from kiosk.workers.hands import Hands

LOOK_MS = 500
AWAY_S = 10.0
_CAMERA_IS_ELSEWHERE = IDENTIFYING | {Step.ROUTE, Step.FACE_CONSENT}
"""Here the camera belongs to the face check; it is given back a step ahead."""


class PresenceWatch(QObject):
    """Tells ``nobody`` when somebody who was seen has not been seen for a while, nor touched anything.

    Who never stood in the picture, sitting lower or standing aside, cannot be missed by it: for them the usual time holds.
    The same goes for whoever has answered such a warning, until they are seen again.
    """

    nobody = Signal()

    def __init__(
        self,
        hands: Hands,
        session: SessionContext,
        parent: QObject | None = None,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._hands = hands
        self._session = session
        self._monotonic_s = monotonic_s
        self._factor = 1
        self._was_seen = False
        self._alive_s = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(hands.look_for_people)
        hands.presence_seen.connect(self._on_seen)

    def set_patience(self, factor: int) -> None:
        """As ``IdleWatch.set_patience``."""
        self._factor = factor

    def enter(self, step: Step) -> None:
        """Look only while somebody is proved who consented to it, and never while the camera is needed for a check."""
        consent = self._session.consent_to(PURPOSE_PRESENCE)
        is_free = step not in AT_REST | _CAMERA_IS_ELSEWHERE | {Step.FAREWELL}
        self._watch(is_free and self._session.proof is not None and consent is not None and consent.granted)

    @Slot()
    def touched(self) -> None:
        """A sign of life."""
        self._alive_s = self._monotonic_s()

    def _watch(self, watching: bool) -> None:
        if watching == self._timer.isActive():
            return
        self._was_seen = False
        self._alive_s = self._monotonic_s()
        self._hands.watch_presence(watching)
        if watching:
            self._timer.start()
        else:
            self._timer.stop()

    @Slot(object)
    def _on_seen(self, somebody: bool | None) -> None:
        """Who cannot tell has seen neither somebody nor nobody: the time starts anew."""
        if not self._timer.isActive():
            return
        if somebody is not False:
            self._was_seen |= somebody is True
            self._alive_s = self._monotonic_s()
        elif self._was_seen and self._monotonic_s() - self._alive_s >= AWAY_S * self._factor:
            self._was_seen = False
            self.nobody.emit()
