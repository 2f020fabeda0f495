"""Compare the faces of two pictures. Exit code 0: compared, match or not; 2: a picture has not exactly one usable face."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from drivers.face.verify_files import UnusableFile, verify_files
from kiosk.commands import CommandError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kiosk verify-face``."""
    parser.add_argument("probe", type=Path, metavar="PROBE")
    parser.add_argument("reference", type=Path, metavar="REFERENCE")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of words")


def execute(arguments: argparse.Namespace) -> int:
    """Compare, and say how it went. ``ms`` is the time for both pictures, without loading the models."""
    outcome = verify_files(arguments.probe, arguments.reference)
    if isinstance(outcome, UnusableFile):
        raise CommandError(outcome.reason, exit_code=2)
    if arguments.json:
        result = {
            "distance": round(outcome.distance, 4),
            "threshold": outcome.threshold,
            "match": outcome.match,
            "engine": outcome.engine,
            "ms": round(outcome.elapsed_ms, 1),
        }
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
    else:
        words = "match" if outcome.match else "no match"
        sys.stdout.write(f"{words}: distance {outcome.distance:.3f}, threshold {outcome.threshold} ({outcome.engine})\n")
    return 0
