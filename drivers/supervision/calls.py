"""One piece of work for a device, between the thread that wants it done and the thread that owns the device."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from drivers.types import Deadline


class Closable(Protocol):
    """Anything a driver hands out.

    A device may have ``abort()`` as well: called from another thread when the driver hangs, it must not block, and nothing that
    the driver still does may reach the line after it.
    """

    def close(self) -> None:
        """Let go of the port; may be called twice."""
        ...


Device = TypeVar("Device", bound=Closable)
Result = TypeVar("Result")


class Call(Generic[Device, Result]):
    """Ends exactly once, with a result or an error; what comes later is disposed of."""

    def __init__(
        self, work: Callable[[Device], Result], deadline: Deadline, dispose: Callable[[Result], None] | None = None
    ) -> None:
        self.work = work
        self.deadline = deadline
        self.done = threading.Event()
        self.begun_at_s: float | None = None
        """When the work itself began; ``None`` while it waits for its turn or for the device to be opened."""
        self._dispose = dispose
        self._ending = threading.Lock()
        self._results: list[Result] = []
        self._error: Exception | None = None

    def finish(self, result: Result) -> None:
        """It went well; a result that nobody waits for any more is disposed of."""
        with self._ending:
            if not self.done.is_set():
                self._results.append(result)
                self.done.set()
                return
        if self._dispose is not None:
            self._dispose(result)

    def fail(self, error: Exception) -> None:
        """It did not; the first end counts."""
        with self._ending:
            if not self.done.is_set():
                self._error = error
                self.done.set()

    def take(self) -> Result:
        """Result or error of the ended call, once: nothing of it stays here."""
        error, self._error = self._error, None
        if error is not None:
            try:
                raise error
            finally:
                del error  # the error's frames hold this frame, and perhaps a resident's data: no cycle may keep them
        return self._results.pop()
