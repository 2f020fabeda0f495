"""One thread that owns one device and does its jobs in order."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal, Slot

from drivers.types import Deadline

_log = logging.getLogger(__name__)

Job = Callable[[Deadline], object]
"""Work to be done on the device's thread; gets its deadline and returns what is to be told."""

JOIN_MS = 5000


class _Runner(QThread):
    """The thread. It has one Python thread state for all its life.

    WORKAROUND: slots of a QObject moved to a QThread get a new thread state at every call; dlib's bindings (pybind11) remember
    the state of an earlier call and wait for ever for an interpreter lock that their own thread holds (seen with dlib-bin 20.0).
    """

    finished_job = Signal(int, object)
    crashed_job = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self.jobs: queue.SimpleQueue[tuple[int, Job, Deadline] | None] = queue.SimpleQueue()

    def run(self) -> None:
        """Do jobs until ``None`` comes."""
        while (entry := self.jobs.get()) is not None:
            ticket, job, deadline = entry
            try:
                result = job(deadline)
            except Exception as error:  # noqa: BLE001 - handed whole to the GUI thread, which ends the visit
                self.crashed_job.emit(ticket, error)
            else:
                self.finished_job.emit(ticket, result)
                del result
            # While the thread waits for the next job, its frame must hold nothing of a resident.
            del entry, job, deadline


class JobThread(QObject):
    """Runs jobs one after another on a thread of its own and reports each on the GUI thread.

    ``cancel`` ends the running job's deadline and forgets the ones waiting; what a cancelled job still says is not passed on.
    """

    done = Signal(object)
    """Result of a job that was not cancelled."""
    failed = Signal(object)
    """The exception a job ended with: a bug, never a device's trouble."""

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = _Runner()
        self._thread.setObjectName(name)
        self._thread.finished_job.connect(self._on_finished)
        self._thread.crashed_job.connect(self._on_crashed)
        self._ticket = 0
        self._open: dict[int, Deadline] = {}
        self._thread.start()

    @property
    def is_busy(self) -> bool:
        """True while a job that was not cancelled runs or waits."""
        return any(not deadline.is_cancelled for deadline in self._open.values())

    def submit(self, job: Job, seconds: float) -> None:
        """Queue a job with so much time, counted from now."""
        self._ticket += 1
        deadline = Deadline(seconds)
        self._open[self._ticket] = deadline
        self._thread.jobs.put((self._ticket, job, deadline))

    def cancel(self) -> None:
        """Give up everything submitted so far."""
        for deadline in self._open.values():
            deadline.cancel()

    def stop(self) -> None:
        """Cancel, and join the thread; may be called twice."""
        self.cancel()
        self._thread.jobs.put(None)
        if not self._thread.wait(JOIN_MS):
            _log.error("thread %s does not end", self._thread.objectName())

    @Slot(int, object)
    def _on_finished(self, ticket: int, result: object) -> None:
        if not self._open.pop(ticket).is_cancelled:
            self.done.emit(result)

    @Slot(int, object)
    def _on_crashed(self, ticket: int, error: object) -> None:
        if self._open.pop(ticket).is_cancelled:
            _log.error("a cancelled job on thread %s ended with %s", self._thread.objectName(), type(error).__name__)
        else:
            self.failed.emit(error)
