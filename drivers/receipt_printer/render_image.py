"""A slip as a picture, from the same layout as the bytes for the printer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from drivers.receipt_printer import symbols
from drivers.receipt_printer.glyphs import Glyphs, Ink, default_glyphs
from drivers.receipt_printer.layout import BarSymbol, Gap, Group, Line, QrSymbol, TextLine, height_dots, lay_out
from drivers.receipt_printer.types import PAPERS, Block, Paper, PaperWidth

MARGIN_DOTS = 32
"""White all round: the printer leaves as much, 4 mm, at both sides of an 80 mm roll."""


def picture(blocks: Sequence[Block], width: PaperWidth = "80mm", zoom: int = 1, glyphs: Glyphs | None = None) -> Image.Image:
    """The slip as it will come out, for the screen: grey ("L"), one pixel a dot times ``zoom``, with ``MARGIN_DOTS`` all round.

    Raises ``ValueError`` as ``lay_out`` does and ``FontMissing`` when there is no Chinese font.
    """
    paper = PAPERS[width]
    return picture_of(lay_out(blocks, paper), paper, zoom, glyphs)


def picture_of(groups: Sequence[Group], paper: Paper, zoom: int = 1, glyphs: Glyphs | None = None) -> Image.Image:
    """The same for blocks that are laid out already."""
    drawing = glyphs or default_glyphs()
    height = height_dots(groups) + 2 * MARGIN_DOTS
    canvas = np.zeros((height * zoom, (paper.width_dots + 2 * MARGIN_DOTS) * zoom), np.uint8)
    top = MARGIN_DOTS * zoom
    for group in groups:
        for line in group:
            ink = _ink(line, zoom, drawing)
            left = 0 if isinstance(line, Gap) else line.left_dots
            _put(canvas, ink, top, (MARGIN_DOTS + left) * zoom)
            top += line.height_dots * zoom
    return Image.fromarray(255 - canvas)


def _ink(line: Line, zoom: int, glyphs: Glyphs) -> Ink:
    match line:
        case TextLine():
            return glyphs.line(line.text, zoom * line.scale, is_bold=line.bold)
        case QrSymbol():
            return _inked(symbols.qr_modules(line.payload), line.module_dots * zoom, line.module_dots * zoom)
        case BarSymbol():
            bars = symbols.code128_modules(line.payload)[np.newaxis, :]
            return _inked(bars, line.module_dots * zoom, line.height_dots * zoom)
        case Gap():
            return np.zeros((0, 0), np.uint8)


def _inked(modules: NDArray[np.bool_], across: int, down: int) -> Ink:
    return symbols.enlarged(modules, across, down).astype(np.uint8) * 255


def _put(canvas: NDArray[np.uint8], ink: Ink, top: int, left: int) -> None:
    height, width = ink.shape
    room = canvas[top : top + height, left : left + width]
    np.maximum(room, ink[: room.shape[0], : room.shape[1]], out=room)
