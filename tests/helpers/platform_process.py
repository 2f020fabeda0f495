"""The true platform in a process of its own, for tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def fleet(*words: str | Path, text_in: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``kiosk-fleet`` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "fleet", *map(str, words)],
        cwd=ROOT,
        env=os.environ | environment,
        input=text_in,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class PlatformProcess:
    """``kiosk-fleet serve`` until stopped or killed."""

    def __init__(self, data: Path, *words: str, listen: str = "127.0.0.1:0", before: str = "") -> None:
        """``before`` is Python code that is run in the process first, to plant a fault."""
        start = ["-c", f"{before}\nimport sys; from fleet.__main__ import main; sys.exit(main())"] if before else ["-m", "fleet"]
        self._log = data.with_name(data.name + ".log")
        with self._log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, *start, "serve", "--listen", listen, "--data", str(data), *words],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("ready http://"), (line, self._log.read_text())
        self.url = line.split()[1]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it, wait, and tell the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(timeout=30)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code

    @property
    def log(self) -> str:
        """What it wrote to stderr."""
        return self._log.read_text()
