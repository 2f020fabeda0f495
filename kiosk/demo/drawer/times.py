"""Time to be moved, by the clock that the terminal was given. The machine's own is left alone."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.demo.drawer.moves import Move, Outcome, Refused
from kiosk.demo.stage import Stage
from kiosk.flow.states import AT_REST
from ui.devdock.protocol import Action

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
PASSES = (("10s", "+10 s", 10.0), ("1min", "+1 min", 60.0), ("10min", "+10 min", 600.0), ("1day", "+1 day", DAY_S))
WRONGS = (("ahead", "Clock +2 h", 2 * HOUR_S), ("behind", "Clock −3 d", -3 * DAY_S))


class TimeMoves:
    """Time that passes, and a wall clock that is wrong."""

    key = "T"
    title = "Time"

    def __init__(self, stage: Stage) -> None:
        self._clock = stage.clock
        self._terminal = stage.terminal

    def all(self) -> Sequence[Move]:
        """Forward, the idle warning, and wrong."""
        return (
            *(self._pass(what, label, seconds) for what, label, seconds in PASSES),
            Move(
                Action("time.idle", "Idle warning", "Nobody has touched the screen for long; again: the visit ends"), self._idle
            ),
            *(self._wrong(what, label, seconds) for what, label, seconds in WRONGS),
        )

    def _pass(self, what: str, label: str, seconds: float) -> Move:
        def do() -> Outcome:
            self._clock.let_pass(seconds)
            self._terminal.idle.advance(seconds)
            self._terminal.link.wake()
            return f"{label.lstrip('+')} have passed"

        return Move(Action(f"time.{what}", label, "Time passes for visit, pauses, queue and platform's clock"), do)

    def _idle(self) -> Outcome:
        state = self._terminal.visit.state
        if state.step in AT_REST:
            return Refused("nobody is served: there is nobody to wait for")
        self._terminal.idle.advance(DAY_S)
        return "the countdown is over" if state.idle_warning else "nobody has touched the screen for long"

    def _wrong(self, what: str, label: str, seconds: float) -> Move:
        def do() -> Outcome:
            is_wrong = self._clock.wrong_s == seconds
            self._clock.set_wrong(0.0 if is_wrong else seconds)
            return "the wall clock is right again" if is_wrong else f"the wall clock is {seconds / HOUR_S:+.0f} h off"

        action = Action(f"time.{what}", label, "The wall clock is set wrong; once more sets it right")
        return Move(action, do, is_in_force=lambda: self._clock.wrong_s == seconds)
