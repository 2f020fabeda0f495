"""The status lines of a parallel port, which printers on USB still raise: poor, but asked without the printer's language.

Source: USB Device Class Definition for Printing Devices 1.1, section 4.2.2 (GET_PORT_STATUS); linux/lp.h (LPGETSTATUS).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from drivers.transport.port import Port

_NOT_ERROR = 0x08
_SELECTED = 0x10
_PAPER_EMPTY = 0x20


@dataclass(frozen=True, slots=True)
class LineStatus:
    """What the lines say. Many printers hold all of them at "fine" whatever happens: they can name a trouble and deny none."""

    is_paper_out: bool
    has_error: bool
    is_selected: bool
    """Online, as far as the line knows."""

    @property
    def has_trouble(self) -> bool:
        """True when a line says that something is wrong."""
        return self.is_paper_out or self.has_error or not self.is_selected


def of_byte(status: int) -> LineStatus:
    """Meaning of the status byte, the same for USB and for ``usblp``."""
    return LineStatus(bool(status & _PAPER_EMPTY), not status & _NOT_ERROR, bool(status & _SELECTED))


@runtime_checkable
class HasStatusLines(Protocol):
    """A port whose lines can be asked apart from the printer."""

    def line_status(self) -> LineStatus | None:
        """What the lines say now; ``None`` when they cannot be asked. Raises ``Disconnected``."""
        ...


def line_status(port: Port) -> LineStatus | None:
    """What the port's status lines say; ``None`` for a port that has none."""
    return port.line_status() if isinstance(port, HasStatusLines) else None
