"""A laid-out slip as ESC/POS bytes.

python-escpos makes modes, feeds, QR codes and the cut. Three things are our own: text (it sends Chinese without ``FS &`` and
"?" for much of it), pictures (its own may hold real-time commands) and bar codes (it writes a remark to standard output).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from drivers.receipt_printer import symbols, text
from drivers.receipt_printer.escpos_library import new_generator
from drivers.receipt_printer.glyphs import Glyphs, black_dots, default_glyphs
from drivers.receipt_printer.layout import BIG_LINE_DOTS, LINE_DOTS, BarSymbol, Gap, Group, Line, QrSymbol, TextLine
from drivers.receipt_printer.models import MODELS, PrinterModel
from drivers.receipt_printer.protocol import REAL_TIME_PREFIXES, Command, raster

_EC_LEVEL_M = 1
_CHINESE_DOUBLE = b"\x0c"
"""Parameter of FS !: double width and height."""

PREAMBLE = Command.INITIALISE + Command.CHARACTER_SET + b"\x00" + Command.AUTO_STATUS + b"\x00" + Command.SPACING_DEFAULT
"""Begins a slip: everything as after power-on, US characters, no automatic status, whose bytes look like answers to GS r."""

LONGEST_COMMAND_BYTES = 2400
"""No single command of ours is longer: a printer that was left inside one is out of it after as many bytes."""


def render(groups: Sequence[Group], glyphs: Glyphs | None = None, model: PrinterModel | None = None) -> list[bytes]:
    """Bytes of a slip for ``model``: pieces of whole commands. First the preamble, then one piece for each group, last the cut.

    Raises ``FontMissing`` when a line must be drawn and there is no font.
    """
    writer = _Writer(glyphs, model or MODELS["standard"])
    pieces = [writer.group(group) for group in groups]
    return [PREAMBLE, *(piece for piece in pieces if piece), feed_and_cut()]


def feed_and_cut() -> bytes:
    """One empty line, then forward to the cutter and cut, leaving the slip hanging by a point until it is taken."""
    return _Writer(None, MODELS["standard"]).feed_and_cut()


class _Writer:
    def __init__(self, glyphs: Glyphs | None, model: PrinterModel) -> None:
        self._glyphs = glyphs
        self._model = model
        self._escpos = new_generator()

    def group(self, group: Group) -> bytes:
        for line in group:
            self._line(line)
        return self._take()

    def feed_and_cut(self) -> bytes:
        self._feed(LINE_DOTS)
        self._escpos.cut(mode="PART", feed=False)  # GS V 66 0
        return self._take()

    def _take(self) -> bytes:
        made = bytes(self._escpos.output)
        self._escpos.clear()
        return made

    def _line(self, line: Line) -> None:
        match line:
            case TextLine():
                self._text_line(line)
            case Gap():
                self._feed(line.height_dots)
            case QrSymbol() | BarSymbol() if self._model.codes == "raster" or _would_hide_a_command(line):
                self._drawn_symbol(line)
            case QrSymbol() | BarSymbol():
                self._escpos.set(align="center")
                self._symbol(line)
                self._escpos.set(align="left")

    def _text_line(self, line: TextLine) -> None:
        if not text.columns(line.text):
            self._feed(line.height_dots)
        elif line.is_raster or self._model.draws(line.text):
            self._raster_line(line)
        else:
            self._set_modes(line)
            # A printer without Chinese would print the second byte of FS & and FS . as text.
            before, after = (Command.CHINESE_ON, Command.CHINESE_OFF) if self._has_chinese else (b"", b"")
            self._escpos._raw(before + text.encode(line.text) + after + b"\n")
            self._reset_modes(line)

    def _set_modes(self, line: TextLine) -> None:
        if line.is_centred:
            self._escpos.set(align="center")
        if line.bold:
            self._escpos.set(bold=True)
        if line.scale == 2:
            # Chinese models differ in which of GS ! and FS ! enlarges Chinese characters.
            self._escpos.set(custom_size=True, width=2, height=2)
            size = Command.CHINESE_SIZE + _CHINESE_DOUBLE if self._has_chinese else b""
            self._escpos._raw(size + Command.SPACING + bytes([BIG_LINE_DOTS]))

    def _reset_modes(self, line: TextLine) -> None:
        if line.scale == 2:
            self._escpos.set(custom_size=True, width=1, height=1)
            size = Command.CHINESE_SIZE + b"\x00" if self._has_chinese else b""
            self._escpos._raw(size + Command.SPACING_DEFAULT)
        if line.bold:
            self._escpos.set(bold=False)
        if line.is_centred:
            self._escpos.set(align="left")

    def _raster_line(self, line: TextLine) -> None:
        glyphs = self._glyphs or default_glyphs()
        ink = black_dots(glyphs.line(line.text, line.scale, is_bold=line.bold))
        dots = np.zeros((line.height_dots, line.left_dots + ink.shape[1]), np.bool_)
        dots[: ink.shape[0], line.left_dots :] = ink
        self._raster(dots)

    def _drawn_symbol(self, line: QrSymbol | BarSymbol) -> None:
        if isinstance(line, QrSymbol):
            dots = symbols.enlarged(symbols.qr_modules(line.payload), line.module_dots, line.module_dots)
        else:
            bars = symbols.code128_modules(line.payload)[np.newaxis, :]
            dots = symbols.enlarged(bars, line.module_dots, line.height_dots)
        self._raster(np.pad(dots, ((0, 0), (line.left_dots, 0))))

    def _raster(self, dots: NDArray[np.bool_]) -> None:
        for top in range(0, dots.shape[0], LINE_DOTS):
            self._escpos._raw(_stripe(dots[top : top + LINE_DOTS]))

    @property
    def _has_chinese(self) -> bool:
        return self._model.text == "gb18030"

    def _symbol(self, line: QrSymbol | BarSymbol) -> None:
        if isinstance(line, QrSymbol):
            self._escpos.qr(line.payload, ec=_EC_LEVEL_M, size=line.module_dots, native=True)
        else:
            data = symbols.code128_data(line.payload)
            self._escpos._raw(Command.BAR_HEIGHT + bytes([line.height_dots]) + Command.BAR_WIDTH + bytes([line.module_dots]))
            self._escpos._raw(Command.BAR_TEXT + b"\x00" + Command.BAR_CODE128 + bytes([len(data)]) + data)

    def _feed(self, dots: int) -> None:
        """Forward by lines as far as possible: the unit of a feed by dots differs between printers."""
        lines, rest = divmod(dots, LINE_DOTS)
        if lines:
            self._escpos.print_and_feed(lines)
        if rest:
            self._escpos._raw(Command.FEED_DOTS + bytes([rest]))


def _would_hide_a_command(line: QrSymbol | BarSymbol) -> bool:
    """True for a QR code whose length, in the command that stores it, reads as a real-time command: 1037 characters are 10 04."""
    return isinstance(line, QrSymbol) and (len(line.payload) + 3).to_bytes(2, "little") in REAL_TIME_PREFIXES


def _stripe(dots: NDArray[np.bool_]) -> bytes:
    packed = np.packbits(dots, axis=1)
    return raster(packed.shape[1], packed.shape[0], packed.tobytes())
