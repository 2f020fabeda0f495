"""Glyphs in the cells of a receipt printer: 12 x 24 dots for a half-width character, 24 x 24 for a Chinese one.

Used for lines the printer cannot print itself, for the picture on the screen, and as the built-in font of the emulated printer.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from drivers.receipt_printer import text
from drivers.receipt_printer.errors import FontMissing

Ink = NDArray[np.uint8]
"""Coverage of each dot, 0 white to 255 black; shape (height, width)."""

FONT_PATHS = tuple(
    Path("/usr/share/fonts") / name
    for name in (
        "opentype/noto/NotoSansCJK-Regular.ttc",  # Debian, Ubuntu
        "noto-cjk/NotoSansCJK-Regular.ttc",  # Arch
        "google-noto-cjk/NotoSansCJK-Regular.ttc",  # Fedora, openEuler
        "google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
        "opentype/source-han-sans/SourceHanSansSC-Regular.otf",
        "truetype/wqy/wqy-microhei.ttc",
        "truetype/wqy/wqy-zenhei.ttc",
        "truetype/droid/DroidSansFallbackFull.ttf",
    )
)
"""Where distributions keep their Chinese fonts. Known paths rather than fontconfig: the command line tool starts faster so."""

UNDRAWABLE = "〓"
"""Stands for a character that no font holds, as in print shops: visible, so nobody takes the line for complete."""

THRESHOLD = 112
"""Coverage from which a dot is black; lower makes strokes fatter. Chosen by eye for 24-dot characters."""

_WANTED_FACES = ("Mono CJK SC", "CJK SC", "SC")
_NO_CHARACTER = "\U0010ffff"


class Glyphs:
    """Draws characters into cells. May be shared by threads."""

    def __init__(self, font_paths: Sequence[Path] = ()) -> None:
        """Use the first readable of ``font_paths``, else of ``FONT_PATHS``; raises ``FontMissing``."""
        candidates = (*font_paths, *FONT_PATHS)
        found = next((path for path in candidates if path.is_file()), None)
        if found is None:
            raise FontMissing(", ".join(str(path) for path in candidates))
        self._path = found
        self._face = _best_face(found)
        self._font = lru_cache(maxsize=8)(self._load)
        self._cell = lru_cache(maxsize=4096)(self._draw)

    def cell(self, char: str, zoom: int = 1) -> Ink:
        """Ink of one character, 24 x zoom dots high and 12 or 24 x zoom wide; characters of no width take no cell."""
        return self._cell(char, zoom)

    def line(self, content: str, zoom: int = 1, *, is_bold: bool = False) -> Ink:
        """Ink of a line, cell beside cell."""
        cells = [self.cell(char, zoom) for char in content]
        ink = np.concatenate(cells, axis=1) if cells else np.zeros((24 * zoom, 0), np.uint8)
        return emphasised(ink, zoom) if is_bold else ink

    def _load(self, size_dots: int) -> ImageFont.FreeTypeFont:
        try:
            return ImageFont.truetype(str(self._path), size_dots, index=self._face, layout_engine=ImageFont.Layout.BASIC)
        except OSError as error:
            raise FontMissing(f"{self._path} ({error})") from error

    def _draw(self, char: str, zoom: int) -> Ink:
        width, height = 12 * text.char_columns(char) * zoom, 24 * zoom
        if not width:
            return np.zeros((height, 0), np.uint8)
        font = self._font(height)
        if _is_missing(font, char):
            char = UNDRAWABLE
        image = Image.new("L", (width, height), 0)
        # The em box of Chinese characters reaches 0.12 below the base line, the tails of g and y twice as far.
        base = round(height * (0.79 if char.isascii() else 0.88))
        ImageDraw.Draw(image).text((width / 2, base), char, fill=255, font=font, anchor="ms")
        return np.asarray(image)


def emphasised(ink: Ink, zoom: int = 1) -> Ink:
    """Bold as thermal printers make it: printed twice, one dot apart."""
    shifted = np.zeros_like(ink)
    shifted[:, zoom:] = ink[:, :-zoom]
    return np.maximum(ink, shifted)


def black_dots(ink: Ink) -> NDArray[np.bool_]:
    """What a printer that knows only black and white makes of it."""
    return np.asarray(ink >= THRESHOLD, dtype=np.bool_)


@lru_cache(maxsize=1)
def default_glyphs() -> Glyphs:
    """Glyphs of the first known font, loaded once; raises ``FontMissing``."""
    return Glyphs()


def _best_face(path: Path) -> int:
    """Index of the simplified-Chinese face in a collection, the one with half-width Latin before others."""
    names: list[str] = []
    try:
        while len(names) < 32:
            names.append(str(ImageFont.truetype(str(path), 24, index=len(names)).getname()[0]))
    except OSError as error:  # the end of the collection
        if not names:
            raise FontMissing(f"{path} ({error})") from error
    for wanted in _WANTED_FACES:
        for index, name in enumerate(names):
            if name.endswith(wanted):
                return index
    return 0


def _is_missing(font: ImageFont.FreeTypeFont, char: str) -> bool:
    if char.isspace():
        return False
    same_width = font.getlength(char) == font.getlength(_NO_CHARACTER)
    return same_width and bytes(font.getmask(char)) == bytes(font.getmask(_NO_CHARACTER))
