"""Starts and ends the worker's process. Knows nothing of checks."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
from pathlib import Path

from drivers.face.worker import messages
from drivers.face.worker.__main__ import HIDDEN_WORD
from drivers.face.worker.messages import FromWorker, ToWorker

_ROOT = Path(__file__).parents[3]
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")
"""The other core is the screen's; and a process with one thread can fork."""
_KILL_S = 2.0


class WorkerProcess:
    """A running worker and the line to it. Used by one thread, except ``kill``."""

    def __init__(self, memory: int) -> None:
        """Start it; ``memory`` is the descriptor of the shared pictures. Raises ``OSError`` when it cannot be started."""
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.line = here
        with there:
            try:
                self._process = subprocess.Popen(
                    [*_command(), str(there.fileno()), str(memory)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=(there.fileno(), memory),
                    env=_environment(),
                )
            except OSError:
                here.close()
                raise

    @property
    def pid(self) -> int:
        """Of the process that stays; checks run in forks of it."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """False once it has ended."""
        return self._process.poll() is None

    def send(self, message: ToWorker) -> None:
        """Raises ``BadMessage`` when it is gone."""
        messages.send(self.line, message)

    def is_talking(self, wait_s: float = 0.0) -> bool:
        """True when a message, or the end of the line, is there to be received; waits so long for one."""
        return bool(select.select([self.line], [], [], wait_s)[0])

    def receive(self) -> FromWorker:
        """Its next message; raises ``BadMessage`` when it is gone or talks nonsense."""
        return messages.receive_in_terminal(self.line)

    def kill(self) -> None:
        """End it and its forks, whatever they do; may be called twice and from any thread."""
        self._process.kill()
        self._process.wait(_KILL_S)

    def close(self) -> None:
        """``kill``, and close the line."""
        self.kill()
        self.line.close()


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, HIDDEN_WORD]
    return [sys.executable, "-m", "drivers.face.worker"]


def _environment() -> dict[str, str]:
    found = dict(os.environ)
    found |= dict.fromkeys(_ONE_THREAD, "1")
    if not getattr(sys, "frozen", False):
        found["PYTHONPATH"] = os.pathsep.join((str(_ROOT), *filter(None, (found.get("PYTHONPATH"),))))
    return found
