"""What the programs that draw have in common: one folder asked for, an application that nobody sees, one line for what fails."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QLoggingCategory
from PySide6.QtWidgets import QApplication

from ui.keyboard.environment import QUIET, KeyboardUnavailable, prepare_environment


def draw_into_folder(program: str, description: str, write: Callable[[Path], object]) -> int:
    """Ask for ``--out``, and have ``write`` fill it; 0 when all is written, 1 with one line on standard error."""
    parser = argparse.ArgumentParser(prog=f"python -m {program}", description=description)
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    asked = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    try:
        prepare_environment()
        QLoggingCategory.setFilterRules(QUIET)
        application = QApplication(sys.argv[:1])
        write(asked.out)
        application.quit()
    except (KeyboardUnavailable, OSError) as error:
        sys.stderr.write(f"{program.rpartition('.')[2]}: {error}\n")
        return 1
    return 0
