"""Contact sheets: all screens of one language and size on one picture. ``python -m ui.gallery.sheets --out DIR``."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from kiosk.domain.language import Language
from ui.gallery.drawing import draw_into_folder
from ui.gallery.formats import FORMATS, MODES, SHEET_FORMATS, SHEET_MODES
from ui.gallery.plates import Plate, plates
from ui.gallery.render import show
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
    return draw_into_folder("ui.gallery.sheets", "Draw contact sheets of all screens.", write_sheets)


if __name__ == "__main__":
    sys.exit(main())
