"""One thread that owns one device and does its jobs in order."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal, Slot

from drivers.types import Deadline

_log = logging.getLogger(__name__)

Job = Callable[[Deadline], object]
"""Work to be done on the device's thread; gets its deadline and returns what is to be told."""

JOIN_MS = 5000


class _Worker(QObject):
    finished = Signal(int, object)
    crashed = Signal(int, object)

    @Slot(int, object, object)
    def run(self, ticket: int, job: Job, deadline: Deadline) -> None:
        try:
            result = job(deadline)
        except Exception as error:  # noqa: BLE001 - handed whole to the GUI thread, which stops the visit
            self.crashed.emit(ticket, error)
        else:
            self.finished.emit(ticket, result)


class JobThread(QObject):
    """Runs jobs one after another on a thread of its own and reports each on the GUI thread.

    ``cancel`` ends the running job's deadline and forgets the ones waiting; what a cancelled job still says is not passed on.
    """

    done = Signal(object)
    """Result of a job that was not cancelled."""
    failed = Signal(object)
    """The exception a job ended with: a bug, never a device's trouble."""
    _submitted = Signal(int, object, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = QThread()
        self._thread.setObjectName(name)
        self._worker = _Worker()
        self._worker.moveToThread(self._thread)
        self._submitted.connect(self._worker.run)
        self._worker.finished.connect(self._on_finished)
        self._worker.crashed.connect(self._on_crashed)
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
        self._submitted.emit(self._ticket, job, deadline)

    def cancel(self) -> None:
        """Give up everything submitted so far."""
        for deadline in self._open.values():
            deadline.cancel()

    def stop(self) -> None:
        """Cancel, and join the thread; may be called twice."""
        self.cancel()
        self._thread.quit()
        if not self._thread.wait(JOIN_MS):
            _log.error("thread %s does not end", self._thread.objectName())

    @Slot(int, object)
    def _on_finished(self, ticket: int, result: object) -> None:
        if not self._open.pop(ticket).is_cancelled:
            self.done.emit(result)

    @Slot(int, object)
    def _on_crashed(self, ticket: int, error: object) -> None:
        self._open.pop(ticket)
        self.failed.emit(error)
