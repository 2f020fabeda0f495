"""What the emulated printer says, and what can happen to its answers on the way: lost, late, twice, old, among rubbish."""

from __future__ import annotations

import threading
import time
from collections import deque
from enum import StrEnum

import numpy as np

from drivers.emulation.faults import FaultBook
from drivers.emulation.host import Link

_LONGEST_NOISE_BYTES = 6
_JOIN_S = 5.0


class Fault(StrEnum):
    """Faults that can be ordered a number of times."""

    MUTE = "mute"
    AWOL = "awol"
    NOISE = "noise"
    STALE_REPLY = "stale_reply"
    DUPLICATE = "duplicate"


class Voice:
    """The way from the printer to the host. Safe from any thread; ``close`` ends the thread that late answers need."""

    def __init__(self, book: FaultBook, seed: int = 1) -> None:
        """``seed``: of the noise, so that a run can be repeated."""
        self.link: Link | None = None
        self.prefix = b""
        """Sent ahead of every answer, as an automatic status that crosses a question would be."""
        self.noise_probability = 1.0
        self._book = book
        self._random = np.random.default_rng(seed)
        self._last_answer = b""
        self._delay_s = 0.0
        self._late: deque[tuple[float, bytes]] = deque()
        self._woken = threading.Condition()
        self._courier: threading.Thread | None = None

    def answer(self, data: bytes) -> None:
        """Answer a question of the host."""
        if not data or self._book.is_on(Fault.AWOL) or self._book.takes(Fault.MUTE):
            return
        ahead = self.prefix + self._noise()
        if self._last_answer and self._book.takes(Fault.STALE_REPLY):
            ahead += self._last_answer
        behind = data if self._book.takes(Fault.DUPLICATE) else b""
        self._last_answer = data
        self._send(ahead + data + behind)

    def say(self, data: bytes) -> None:
        """Say something unasked."""
        if not (self._book.is_on(Fault.AWOL) or self._book.is_on(Fault.MUTE)):
            self._send(data)

    def slow(self, seconds: float) -> None:
        """Delay everything by so much, from now on; 0 sends what is waiting at once."""
        with self._woken:
            self._delay_s = seconds
            if not seconds:
                self._late = deque((0.0, data) for _, data in self._late)
            self._woken.notify()
            if seconds and self._courier is None:
                self._courier = threading.Thread(target=self._carry, name="printer answers", daemon=True)
                self._courier.start()

    def close(self) -> None:
        """Nothing is late any more; may be called twice."""
        with self._woken:
            courier, self._courier = self._courier, None
            self._delay_s = 0.0
            self._late.clear()
            self._woken.notify()
        if courier is not None and courier is not threading.current_thread():
            courier.join(timeout=_JOIN_S)

    def _noise(self) -> bytes:
        if not self._book.is_on(Fault.NOISE) or self._random.random() >= self.noise_probability:
            return b""
        self._book.takes(Fault.NOISE)
        return self._random.bytes(int(self._random.integers(1, _LONGEST_NOISE_BYTES + 1)))

    def _send(self, data: bytes) -> None:
        with self._woken:
            if self._courier is not None and (self._delay_s or self._late):
                self._late.append((time.monotonic() + self._delay_s, data))
                self._woken.notify()
                return
            link = self.link
        if link is not None:
            link.send(data)

    def _carry(self) -> None:
        me = threading.current_thread()
        while True:
            with self._woken:
                if self._courier is not me:
                    return
                wait_s = self._late[0][0] - time.monotonic() if self._late else None
                if wait_s is None or wait_s > 0:
                    self._woken.wait(wait_s)
                    continue
                _, data = self._late.popleft()
                link = self.link
            if link is not None:
                link.send(data)
