"""Compare the faces of two pictures. Exit code 0: match, 1: no match, 2: a picture has not exactly one usable face."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kiosk verify-face``."""
    parser.add_argument("probe", type=Path, metavar="PROBE")
    parser.add_argument("reference", type=Path, metavar="REFERENCE")
    parser.add_argument("--json", action="store_true")
