"""The print engine of the emulated printer: modes, the line buffer, symbols. Turns commands into rows for the paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import zxingcpp

from drivers.receipt_printer import emulator_code128
from drivers.receipt_printer.emulator_commands import Token
from drivers.receipt_printer.emulator_paper import HEAD_TO_CUTTER_DOTS, Dots, Print
from drivers.receipt_printer.emulator_state import Model
from drivers.receipt_printer.glyphs import Glyphs, black_dots, emphasised

_DEFAULT_SPACING = 30
_EC_LEVELS = {0x30: "L", 0x31: "M", 0x32: "Q", 0x33: "H"}


@dataclass(frozen=True, slots=True)
class Modes:
    """Everything ESC @ sets back."""

    chinese: bool
    is_bold: bool = False
    size: tuple[int, int] = (1, 1)
    chinese_size: tuple[int, int] = (1, 1)
    align: int = 0
    spacing: int = _DEFAULT_SPACING
    currency: str = "$"
    bar_height: int = 162
    bar_width: int = 3
    bar_text: int = 0
    qr_module: int = 3
    qr_level: str = "L"


@dataclass(frozen=True, slots=True)
class Cut:
    """The cutter is to cut now."""


Action = Print | Cut


class PrintEngine:
    """Takes tokens, gives rows to print and cuts to make. Answers and real-time commands are not its business."""

    def __init__(self, width_dots: int, glyphs: Glyphs, model: Model) -> None:
        self._width = width_dots
        self._glyphs = glyphs
        self._power_on = Modes(model.chinese_at_power_on and model.has_chinese)
        self._model = model
        self._modes = self._power_on
        self._line: list[tuple[str, Dots]] = []
        self._qr_payload = b""
        self._setters = self._make_setters()

    @property
    def chinese(self) -> bool:
        """True while bytes from 0x81 begin a Chinese character."""
        return self._modes.chinese

    def reset(self) -> None:
        """As after power-on, with an empty line."""
        self._modes = self._power_on
        self._line.clear()
        self._qr_payload = b""

    def drop_line(self) -> None:
        """Forget what stands in the line buffer; modes stay."""
        self._line.clear()

    def execute(self, token: Token) -> list[Action]:
        """What the token makes the mechanics do; nothing for commands that set a mode or are unknown."""
        if not token.name:
            return list(self._text(token.data))
        if self._is_unknown(token.name):
            return list(self._text(token.name[1:]))  # the first byte is no text; what follows prints
        setter = self._setters.get(token.name)
        if setter is not None:
            self._modes = setter(self._modes, (token.parameters + b"\x00")[0])
            return []
        mover = self._MOVERS.get(token.name)
        return list(mover(self, token)) if mover is not None else []

    def _is_unknown(self, name: bytes) -> bool:
        if name[:1] == b"\x1c":
            return not self._model.has_chinese
        return name in (b"\x1d(k", b"\x1dk") and not self._model.makes_codes

    def _make_setters(self) -> dict[bytes, Callable[[Modes, int], Modes]]:
        return {
            b"\x1b!": _esc_mode,
            b"\x1bE": lambda modes, n: replace(modes, is_bold=bool(n & 1)),
            b"\x1ba": self._set_align,
            b"\x1b2": lambda modes, _: replace(modes, spacing=_DEFAULT_SPACING),
            b"\x1b3": lambda modes, n: replace(modes, spacing=n),
            b"\x1bR": lambda modes, n: replace(modes, currency="¥" if n in (8, 15) else "$"),
            b"\x1c&": lambda modes, _: replace(modes, chinese=True),
            b"\x1c.": lambda modes, _: replace(modes, chinese=False),
            b"\x1c!": lambda modes, n: replace(modes, chinese_size=(1 + bool(n & 4), 1 + bool(n & 8))),
            b"\x1cW": lambda modes, n: replace(modes, chinese_size=(1 + (n & 1), 1 + (n & 1))),
            b"\x1d!": self._set_size,
            b"\x1dh": lambda modes, n: replace(modes, bar_height=max(1, n)),
            b"\x1dw": lambda modes, n: replace(modes, bar_width=min(6, max(1, n))),
            b"\x1dH": lambda modes, n: replace(modes, bar_text=n & 3),
        }

    def _set_align(self, modes: Modes, n: int) -> Modes:
        return modes if self._line else replace(modes, align=n % 48)  # obeyed only at the start of a line

    def _set_size(self, modes: Modes, n: int) -> Modes:
        size = ((n >> 4 & 7) + 1, (n & 7) + 1)
        return replace(modes, size=size, chinese_size=size if self._model.gs_enlarges_chinese else modes.chinese_size)

    def _text(self, data: bytes) -> Iterator[Action]:
        for char, is_chinese in _characters(data, self._modes):
            cell = self._cell(char, is_chinese)
            if sum(dots.shape[1] for _, dots in self._line) + cell.shape[1] > self._width:
                yield from self._end_line(self._modes.spacing)
            self._line.append((char, cell))

    def _cell(self, char: str, is_chinese: bool) -> Dots:
        across, down = self._modes.chinese_size if is_chinese else self._modes.size
        ink = self._glyphs.cell(char)
        dots = black_dots(emphasised(ink) if self._modes.is_bold else ink)
        return _enlarged(dots, across, down)

    def _end_line(self, feed_dots: int) -> Iterator[Action]:
        """Print the line buffer and move on by ``feed_dots``, or by the height of the characters if that is more."""
        if not self._line:
            if feed_dots:
                yield Print(np.zeros((feed_dots, self._width), np.bool_), "" if feed_dots >= 24 else None)
            return
        cells = [dots for _, dots in self._line]
        height = max(cell.shape[0] for cell in cells)
        joined = np.concatenate([np.pad(cell, ((height - cell.shape[0], 0), (0, 0))) for cell in cells], axis=1)
        content = "".join(char for char, _ in self._line)
        self._line.clear()
        rows = self._aligned(joined)
        left_columns = self._left(joined.shape[1]) // 12
        below = max(0, feed_dots - height)
        yield Print(np.pad(rows, ((0, below), (0, 0))), " " * left_columns + content, height // 2)

    def _left(self, width: int) -> int:
        return max(0, self._width - width) * min(2, self._modes.align) // 2

    def _aligned(self, dots: Dots) -> Dots:
        clipped = dots[:, : self._width]
        left = self._left(clipped.shape[1])
        return np.pad(clipped, ((0, 0), (left, self._width - left - clipped.shape[1])))

    def _line_feed(self, _: Token) -> Iterator[Action]:
        yield from self._end_line(self._modes.spacing)

    def _feed_dots(self, token: Token) -> Iterator[Action]:
        yield from self._end_line(token.parameters[0])

    def _feed_lines(self, token: Token) -> Iterator[Action]:
        lines = token.parameters[0]
        yield from self._end_line(self._modes.spacing if lines else 0)
        for _ in range(lines - 1):
            yield from self._end_line(self._modes.spacing)

    def _raster(self, token: Token) -> Iterator[Action]:
        yield from self._flush()
        mode, width_bytes = token.parameters[0], int.from_bytes(token.parameters[1:3], "little")
        if not token.data:
            return
        packed = np.frombuffer(token.data, np.uint8).reshape(-1, width_bytes)
        dots = _enlarged(np.unpackbits(packed, axis=1).astype(np.bool_), 1 + (mode & 1), 1 + (mode >> 1 & 1))
        yield self._symbol(dots, f"[picture {dots.shape[1]}x{dots.shape[0]}]" if dots.any() else None)

    def _symbol_command(self, token: Token) -> Iterator[Action]:
        """GS ( k with cn 49: a QR code is set up, stored, printed."""
        if token.data[:1] != b"1" or len(token.data) < 3:
            return
        function, value = token.data[1], token.data[2]
        if function == 67:
            self._modes = replace(self._modes, qr_module=min(16, max(1, value)))
        elif function == 69:
            self._modes = replace(self._modes, qr_level=_EC_LEVELS.get(value, "L"))
        elif function == 80:
            self._qr_payload = token.data[3:]
        elif function == 81 and self._qr_payload:
            yield from self._print_qr()

    def _print_qr(self) -> Iterator[Action]:
        yield from self._flush()
        payload = self._qr_payload.decode("latin-1")
        try:
            code = zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.QRCode, ec_level=self._modes.qr_level)
        except ValueError:
            return  # too long: a printer prints nothing
        modules = np.asarray(code.to_image(scale=1, add_quiet_zones=False)) < 128
        dots = _enlarged(modules, self._modes.qr_module, self._modes.qr_module)
        if dots.shape[1] <= self._width:  # likewise when too wide
            yield self._symbol(dots, f"[QR] {payload}")

    def _barcode(self, token: Token) -> Iterator[Action]:
        yield from self._flush()
        if token.parameters[0] != 73:
            return  # other symbologies are not emulated
        try:
            modules, content = emulator_code128.bars(token.data)
        except emulator_code128.BadBarcode:
            return
        dots = _enlarged(modules[np.newaxis, :], self._modes.bar_width, self._modes.bar_height)
        if dots.shape[1] > self._width:
            return
        for where, action in ((1, self._bar_text), (0, None), (2, self._bar_text)):
            if action is None:
                yield self._symbol(dots, f"[CODE128] {content}")
            elif self._modes.bar_text & where:
                yield action(content)

    def _bar_text(self, content: str) -> Print:
        return self._symbol(black_dots(self._glyphs.line(content)), content)

    def _symbol(self, dots: Dots, note: str | None) -> Print:
        return Print(self._aligned(dots), note, len(dots) // 2)

    def _cut(self, token: Token) -> Iterator[Action]:
        yield from self._flush()
        if len(token.parameters) == 2:
            yield Print(np.zeros((HEAD_TO_CUTTER_DOTS + token.parameters[1], self._width), np.bool_))
        yield Cut()

    def _flush(self) -> Iterator[Action]:
        if self._line:
            yield from self._end_line(self._modes.spacing)

    def _initialise(self, _: Token) -> Iterator[Action]:
        self.reset()
        return iter(())

    _MOVERS: dict[bytes, Callable[[PrintEngine, Token], Iterator[Action]]] = {  # noqa: RUF012 - never changed
        b"\n": _line_feed,
        b"\x1b@": _initialise,
        b"\x1bJ": _feed_dots,
        b"\x1bd": _feed_lines,
        b"\x1bi": _cut,
        b"\x1bm": _cut,
        b"\x1dV": _cut,
        b"\x1dv0": _raster,
        b"\x1d(k": _symbol_command,
        b"\x1dk": _barcode,
    }


def _esc_mode(modes: Modes, n: int) -> Modes:
    size = (1 + bool(n & 0x20), 1 + bool(n & 0x10))
    return replace(modes, is_bold=bool(n & 0x08), size=size)


def _characters(data: bytes, modes: Modes) -> Iterator[tuple[str, bool]]:
    """Characters of a run of text, and whether each comes from the Chinese font."""
    position = 0
    while position < len(data):
        byte = data[position]
        if modes.chinese and 0x81 <= byte <= 0xFE and position + 1 < len(data):
            yield _chinese(data[position : position + 2]), True
            position += 2
        else:
            char = bytes([byte]).decode("cp437")
            yield (modes.currency if char == "$" else char), False
            position += 1


def _chinese(pair: bytes) -> str:
    """The character of a two-byte code; a blank for codes that the font does not hold, as halves of four-byte codes."""
    try:
        return pair.decode("gbk")
    except UnicodeDecodeError:
        return "\u3000"


def _enlarged(dots: Dots, across: int, down: int) -> Dots:
    return np.kron(dots, np.ones((down, across), np.bool_)) if (across, down) != (1, 1) else dots
