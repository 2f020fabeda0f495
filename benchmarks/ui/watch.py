"""What is noted inside the terminal while it serves: when screens are painted, and when its GUI thread was not there for anybody.

Nothing of the terminal is changed: the window tells the end of each painting, the visit the moment of each event.
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

from PySide6.QtCore import QAbstractEventDispatcher, QEvent, QObject, Qt, QTimer, Slot

from kiosk.flow.events import Event
from kiosk.flow.states import Step
from kiosk.workers.visit import Visit
from ui.window import KioskWindow

TICK_S = 0.005
_SUSPICIOUS_S = 0.03
_DEEPEST = 5
_LOOK_S = 0.005
_WAITING = tuple(
    f"{name}.py"
    for name in ("threading", "job_thread", "selectors", "socket", "queue", "network_watch", "process", "pause", "watch")
)
"""Threads that are innermost in these wait for something."""
BUCKETS_MS = (5, 10, 16, 33, 50, 80)


class PaintedWindow(KioskWindow):
    """Knows when its last painting ended, the hand-over to the display included."""

    painted_s = 0.0

    def event(self, event: QEvent) -> bool:
        """As before; a painting is noted once it is done."""
        done = super().event(event)
        if event.type() == QEvent.Type.UpdateRequest:
            PaintedWindow.painted_s = time.monotonic()
        return done


class TimedVisit(Visit):
    """Knows when its last event came."""

    event_s = 0.0

    @Slot(object)
    def handle(self, event: Event) -> None:
        """As before."""
        TimedVisit.event_s = time.monotonic()
        super().handle(event)


@dataclass(frozen=True, slots=True)
class Change:
    """One step after another: from the event that led to it to the end of its first complete painting."""

    before: str
    after: str
    event_s: float
    painted_s: float


@dataclass(frozen=True, slots=True)
class Block:
    """The GUI thread came back late."""

    step: str
    milliseconds: float
    doing: tuple[str, ...]
    """Where each busy thread was meanwhile."""


class Changes(QObject):
    """Notes every change of the screen. A painting is complete when nothing more is to be done after it."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self.seen: list[Change] = []
        self._step = visit.state.step
        self._before: Step | None = None
        self._event_s = self._entered_s = 0.0
        visit.step_changed.connect(self._on_step)
        dispatcher = QAbstractEventDispatcher.instance()
        if dispatcher is None:
            raise RuntimeError("there is no event loop to watch")
        dispatcher.aboutToBlock.connect(self._on_rest)

    @Slot(object)
    def _on_step(self, step: Step) -> None:
        if self._before is None:
            self._before, self._event_s = self._step, TimedVisit.event_s
        self._entered_s = time.monotonic()
        self._step = step

    @Slot()
    def _on_rest(self) -> None:
        if self._before is not None and PaintedWindow.painted_s > self._entered_s:
            self.seen.append(Change(self._before, self._step, self._event_s, PaintedWindow.painted_s))
            self._before = None


class Watchdog(QObject):
    """A timer of the GUI thread that should come every 5 ms; how late it comes is how long the thread was not there.

    A second thread looks what the first is doing while it is late. When that one comes late too, another thread kept the
    interpreter for itself, and this is what is noted.
    """

    def __init__(self, step: Callable[[], Step], parent: QObject) -> None:
        super().__init__(parent)
        self._step = step
        self._thread_id = threading.get_ident()
        self._last_s = time.monotonic()
        self._doing: tuple[str, ...] = ()
        self._stop = threading.Event()
        self.counts = [0] * (len(BUCKETS_MS) + 1)
        self.blocks: list[Block] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(round(TICK_S * 1000))
        self._timer.timeout.connect(self._on_tick)
        self._thread = threading.Thread(target=self._look, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._last_s = time.monotonic()
        self._timer.start()
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._timer.stop()
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    @Slot()
    def _on_tick(self) -> None:
        now_s = time.monotonic()
        late_ms = max(0.0, (now_s - self._last_s - TICK_S) * 1000)
        self.counts[sum(late_ms > limit for limit in BUCKETS_MS)] += 1
        if late_ms > _SUSPICIOUS_S * 1000:
            self.blocks.append(Block(self._step().value, late_ms, self._doing))
        self._doing = ()
        self._last_s = now_s

    def _look(self) -> None:
        """Once for each late tick. A frame in ``main`` only: Qt itself is at work, painting as a rule."""
        while not self._stop.wait(_LOOK_S):
            late_s = time.monotonic() - self._last_s
            if not self._doing and late_s > _SUSPICIOUS_S:
                frames = sys._current_frames()
                others = tuple(_told(stack) for thread, stack in frames.items() if thread != self._thread_id)
                kept = ("the interpreter was kept",) if late_s > _SUSPICIOUS_S + 2 * _LOOK_S else ()
                busy = tuple(words for words in others if not words.startswith(_WAITING))
                self._doing = (_told(frames[self._thread_id]), *kept, *busy)


def _told(stack: FrameType) -> str:
    """Where a thread is, innermost first."""
    frames = traceback.extract_stack(stack)[-1 : -1 - _DEEPEST : -1]
    return " < ".join(f"{one.filename.rpartition('/')[2]}:{one.lineno} {one.name}" for one in frames)


def results(changes: Changes, watchdog: Watchdog) -> dict[str, Any]:
    """Everything noted so far, for the other end of a line."""
    names = ("before", "after", "event_s", "painted_s")
    return {
        "changes": [{name: getattr(one, name) for name in names} for one in changes.seen],
        "counts": watchdog.counts,
        "blocks": [{"step": one.step, "ms": one.milliseconds, "doing": list(one.doing)} for one in watchdog.blocks],
    }
