"""Measures how long what residents wait for takes on this machine, so that it can be told: the median, never a guess."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from statistics import median

from kiosk.config import Times
from kiosk.domain.waiting import Patience, Wait
from kiosk.flow.effects import CREDENTIAL_WAIT_S
from kiosk.flow.events import Event
from kiosk.flow.waits import is_end_of
from kiosk.workers.hands import DESK_S, DOCUMENT_S, GUARDIAN_WAIT_S, SCAN_S, SHARING_S

REMEMBERED = 21
"""Newest measures of each kind."""
ENOUGH = 3
"""With fewer nothing is said to be usual."""


def limits(times: Times) -> Mapping[Wait, float]:
    """After how many seconds each is given up; what is not named never is, or has no limit of its own."""
    return {
        Wait.CARD: times.card_wait_s,
        Wait.GUARDIAN_CARD: GUARDIAN_WAIT_S,
        Wait.CODE: CREDENTIAL_WAIT_S,
        Wait.CERTIFICATE: CREDENTIAL_WAIT_S,
        Wait.PAGE: SCAN_S,
        Wait.STAFF_CHECK: DESK_S,
        Wait.SMS_SENDING: DESK_S,
        Wait.SMS_CHECK: DESK_S,
        Wait.PROGRESS: DESK_S,
        Wait.AUTHORITIES: SHARING_S,
        Wait.DELIVERING: times.delivery_wait_s,
        Wait.SLIP: times.print_s,
        Wait.PROOF: DOCUMENT_S,
    }


class WaitClock:
    """Follows the one visit that can be going on. Lives on the GUI thread; keeps nothing of anybody."""

    def __init__(self, at_most_s: Mapping[Wait, float], now_s: Callable[[], float]) -> None:
        self._at_most_s = at_most_s
        self._now_s = now_s
        self._measured: dict[Wait, deque[float]] = {}
        self._of_step: Wait | None = None
        self._kind: Wait | None = None
        self._began_s = 0.0

    def turn(self, of_step: Wait | None, event: Event | None) -> None:
        """After ``event`` the step's work is this one; the same as before goes on."""
        if of_step is not self._of_step:
            self._of_step = of_step
            self.refine(of_step, event)

    def refine(self, kind: Wait | None, event: Event | None = None) -> bool:
        """Within the same step another part of the work is under way now; False when it was before."""
        if kind is self._kind:
            return False
        now_s = self._now_s()
        if self._kind is not None and is_end_of(self._kind, event):
            self._measured.setdefault(self._kind, deque(maxlen=REMEMBERED)).append(now_s - self._began_s)
        self._kind, self._began_s = kind, now_s
        return True

    @property
    def kind(self) -> Wait | None:
        """What is waited for now."""
        return self._kind

    def now(self) -> Patience | None:
        """The same with how long it has taken and usually takes."""
        if self._kind is None:
            return None
        elapsed_s = max(0.0, self._now_s() - self._began_s)
        return Patience(self._kind, elapsed_s, self._usual_s(self._kind), self._at_most_s.get(self._kind))

    def _usual_s(self, kind: Wait) -> float | None:
        measured = self._measured.get(kind, ())
        return median(measured) if len(measured) >= ENOUGH else None
