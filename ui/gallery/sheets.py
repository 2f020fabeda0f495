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
from ui.audit.report import PITCHES, QUIET
from ui.gallery.plates import plates
from ui.gallery.render import show
from ui.keyboard.environment import KeyboardUnavailable, prepare_environment
from ui.theme.tokens import FONT_FAMILY, Colour
from ui.window import DEFAULT_HELP_PHONE, KioskWindow

COLUMNS = 10
_WIDTH, _HEIGHT = 270, 480
"""Of one screen on the sheet, a quarter of the true one."""
_GAP, _CAPTION = 14, 26


def write_sheets(out: Path) -> list[Path]:
    """One sheet a size and language; raises ``OSError`` when a file cannot be written."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for size, pitch in PITCHES.items():
        window = KioskWindow(DEFAULT_HELP_PHONE, pitch)
        window.show()
        for language in Language:
            path = out / f"normal-{size}-{language.value}.png"
            if not _sheet(window, language).save(str(path)):
                raise OSError(f"cannot write {path}")
            written.append(path)
        window.close()
    return written


def _sheet(window: KioskWindow, language: Language) -> QImage:
    shown = plates(language)
    rows = -(-len(shown) // COLUMNS)
    wide, high = _WIDTH + _GAP, _HEIGHT + _GAP + _CAPTION
    sheet = QImage(COLUMNS * wide + _GAP, rows * high + _GAP, QImage.Format.Format_RGB888)
    sheet.fill(QColor(Colour.HAIRLINE))
    painter = QPainter(sheet)
    painter.setFont(QFont(FONT_FAMILY, 11))
    painter.setPen(QColor(Colour.INK))
    for number, plate in enumerate(shown):
        show(window, plate)
        x, y = _GAP + number % COLUMNS * wide, _GAP + number // COLUMNS * high
        painter.drawText(QRect(x, y, _WIDTH, _CAPTION), Qt.AlignmentFlag.AlignVCenter, f"{number + 1}  {plate.name}")
        small = (
            window.grab()
            .toImage()
            .scaled(_WIDTH, _HEIGHT, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
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
