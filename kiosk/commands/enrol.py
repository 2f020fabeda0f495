"""Trade a one-time token for an identity at the platform. The token is asked for, never an argument."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from kiosk import config
from kiosk.commands import CommandError
from kiosk.services.platform import PlatformTrouble, enrol


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kiosk enrol``."""
    parser.add_argument("--settings", type=Path, default=Path("kiosk.toml"), metavar="FILE", help="default: kiosk.toml")


def execute(arguments: argparse.Namespace) -> int:
    """Ask for the token (or read it from a pipe) and enrol."""
    token = getpass.getpass("Token: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    try:
        identity = enrol(config.load(arguments.settings), token)
    except (config.SettingsError, PlatformTrouble) as error:
        raise CommandError(str(error)) from error
    sys.stdout.write(f"enrolled as {identity}\n")
    return 0
