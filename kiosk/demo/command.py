"""Show five visits (online, offline, out of paper, without a face, senior mode): platform and devices emulated on loopback."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from kiosk.commands import CommandError
from kiosk.demo.platform import PlatformFailed
from kiosk.services.platform import PlatformTrouble

MARK = ".oueban-demo"
"""Lies in a folder that a demo has filled; only such a folder is cleared for the next one."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kiosk demo``."""
    parser.add_argument("--out", type=Path, metavar="DIR", help="where pictures of screens and slips go (default: a new folder)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output instead of words")


def execute(arguments: argparse.Namespace) -> int:
    """Exit code 0 only if all visits ended as described, checked against the platform's own records."""
    out = _folder(arguments.out)
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

    def say(line: str) -> None:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    from kiosk.app import StartError  # late, as the next: Qt must find its environment set
    from kiosk.demo.session import run

    try:
        result = run(out, say)
    except (StartError, PlatformFailed, PlatformTrouble) as error:
        raise CommandError(str(error)) from error
    if arguments.json:
        sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=2) + "\n")
    else:
        _tell(result, out)
    return 0 if result["ok"] else 1


def _folder(out: Path | None) -> Path:
    if out is None:
        return Path(tempfile.mkdtemp(prefix="oueban-demo-"))
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()) and not (out / MARK).exists():
            raise CommandError(f"{out} holds something that is not of an earlier demo; please name a new or empty folder")
        for part in ("screens", "slips", "platform", "terminal"):
            shutil.rmtree(out / part, ignore_errors=True)
        (out / MARK).touch()
    except OSError as error:
        raise CommandError(f"{out}: {error.strerror or error}") from error
    return out.resolve()


def _tell(result: dict[str, Any], out: Path) -> None:
    for visit in result["visits"]:
        states = " → ".join(entry["state"] for entry in visit["states"])
        sys.stdout.write(
            f"{visit['name']}: {visit['receipt_number']}  {states}  {visit['touches']} touches, {visit['seconds']} s\n"
        )
    for problem in result["problems"]:
        sys.stdout.write(f"not as described: {problem}\n")
    sys.stdout.write(f"{'all visits ended as described' if result['ok'] else 'the demo failed'}; pictures in {out}\n")
