"""What tests of serial devices share: work on a second thread, and an emulator behind either kind of line."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Generic, TypeVar

from drivers.emulation.host import Peer, PtyHost, TcpHost

T = TypeVar("T")

LINES: dict[str, Callable[[Peer], AbstractContextManager[TcpHost | PtyHost]]] = {"tcp": TcpHost, "pty": PtyHost}


class InBackground(Generic[T]):
    """Runs a blocking call on a thread of its own; ``result`` joins and hands out what it returned or raised."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self._value: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="blocking call of a test")
        self._thread.start()

    def _run(self) -> None:
        try:
            self._value.append(self._call())
        except BaseException as error:
            self._error = error

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def result(self, timeout_s: float = 30.0) -> T:
        self._thread.join(timeout_s)
        assert not self._thread.is_alive(), "the call does not come back"
        if self._error is not None:
            raise self._error
        return self._value[0]
