"""Start the terminal, with the devices and the platform its settings name; or with everything simulated, to look around."""

from __future__ import annotations

import argparse
import gc
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk import config
from kiosk.commands import CommandError
from kiosk.hardening import harden

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

PULSE_MS = 300
_SIMULATED = "kiosk.demo.simulated"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kiosk run``."""
    parser.add_argument("--settings", type=Path, default=Path("kiosk.toml"), metavar="FILE", help="default: kiosk.toml")
    parser.add_argument("--simulate", action="store_true", help="a platform and devices of its own, on loopback, in a new folder")
    parser.add_argument("--no-drawer", action="store_true", help="simulated, without the developers' drawer: the terminal alone")


def execute(arguments: argparse.Namespace) -> int:
    """Run until the window is closed or SIGTERM comes."""
    harden()  # before Qt or a driver holds anything
    if not arguments.simulate:
        gc.disable()  # until it serves: hardly anything that is made for the start is thrown away

    from PySide6.QtCore import QTimer

    from kiosk.app import StartError, make_application

    try:
        application = make_application()
        for number in (signal.SIGTERM, signal.SIGINT):
            # By way of the loop: an exit() before the loop has begun would be lost. Not quit(), which asks the window, and in
            # production the window refuses to be closed.
            signal.signal(number, lambda _number, _frame: QTimer.singleShot(0, application.exit))
        # Python looks for signals only when it runs, and Qt's loop may rest in C++ for seconds.
        pulse = QTimer(application)
        pulse.timeout.connect(lambda: None)
        pulse.start(PULSE_MS)
        if arguments.simulate:
            return _simulate(application, with_drawer=not arguments.no_drawer)
        return _run(config.load(arguments.settings))
    except (config.SettingsError, StartError) as error:
        raise CommandError(str(error)) from error


def _simulate(application: QApplication, *, with_drawer: bool) -> int:
    try:
        from kiosk.demo.simulated import run_simulated
    except ModuleNotFoundError as error:
        if error.name != _SIMULATED:
            raise
        raise CommandError("a release holds no simulation; run it from the source") from error
    return run_simulated(application, with_drawer=with_drawer)


def _run(settings: config.Settings) -> int:
    from kiosk.app import build_terminal, run_terminal

    return run_terminal(build_terminal(settings))
