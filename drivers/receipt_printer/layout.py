"""Lays a slip out once, for the paper and for the screen alike. Pure.

Lengths are dots (1/8 mm). A slip is a sequence of groups, one for each block; a group is a sequence of laid-out lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from drivers.receipt_printer import symbols, text
from drivers.receipt_printer.models import PrinterModel
from drivers.receipt_printer.types import Align, Block, Code128, Pair, Paper, QrCode, Rule, Space, Text

COLUMN_DOTS = 12
CHARACTER_DOTS = 24
LINE_DOTS = 30
"""Pitch of ordinary lines: the default of 203 dpi printers (ESC 2)."""
BIG_LINE_DOTS = 60
"""Pitch of double-size lines."""

MAX_LINES = 400
"""About 1.5 m of paper: a longer slip is a mistake of the caller."""

BARCODE_DOTS = 72
_MIN_MODULE_DOTS = 2  # 0.25 mm: the narrowest that hand scanners read
_MAX_BAR_DOTS = 3
_QR_QUIET_MODULES = 4
_BARCODE_QUIET_MODULES = 10


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text, at most as wide as the paper."""

    text: str = field(repr=False)
    left_dots: int
    scale: int
    bold: bool
    is_centred: bool
    is_raster: bool
    """The printer's fonts lack a character of it: the whole line is drawn."""

    @property
    def height_dots(self) -> int:
        """Pitch of the line."""
        return LINE_DOTS if self.scale == 1 else BIG_LINE_DOTS


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty paper."""

    height_dots: int


@dataclass(frozen=True, slots=True)
class QrSymbol:
    """A QR code, centred, without its quiet zone."""

    payload: str = field(repr=False)
    left_dots: int
    module_dots: int
    height_dots: int


@dataclass(frozen=True, slots=True)
class BarSymbol:
    """A CODE128 code, centred, without its quiet zone."""

    payload: str = field(repr=False)
    left_dots: int
    module_dots: int
    height_dots: int


Line = TextLine | Gap | QrSymbol | BarSymbol
Group = tuple[Line, ...]


def lay_out(blocks: Sequence[Block], paper: Paper) -> tuple[Group, ...]:
    """One group of lines for each block.

    ``ValueError`` for what only a mistake of the caller can bring: a code's payload that is not ASCII or does not fit the paper,
    a scale other than 1 or 2, a slip longer than ``MAX_LINES``.
    """
    groups = tuple(_lay_out_block(block, paper) for block in blocks)
    count = sum(len(group) for group in groups)
    if count > MAX_LINES:
        raise ValueError(f"a slip of {count} lines; at most {MAX_LINES} are allowed")
    return groups


def height_dots(groups: Sequence[Group]) -> int:
    """Length of paper that the groups take."""
    return sum(line.height_dots for group in groups for line in group)


def needs_font(groups: Sequence[Group], model: PrinterModel) -> bool:
    """True when a line must be drawn by us to be printed."""
    lines = (line for group in groups for line in group if isinstance(line, TextLine))
    return any(line.is_raster or model.draws(line.text) for line in lines)


def _lay_out_block(block: Block, paper: Paper) -> Group:
    match block:
        case Text():
            return _text(block, paper)
        case Pair():
            return _pair(block, paper)
        case Rule():
            # 24 dots wide in every Chinese font, so the line closes up from edge to edge.
            return (_line("─" * (paper.columns // 2), paper),)
        case Space():
            if not 0 <= block.lines <= 20:
                raise ValueError(f"{block.lines} blank lines")
            return (Gap(block.lines * LINE_DOTS),)
        case QrCode():
            return _qr(block, paper)
        case Code128():
            return _code128(block, paper)


def _line(content: str, paper: Paper, *, scale: int = 1, bold: bool = False, is_centred: bool = False) -> TextLine:
    left = (paper.width_dots - text.columns(content) * COLUMN_DOTS * scale) // 2 if is_centred else 0
    return TextLine(content, max(0, left), scale, bold, is_centred, text.needs_raster(content))


def _text(block: Text, paper: Paper) -> Group:
    if block.scale not in (1, 2):
        raise ValueError(f"scale {block.scale}; only 1 and 2 are allowed")
    lines = text.wrap(block.text, paper.columns // block.scale)
    centred = block.align is Align.CENTER
    return tuple(_line(line, paper, scale=block.scale, bold=block.bold, is_centred=centred) for line in lines)


def _pair(block: Pair, paper: Paper) -> Group:
    label = text.sanitise(block.label).replace("\n", " ").strip()
    value = text.sanitise(block.value).strip()
    room = paper.columns - text.columns(label)
    if "\n" not in value and text.columns(value) + 2 <= room:
        return (_line(label + " " * (room - text.columns(value)) + value, paper),)
    column = paper.columns - text.columns(label) - 2
    if column * 2 >= paper.columns and text.wraps_whole(value, column):
        return _hanging_pair(label, value, paper)
    lines = [*text.wrap(label, paper.columns), *("  " + line for line in text.wrap(value, paper.columns - 2))]
    return tuple(_line(line, paper) for line in lines)


def _hanging_pair(label: str, value: str, paper: Paper) -> Group:
    """Label once, the value in a column of its own beside it."""
    indent = text.columns(label) + 2
    first, *rest = text.wrap(value, paper.columns - indent)
    return tuple(_line(line, paper) for line in (f"{label}  {first}", *(" " * indent + line for line in rest)))


def _qr(block: QrCode, paper: Paper) -> Group:
    if not 1 <= block.module_dots <= 16:
        raise ValueError(f"{block.module_dots} dots a module")
    count = symbols.qr_modules(block.payload).shape[0]
    dots = min(block.module_dots, paper.width_dots // (count + 2 * _QR_QUIET_MODULES))
    if dots < min(_MIN_MODULE_DOTS, block.module_dots):
        raise ValueError(f"a QR code of {count} modules does not fit {paper.width_dots} dots")
    side = count * dots
    quiet = Gap(_whole_lines(_QR_QUIET_MODULES * dots))
    return (quiet, QrSymbol(block.payload, (paper.width_dots - side) // 2, dots, side), quiet)


def _code128(block: Code128, paper: Paper) -> Group:
    """Bars with their text below; the text alone where bars wide enough to be read do not fit the paper."""
    count = symbols.code128_width_modules(block.payload)
    label = tuple(_line(line, paper, is_centred=True) for line in text.wrap(block.payload, paper.columns))
    dots = min(_MAX_BAR_DOTS, paper.width_dots // (count + 2 * _BARCODE_QUIET_MODULES))
    if dots < _MIN_MODULE_DOTS:
        return (Gap(LINE_DOTS // 2), *label)
    bars = BarSymbol(block.payload, (paper.width_dots - count * dots) // 2, dots, BARCODE_DOTS)
    return (Gap(LINE_DOTS // 2), bars, Gap(LINE_DOTS // 5), *label)


def _whole_lines(dots: int) -> int:
    """Rounded up to line pitches: a feed by lines is the same on every printer, one by dots depends on its motion unit."""
    return -(-dots // LINE_DOTS) * LINE_DOTS
