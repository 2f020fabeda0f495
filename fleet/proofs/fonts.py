"""Chinese type for PDF: reportlab embeds TrueType only, Noto CJK comes as CFF, so the few characters of a page are converted.

The converted font holds just those characters, keeps its Unicode map (text can be searched), and prints everywhere.
"""

from __future__ import annotations

import io
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

from fleet.errors import PlatformError

_FOLDERS = tuple(
    Path("/usr/share/fonts") / name for name in ("opentype/noto", "noto-cjk", "google-noto-cjk", "google-noto-serif-cjk-fonts")
)
_CHINESE = "Noto Serif CJK SC"
_MAX_ERROR_UNITS = 0.5
"""How far a converted outline may lie off, in thousandths of the type size."""
_FALLBACK = "\N{GETA MARK}"
"""〓, the printers' mark for a character that is not in the fount."""


class Typeface:
    """One weight of Noto Serif CJK SC. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open it: a quarter of a second. Raises ``PlatformError``."""
        from fontTools.ttLib import TTCollection, TTLibError

        self._lock = threading.Lock()
        try:
            faces = TTCollection(path, lazy=True).fonts
        except (OSError, TTLibError) as error:
            raise PlatformError(f"{path}: the font cannot be read") from error
        self._font: Any = next((face for face in faces if face["name"].getDebugName(1) == _CHINESE), faces[0])
        self._map: dict[int, str] = self._font.getBestCmap()
        self._glyphs: Any = self._font.getGlyphSet()

    def subset(self, text: str, name: str) -> bytes:
        """A TrueType font of the characters in ``text``; one the fount lacks gets its fallback's outline."""
        from fontTools.fontBuilder import FontBuilder
        from fontTools.pens.cu2quPen import Cu2QuPen
        from fontTools.pens.ttGlyphPen import TTGlyphPen

        with self._lock:
            chosen = {ord(c): self._map.get(ord(c), self._map.get(ord(_FALLBACK), ".notdef")) for c in sorted(set(text) | {" "})}
            order = [".notdef", *dict.fromkeys(glyph for glyph in chosen.values() if glyph != ".notdef")]
            outlines, widths = {}, {}
            for glyph in order:
                pen = TTGlyphPen(None)
                self._glyphs[glyph].draw(Cu2QuPen(pen, _MAX_ERROR_UNITS, reverse_direction=True))
                outlines[glyph] = pen.glyph()
                widths[glyph] = self._glyphs[glyph].width
        builder = FontBuilder(1000, isTTF=True)
        builder.setupGlyphOrder(order)
        builder.setupCharacterMap(chosen)
        builder.setupGlyf(outlines)
        table = builder.font["glyf"]
        builder.setupHorizontalMetrics({glyph: (widths[glyph], getattr(table[glyph], "xMin", 0)) for glyph in order})
        builder.setupHorizontalHeader(ascent=880, descent=-120)
        builder.setupNameTable({"familyName": name, "styleName": "Regular", "psName": name})
        builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
        builder.setupPost()
        out = io.BytesIO()
        builder.save(out)
        return out.getvalue()


@lru_cache(maxsize=2)
def typeface(weight: str) -> Typeface:
    """``Regular`` or ``Bold``. Raises ``PlatformError`` when Noto CJK is not installed (Debian: fonts-noto-cjk)."""
    for folder in _FOLDERS:
        path = folder / f"NotoSerifCJK-{weight}.ttc"
        if path.is_file():
            return Typeface(path)
    raise PlatformError(f"the font Noto Serif CJK {weight} is not installed (Debian: fonts-noto-cjk)")
