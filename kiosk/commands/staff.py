"""Add or change a member of staff who may confirm residents. The PIN is asked for, never an argument."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from kiosk.commands import CommandError
from kiosk.services.staff import StaffFileError, add_staff


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kiosk staff``."""
    parser.add_argument("--data", type=Path, default=Path("data"), help="data folder of the terminal (default: data)")
    parser.add_argument("--id", required=True, help="badge number, digits only")


def execute(arguments: argparse.Namespace) -> int:
    """Ask for the PIN (or read it from a pipe) and store its digest."""
    pin = getpass.getpass("PIN: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    try:
        arguments.data.mkdir(parents=True, exist_ok=True)
        add_staff(arguments.data / "staff.toml", arguments.id, pin)
    except (StaffFileError, OSError, ValueError) as error:
        raise CommandError(str(error)) from error
    return 0
