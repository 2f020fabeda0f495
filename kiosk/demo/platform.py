"""The platform as a process of its own, as it is in real life: started, stopped, asked for its records."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import msgspec

from contract.receipt_checks import ReceiptVerdict

START_S = 60.0
ASK_S = 20.0
STOP_S = 20.0


class PlatformFailed(Exception):
    """The platform did not do what was asked; the message is one line."""


class PlatformProcess:
    """``python -m fleet serve`` on one address and one data folder, across stops and starts."""

    def __init__(self, data: Path, log: Path) -> None:
        self._data = data
        self._log = log
        self._process: subprocess.Popen[str] | None = None
        self._listen = "127.0.0.1:0"
        self._is_frozen = False
        self.url = ""

    def start(self) -> None:
        """Start, and wait for its ``ready`` line. The address of the first start is kept for the later ones."""
        command = [sys.executable, "-m", "fleet", "serve", "--listen", self._listen, "--data", str(self._data)]
        with self._log.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=_environment())
        line = self._first_line(self._process)
        if not line.startswith("ready "):
            self.stop()
            raise PlatformFailed(f"the platform did not start; see {self._log}")
        self.url = line.removeprefix("ready ").strip()
        self._listen = self.url.rpartition("//")[2]

    def stop(self) -> None:
        """Stop as ``systemctl stop`` would; may be called twice."""
        self.thaw()  # who is stopped hears no SIGTERM
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()

    @property
    def is_running(self) -> bool:
        """True between ``start`` and ``stop``, frozen or not."""
        return self._process is not None

    @property
    def is_frozen(self) -> bool:
        """True between ``freeze`` and ``thaw``."""
        return self._is_frozen

    def freeze(self) -> None:
        """Answer nobody from now on, as behind a cut line: connections still come about, for the kernel makes them."""
        if self._process is not None and not self._is_frozen:
            self._process.send_signal(signal.SIGSTOP)
            self._is_frozen = True

    def thaw(self) -> None:
        """Go on with what has come meanwhile."""
        if self._process is not None and self._is_frozen:
            self._process.send_signal(signal.SIGCONT)
        self._is_frozen = False

    def enrol_token(self, region: str) -> str:
        """A fresh one-time token."""
        return str(self._ask("enrol-token", "--region", region)["token"])

    def cases(self) -> list[dict[str, Any]]:
        """The platform's own records of all cases."""
        return list(self._ask("report", "cases")["cases"])

    def ratings(self) -> list[dict[str, Any]]:
        """The platform's own records of all ratings."""
        return list(self._ask("report", "ratings")["ratings"])

    def add_sample_residents(self) -> None:
        """Fill the register with the fictitious residents whose cards are emulated."""
        self._run("residents", "add-samples")

    def add_sample_shared_data(self) -> None:
        """Let the fictitious authorities know what they know of them."""
        self._run("shared-data", "add-samples")

    def credential_issuers(self) -> tuple[str, ...]:
        """The platform's own issuer, as it stands in a terminal's settings."""
        return tuple(self._ask("credential", "keys")["credential_issuers"])

    def issue_credential(self, id_number: str) -> str:
        """A fresh 电子身份凭证 of a resident in the register: the text that their telephone shows as a QR code."""
        return str(self._ask("credential", "issue", "--id-number", id_number)["text"])

    def last_sms_code(self, phone: str) -> str:
        """The code in the newest text message to ``phone``; empty when there is none."""
        messages = [message for message in self._ask("sms", "list")["messages"] if message["phone"] == phone]
        found = re.search(r"[0-9]{6}", messages[0]["text"]) if messages else None
        return found[0] if found else ""

    def check_receipt(self, text: str) -> ReceiptVerdict:
        """What the platform tells anyone who shows it the code of a slip."""
        try:
            answer = httpx.post(f"{self.url}/v1/receipts/verify", json={"text": text}, timeout=ASK_S, trust_env=False)
            return msgspec.json.decode(answer.raise_for_status().content, type=ReceiptVerdict)
        except (httpx.HTTPError, msgspec.MsgspecError) as error:
            raise PlatformFailed(f"the platform did not check a receipt: {type(error).__name__}") from error

    def _ask(self, *words: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._run(*words, "--json"))
        return answer

    def _run(self, *words: str) -> str:
        command = [sys.executable, "-m", "fleet", *words, "--data", str(self._data)]
        ended = subprocess.run(command, capture_output=True, text=True, env=_environment(), check=False)
        if ended.returncode != 0:
            raise PlatformFailed(f"kiosk-fleet {words[0]}: {ended.stderr.strip() or ended.returncode}")
        return ended.stdout

    def _first_line(self, process: subprocess.Popen[str]) -> str:
        ends = time.monotonic() + START_S
        while process.stdout is not None and process.poll() is None and time.monotonic() < ends:
            ready, _, _ = select.select([process.stdout], [], [], 0.2)
            if ready:
                return process.stdout.readline()
        return ""


def _environment() -> dict[str, str]:
    root = str(Path(__file__).parents[2])
    path = os.environ.get("PYTHONPATH", "")
    return os.environ | {"PYTHONPATH": f"{root}{os.pathsep}{path}" if path else root}
