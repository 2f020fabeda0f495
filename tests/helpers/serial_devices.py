"""What tests of serial devices share: work on a second thread, and an emulator behind either kind of line."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Generic, TypeVar

from drivers.emulation.host import Peer, PtyHost, TcpHost
from drivers.types import Deadline

T = TypeVar("T")

LINES: dict[str, Callable[[Peer], AbstractContextManager[TcpHost | PtyHost]]] = {"tcp": TcpHost, "pty": PtyHost}


class InBackground(Generic[T]):
    """Runs a blocking call on a thread of its own; ``result`` joins it and hands out what it returned or raised."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1)
        self._future = self._executor.submit(call)

    @property
    def is_running(self) -> bool:
        return not self._future.done()

    def result(self, timeout_s: float = 30.0) -> T:
        try:
            return self._future.result(timeout_s)
        finally:
            self._executor.shutdown(wait=self._future.done())


def wait_until(is_so: Callable[[], bool], timeout_s: float = 20.0) -> None:
    """Wait for what another thread is about to bring about."""
    patience = Deadline(timeout_s)
    while not is_so():
        assert not patience.is_over, "it does not come about"
        patience.sleep(0.01)
