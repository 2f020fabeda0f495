"""A small program in the place of ``systemd-creds``, whose machine can be exchanged and which can be told to fail.

It is no cipher: what it makes is the secret, turned over, with a checksum under the machine's and the credential's name.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

_PROGRAM = """\
import hashlib, json, pathlib, sys, time
here = pathlib.Path(__file__).parent
told = json.loads((here / "mood.json").read_text())
with (here / "arguments.log").open("a") as log:
    log.write(" ".join(sys.argv[1:]) + "\\n")
given = sys.stdin.buffer.read()
if told["fault"] == "refuse":
    sys.exit("Failed to unseal secret using TPM2: \\x1b[1mState not recoverable\\nTPM2 refuses")
if told["fault"] == "silent":
    sys.exit(1)
if told["fault"] == "hang":
    time.sleep(60)
name = next(word for word in sys.argv if word.startswith("--name="))
check = lambda secret: hashlib.sha256((told["machine"] + name).encode() + secret).digest()
if sys.argv[1] == "encrypt":
    made = check(given) + given[::-1]
else:
    made = given[32:][::-1]
    if check(made) != given[:32]:
        sys.exit("Failed to decrypt: Bad message")
if told["fault"] == "lie" and sys.argv[1] == "decrypt":
    made = bytes(len(made))
sys.stdout.buffer.write({"empty": b"", "flood": made * 5000}.get(told["fault"], made))
"""


class FakeSystemdCreds:
    """The program in ``folder``, which the caller puts on PATH; ``tell`` changes its mood."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        script = folder / "fake.py"
        script.write_text(_PROGRAM, encoding="utf-8")
        self.program = folder / "systemd-creds"
        self.program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I "{script}" "$@"\n', encoding="utf-8")
        self.program.chmod(0o755)
        self.tell()

    def tell(self, fault: str = "", machine: str = "this one") -> None:
        """Faults: ``refuse``, ``silent``, ``hang``, ``lie`` (gives back something else), ``empty``, ``flood``."""
        (self.folder / "mood.json").write_text(json.dumps({"fault": fault, "machine": machine}), encoding="utf-8")

    def arguments(self) -> list[str]:
        """How it was called, one line a call."""
        log = self.folder / "arguments.log"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []
