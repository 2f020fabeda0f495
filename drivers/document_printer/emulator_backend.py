"""The emulated printer as CUPS sees it: a back end, run by cupsd as a program of its own, that prints into a folder.

Stands alone (no import of the project): cupsd starts it with a bare interpreter. ``DEVICE_URI`` names the folder it works in:
``faults.json`` there says what is wrong now, ``out`` takes ``NNN.json`` (what came out) and ``NNN.pdf`` (a document that came out
whole). Source of the interface: the manual page backend(7) of CUPS.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path

_TICK_S = 0.01
_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")
_REASONS = {
    "cover_open": "cover-open-error",
    "paper_jam": "media-jam-error",
    "paper_out": "media-empty-error",
    "offline": "connecting-to-device",
    "toner_out": "toner-empty-error",
    "paper_low": "media-low-warning",
    "toner_low": "toner-low-warning",
    "odd_reason": "com.example.flux-capacitor-warning",
}
_BLOCKING = ("cover_open", "paper_jam", "paper_out", "offline", "toner_out")
_EXIT_FAILED, _EXIT_STOP = 1, 4


class Printer:
    """One job on the emulated printer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parent = os.getppid()
        self._told: set[str] = set(os.environ.get("PRINTER_STATE_REASONS", "").split(",")) & set(_REASONS.values())

    def faults(self) -> dict[str, object]:
        """What is wrong now."""
        try:
            found = json.loads((self._folder / "faults.json").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def tell(self) -> dict[str, object]:
        """Tell CUPS what has changed."""
        faults = self.faults()
        now = {reason for name, reason in _REASONS.items() if faults.get(name)}
        for reason in sorted(now - self._told):
            say(f"STATE: +{reason}")
        for reason in sorted(self._told - now):
            say(f"STATE: -{reason}")
        self._told = now
        return faults

    def wait_until_fit(self) -> None:
        """Go on when nothing keeps the printer from printing any more."""
        while True:
            faults = self.tell()
            if not any(faults.get(name) for name in (*_BLOCKING, "hang")):
                return
            self.pause(_TICK_S)

    def pause(self, seconds: float) -> None:
        """Wait; end with the scheduler when that has gone."""
        ends_at = time.monotonic() + seconds
        while True:
            if os.getppid() != self._parent:
                sys.exit(_EXIT_FAILED)
            rest = ends_at - time.monotonic()
            if rest <= 0:
                return
            time.sleep(min(_TICK_S, rest))  # noqa: TID251  a program of its own: cupsd ends it with a signal

    def count_down(self, name: str) -> bool:
        """True when ``name`` is due; a number in its place is used up by one."""
        faults = self.faults()
        value = faults.get(name)
        if not value:
            return False
        if isinstance(value, int) and not isinstance(value, bool):
            faults[name] = value - 1
            self._write(faults)
        return True

    def after_page(self, printed: int) -> None:
        """Faults that were to come after so many pages come now."""
        faults = self.faults()
        later = faults.get("later")
        if isinstance(later, dict):
            due = [name for name, pages in later.items() if isinstance(pages, int) and pages <= printed]
            for name in due:
                faults[name] = True
                del later[name]
            if due:
                self._write(faults)

    def print_pages(self, pdf: bytes, copies: int) -> int:
        """Exit code of the back end."""
        pages = max(1, len(_PAGE.findall(pdf))) * copies
        out = self._folder / "out"
        number = 1 + sum(1 for _ in out.glob("*.json"))
        self.after_page(0)
        for printed in range(pages):
            self.wait_until_fit()
            pace = self.faults().get("slow", 0.0)
            self.pause(float(pace) if isinstance(pace, (int, float)) else 0.0)
            if self.count_down("fail"):
                say("ERROR: the printer does not take the data")
                return _EXIT_FAILED
            if self.count_down("stop_in_job"):
                say("ERROR: the printer has stopped")
                return _EXIT_STOP
            say("PAGE: 1 1")
            record = {"pages": pages, "printed": printed + 1, "copies": copies}
            _replace(out / f"{number:03d}.json", json.dumps(record).encode("ascii"))
            self.after_page(printed + 1)
        self.wait_until_fit()  # the last sheet is out when nothing holds it
        _replace(out / f"{number:03d}.pdf", pdf)
        return 0

    def _write(self, faults: dict[str, object]) -> None:
        _replace(self._folder / "faults.json", json.dumps(faults).encode("ascii"))


def _replace(path: Path, data: bytes) -> None:
    beside = path.with_suffix(".new")
    beside.write_bytes(data)
    beside.replace(path)


def say(line: str) -> None:
    """A message for cupsd."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def main(arguments: list[str]) -> int:
    """``job-id user title copies options [file]``; without arguments cupsd asks what devices there are: none."""
    if len(arguments) < 5:
        return 0
    folder = Path(os.environ["DEVICE_URI"].partition(":")[2])
    has_file = len(arguments) > 5
    pdf = Path(arguments[5]).read_bytes() if has_file else sys.stdin.buffer.read()
    return Printer(folder).print_pages(pdf, max(1, int(arguments[3])) if has_file else 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
