"""The terminal's process under load, seen from outside: what it has acknowledged, and its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from tests.helpers.fault_world import materials_are_sent

ROOT = Path(__file__).parents[3]


class Load:
    """``tests.helpers.queue_load`` in a process of its own. What came whole through its pipe counts as acknowledged."""

    def __init__(self, terminal: Path, url: str, seed: int, *words: str, scratch: Path) -> None:
        """``scratch`` takes its temporary files, its log and, if there ever were one, its core."""
        scratch.mkdir(exist_ok=True)
        more = ("--materials", *words) if materials_are_sent() else words
        environment = {"PYTHONPATH": str(ROOT), "TMPDIR": str(scratch), "SQLITE_TMPDIR": str(scratch)}
        self.acknowledged: list[str] = []
        with (scratch / "load.log").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.helpers.queue_load", str(terminal), url, str(seed), *more],
                cwd=scratch,
                env=os.environ | environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._log = scratch / "load.log"
        self._reader = threading.Thread(target=self._read, name="load-reader")
        self._ready = threading.Event()
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            # A line that a kill has cut is no acknowledgement.
            if line == "ready\n":
                self._ready.set()
            elif len(line) == 37:
                self.acknowledged.append(line.strip())
        self._ready.set()

    def wait_ready(self) -> None:
        """Until it has opened the queue, or ended."""
        self._ready.wait()

    def wait(self, seconds: float) -> bool:
        """Until it ends by itself, at most so long; True when it has."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def freeze(self) -> None:
        """Stop it where it stands, within microseconds; what it has told by then still arrives."""
        self.process.send_signal(signal.SIGSTOP)

    def kill(self) -> int:
        """End it by force; returns the exit code."""
        self.process.kill()
        code = self.process.wait()
        self._reader.join()
        if self.process.stdout:
            self.process.stdout.close()
        return code

    def crash(self, code: int) -> list[str]:
        """What is wrong with an end that nobody wished for."""
        if code in {0, -signal.SIGKILL}:
            return []
        return [f"the terminal ended with {code}: {self._log.read_text()[-800:]}"]
