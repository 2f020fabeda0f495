"""``python -m ui.gallery --out DIR [--screen KIND] [--mode LOOK]``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from ui.gallery.formats import FORMATS, MODES
from ui.gallery.render import render_all
from ui.keyboard.environment import KeyboardUnavailable, prepare_environment


def main() -> int:
    """Write all pictures; 0 when all are written."""
    parser = argparse.ArgumentParser(prog="python -m ui.gallery", description="Draw every screen of a made-up visit.")
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    parser.add_argument("--screen", choices=sorted(FORMATS), default="27in", help="kind of screen (default: 27in)")
    parser.add_argument("--mode", choices=sorted(MODES), default="normal", help="look (default: normal)")
    arguments = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    try:
        prepare_environment()
        application = QApplication(sys.argv[:1])
        window = FORMATS[arguments.screen].window()
        written = render_all(window, arguments.out, MODES[arguments.mode])
        window.close()
        application.quit()
    except (KeyboardUnavailable, OSError, ValueError) as error:
        sys.stderr.write(f"gallery: {error}\n")
        return 1
    print(f"{len(written)} pictures in {arguments.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
