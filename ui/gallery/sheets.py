"""Contact sheets: all screens of one language and size on one picture. ``python -m ui.gallery.sheets --out DIR``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from PySide6.QtCore import QLoggingCategory, QRect, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication

from kiosk.domain.language import Language
from ui.gallery.formats import FORMATS, MODES, SHEET_FORMATS, SHEET_MODES
from ui.gallery.plates import Plate, plates
from ui.gallery.render import show
from ui.keyboard.environment import QUIET, KeyboardUnavailable, prepare_environment
from ui.theme.palettes import PLAIN, Colour
from ui.theme.tokens import FONT_FAMILY
from ui.window import KioskWindow

_SCALE = 4
"""A screen on the sheet is a quarter of the true one."""
_SHEET_WIDTH = 2860
_GAP, _CAPTION = 14, 26


def write_sheets(out: Path) -> list[Path]:
    """One sheet a size, look and language; raises ``OSError`` when a file cannot be written."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for size in SHEET_FORMATS:
        window = FORMATS[size].window()
        for mode in SHEET_MODES:
            for language in Language:
                path = out / f"{mode}-{size}-{language.value}.png"
                if not _sheet(window, plates(language, MODES[mode])).save(str(path)):
                    raise OSError(f"cannot write {path}")
                written.append(path)
        window.close()
    return written


def _sheet(window: KioskWindow, shown: tuple[Plate, ...]) -> QImage:
    width, height = window.width() // _SCALE, window.height() // _SCALE
    columns = _SHEET_WIDTH // (width + _GAP)
    rows = -(-len(shown) // columns)
    wide, high = width + _GAP, height + _GAP + _CAPTION
    sheet = QImage(columns * wide + _GAP, rows * high + _GAP, QImage.Format.Format_RGB888)
    sheet.fill(QColor(PLAIN[Colour.HAIRLINE]))
    painter = QPainter(sheet)
    painter.setFont(QFont(FONT_FAMILY, 11))
    painter.setPen(QColor(PLAIN[Colour.INK]))
    for number, plate in enumerate(shown):
        show(window, plate)
        x, y = _GAP + number % columns * wide, _GAP + number // columns * high
        painter.drawText(QRect(x, y, width, _CAPTION), Qt.AlignmentFlag.AlignVCenter, f"{number + 1}  {plate.name}")
        small = (
            window.grab()
            .toImage()
            .scaled(width, height, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        )
        painter.drawImage(x, y + _CAPTION, small)
    painter.end()
    return sheet


def main() -> int:
    """Write all sheets; 0 when all are written."""
    parser = argparse.ArgumentParser(prog="python -m ui.gallery.sheets", description="Draw contact sheets of all screens.")
    parser.add_argument("--out", type=Path, required=True, help="folder for the sheets")
    asked = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    try:
        prepare_environment()
        QLoggingCategory.setFilterRules(QUIET)
        application = QApplication(sys.argv[:1])
        write_sheets(asked.out)
        application.quit()
    except (KeyboardUnavailable, OSError) as error:
        sys.stderr.write(f"sheets: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
