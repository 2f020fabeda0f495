"""What a receipt printer can say, and what a slip is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from drivers.status import DeviceStatus, SupplyState


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """Whole state of the printer, from DLE EOT 1-4 or ASB."""

    device: DeviceStatus
    paper: SupplyState
    cover_open: bool
    cutter_error: bool

    @property
    def can_print(self) -> bool:
        """True when a job started now should come out whole."""
        return (
            self.device.is_online
            and self.paper in (SupplyState.FULL, SupplyState.LOW)
            and not self.cover_open
            and not self.cutter_error
        )


PaperWidth = Literal["80mm", "58mm"]
"""Width of the roll, as it stands in the settings."""


@dataclass(frozen=True, slots=True)
class Paper:
    """Printable area of a roll at 8 dots a millimetre (203 dpi)."""

    width_dots: int
    columns: int
    """How many half-width characters (12 dots) stand on a line; a Chinese character takes two."""


PAPERS: dict[PaperWidth, Paper] = {"80mm": Paper(576, 48), "58mm": Paper(384, 32)}
"""The two rolls in use: 72 mm and 48 mm of them can be printed on."""

DOTS_PER_MM = 8


class Align(StrEnum):
    """Where a block stands on the paper."""

    LEFT = "left"
    CENTER = "center"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, wrapped at the paper's width. ``scale`` multiplies width and height, 1 or 2."""

    text: str = field(repr=False)
    align: Align = Align.LEFT
    scale: int = 1
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A label at the left and a value at the right, on one line where they fit."""

    label: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class Space:
    """Blank lines."""

    lines: int = 1


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code; the payload must be ASCII."""

    payload: str = field(repr=False)
    module_dots: int = 6


@dataclass(frozen=True, slots=True)
class Code128:
    """A CODE128 bar code with its text below; ASCII."""

    payload: str = field(repr=False)


Block = Text | Pair | Rule | Space | QrCode | Code128


class PrintResult(StrEnum):
    """Final outcome of a job."""

    PRINTED = "printed"
    PARTLY_PRINTED = "partly_printed"
    NOT_PRINTED = "not_printed"
    UNKNOWN = "unknown"
    """Bytes went out and the printer stopped answering: look before printing again."""


@dataclass(frozen=True, slots=True)
class PrintOutcome:
    """How a job ended, and the status that explains it."""

    result: PrintResult
    status: PrinterStatus
